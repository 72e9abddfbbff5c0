//! Redaction: whatever a secret is, however it is written and whatever stands around it, it does not come through.

use conform::http::{SecretKind, Secrets};
use data_encoding::{BASE64, BASE64URL_NOPAD, Encoding, HEXLOWER, HEXUPPER};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use crate::properties::cases;

/// Passwords and tokens, with what must be escaped somewhere, and with letters that are no ASCII.
fn secret() -> impl Strategy<Value = String> {
    "[a-z0-9]{4}([!-~]|[äßé€😀 ]){4,30}[a-z0-9]{4}"
}

fn around() -> impl Strategy<Value = String> {
    "\\PC{0,20}"
}

/// The text escaped as in HTML, with that in the place of an apostrophe.
fn html(text: &str, apostrophe: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => apostrophe.to_owned(),
        other => other.to_string(),
    });
    escaped.collect()
}

/// The text inside a JSON string.
fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The same by a writer that keeps to ASCII.
fn ascii_json(text: &str) -> String {
    let units = json(text).encode_utf16().collect::<Vec<u16>>();
    let escaped = units.iter().map(|unit| match u8::try_from(*unit) {
        Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    });
    escaped.collect()
}

/// Every character, or every one that is no letter or digit, written as `write` says.
fn escaped(text: &str, all: bool, write: impl Fn(char) -> String) -> String {
    let escaped = text.chars().map(|c| match c {
        c if c.is_ascii_alphanumeric() && !all => c.to_string(),
        c => write(c),
    });
    escaped.collect()
}

/// A character as JSON may write it in numbers.
fn json_number(c: char) -> String {
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    let units: Vec<String> = units.map(|unit| format!("\\u{unit:04X}")).collect();
    units.concat()
}

fn percent_number(c: char) -> String {
    let mut bytes = [0; 4];
    let bytes = c.encode_utf8(&mut bytes).bytes();
    let bytes: Vec<String> = bytes.map(|byte| format!("%{byte:02x}")).collect();
    bytes.concat()
}

/// Every way in which a server may write a secret into a text.
fn written(secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let lenient = percent
        .replace("%2D", "-")
        .replace("%5F", "_")
        .replace("%2E", ".")
        .replace("%7E", "~");
    vec![
        secret.to_owned(),
        json(secret),
        json(secret).replace('/', "\\/"),
        ascii_json(secret),
        ascii_json(secret).replace('/', "\\/"),
        percent.to_lowercase(),
        percent,
        lenient,
        html(secret, "'"),
        html(secret, "&#039;"),
        html(secret, "&#x27;"),
        HEXLOWER.encode(secret.as_bytes()),
        HEXUPPER.encode(secret.as_bytes()),
        escaped(secret, true, json_number),
        escaped(secret, false, json_number),
        escaped(secret, true, percent_number),
        escaped(secret, true, |c| format!("&#{};", u32::from(c))),
        escaped(secret, false, |c| format!("&#{:05};", u32::from(c))),
        escaped(secret, true, |c| format!("&#x{:X};", u32::from(c))),
        // What is logged is often escaped twice, and then shown on a page.
        json(&json(secret)),
        html(&json(&json(secret)), "&apos;"),
        json(&html(secret, "&#39;")),
    ]
}

fn known(secret: &str) -> Secrets {
    let secrets = Secrets::default();
    secrets.add(SecretKind::Password, secret);
    secrets
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn no_way_of_writing_a_secret_comes_through(secret in secret(), before in around(), after in around()) {
        let secrets = known(&secret);
        for form in written(&secret) {
            let redacted = secrets.redact(&format!("{before}{form}{after}"));
            prop_assert!(!redacted.contains(&form), "{form} in {redacted}");
            prop_assert!(redacted.contains("<password-1>"), "{redacted}");
        }
    }

    #[test]
    fn no_base64_of_it_comes_through(secret in secret(), before in "[ -~]{0,8}", after in "[ -~]{0,8}") {
        let secrets = known(&secret);
        let encodings: [&Encoding; 2] = [&BASE64, &BASE64URL_NOPAD];
        for encoding in encodings {
            let encoded = encoding.encode(format!("{before}{secret}{after}").as_bytes());
            // The characters that say nothing of what stands around.
            let first = (before.len() * 8).div_ceil(6);
            let end = (before.len() + secret.len()) * 8 / 6;
            let redacted = secrets.redact(&encoded);
            prop_assert!(!redacted.contains(&encoded[first..end]), "{encoded}: {redacted}");
            prop_assert!(redacted.contains("<password-1>"), "{encoded}: {redacted}");
        }
    }

    #[test]
    fn no_part_of_what_is_made_by_chance_comes_through(
        secret in "[A-Za-z0-9]{32,48}",
        range in (0_usize..16, 16_usize..32),
        before in around(),
        after in around(),
    ) {
        let secrets = known(&secret);
        let part = &secret[range.0..][..range.1.min(secret.len() - range.0)];
        for form in [part.to_owned(), escaped(part, true, json_number), escaped(part, true, percent_number)] {
            let redacted = secrets.redact(&format!("{before}{form}.{after}"));
            prop_assert!(!redacted.contains(&form), "{form} in {redacted}");
            prop_assert!(redacted.contains("<password-1-part>"), "{redacted}");
        }
    }

    #[test]
    fn no_start_of_a_secret_comes_through_where_it_is_cut(secret in secret(), length in 8_usize..12, before in around()) {
        let secrets = known(&secret);
        let start = &secret[..secret.floor_char_boundary(length)];
        prop_assume!(start.len() >= 8 && start.len() < secret.len());
        for cut in ["…", "...", "***", "••••", "xxxx"] {
            let redacted = secrets.redact(&format!("{before}{start}{cut}"));
            let expected = format!("{before}<password-1-part>");
            prop_assert!(redacted.starts_with(&expected), "{start}{cut}: {redacted}");
        }
    }

    #[test]
    fn of_several_secrets_each_gets_its_own_name(secrets in prop::collection::hash_set("[a-z]{6,12}", 2..8)) {
        let all = Secrets::default();
        let ordered: Vec<&String> = secrets.iter().collect();
        for secret in &ordered {
            all.add(SecretKind::Token, secret);
        }
        let text: Vec<&str> = ordered.iter().map(|secret| secret.as_str()).collect();
        let names: Vec<String> = (1..=ordered.len()).map(|n| format!("<token-{n}>")).collect();
        prop_assert_eq!(all.redact(&text.join(" ")), names.join(" "));
    }

    #[test]
    fn a_text_without_secrets_is_itself(text in "\\PC{0,60}") {
        prop_assert_eq!(known("0123456789-no-such-text").redact(&text), text);
    }
}

#[test]
fn a_text_that_is_made_to_be_read_for_ever_is_cut_and_no_other() {
    const KEPT: usize = 16 * 1024;
    for escape in ["\\", "&amp;"] {
        // Nearly the secret, at every place of the text.
        let secrets = known(&format!("{}x", escape.repeat(4_000 / escape.len())));
        let redacted = secrets.redact_start(&escape.repeat(KEPT), KEPT);
        assert!(redacted.len() < KEPT, "{escape}");
        assert!(redacted.ends_with(" bytes more)"), "{escape}");
    }
    let letters = "abcdefgh".repeat(KEPT / 8);
    for text in [
        escaped(&letters, true, |c| format!("&#x{:x};", u32::from(c))),
        escaped(&letters, true, json_number),
        json(&json(&escaped(&letters, true, json_number))),
    ] {
        let text = &text[..KEPT];
        assert_eq!(known("0123456789-no-such-text").redact(text), text);
    }
}
