//! How a secret may be written, and how a text may be read: by libraries and patterns of the tests' own, none of them
//! those of the program.

use std::sync::LazyLock;

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::{Captures, Regex};

/// Shorter texts stand anywhere by chance.
pub const SHORTEST: usize = 4;

/// The secret as a whole: in clear, hexadecimal, in base64 wherever it begins.
pub fn whole(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let mut forms = vec![
        secret.to_owned(),
        HEXLOWER.encode(bytes),
        HEXUPPER.encode(bytes),
    ];
    for encoding in [BASE64, BASE64URL] {
        for lead in 0..3 {
            // The characters at both ends depend on the neighbours as well.
            let text = encoding.encode(&["\0".repeat(lead).as_bytes(), bytes].concat());
            let before = if lead == 0 { 0 } else { lead + 1 };
            let complete = (lead + bytes.len()) * 8 / 6;
            forms.push(text[before..complete].to_owned());
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// The secret in every way in which a server may write it, each as a text of its own.
pub fn written(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap();
    let numbers = |write: fn(char) -> String| secret.chars().map(write).collect::<String>();
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let mut written = whole(secret);
    written.extend([
        json.trim_matches('"').to_owned(),
        json.trim_matches('"').replace('/', r"\/"),
        percent.to_lowercase(),
        percent.replace("%2D", "-").replace("%5F", "_"),
        percent,
        numbers(|c| format!("%{:02X}", u32::from(c))),
        numbers(|c| format!(r"\u{:04x}", u32::from(c))),
        numbers(|c| format!(r"\u{:04X}", u32::from(c))),
        numbers(|c| format!("&#{};", u32::from(c))),
        numbers(|c| format!("&#x{:x};", u32::from(c))),
        numbers(|c| format!("&#X{:04X};", u32::from(c))),
        secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
            .replace('\'', "&#039;")
            .replace('|', "&vert;")
            .replace('+', "&plus;"),
        BASE64.encode(secret.as_bytes()),
        BASE64URL.encode(format!("user:{secret}").as_bytes()),
        BASE64.encode(format!("{secret}:").as_bytes()),
    ]);
    written
}

/// Replaces whatever a pattern finds by the character that it stands for.
fn decoded(
    text: &str,
    pattern: &Regex,
    character: impl Fn(&Captures<'_>) -> Option<char>,
) -> String {
    let replaced = pattern.replace_all(text, |found: &Captures<'_>| {
        character(found).map_or_else(|| found[0].to_owned(), String::from)
    });
    replaced.into_owned()
}

fn of_number(digits: &str, radix: u32) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

fn without_json(text: &str) -> String {
    static ESCAPE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"\\(?:u([0-9a-fA-F]{4})|(["\\/]))"#).unwrap());
    decoded(text, &ESCAPE, |found| match found.get(1) {
        Some(digits) => of_number(digits.as_str(), 16),
        None => found[2].chars().next(),
    })
}

fn without_html(text: &str) -> String {
    static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"&(?:#([0-9]{1,6})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos|vert|plus));")
            .unwrap()
    });
    decoded(text, &ESCAPE, |found| match (found.get(1), found.get(2)) {
        (Some(digits), _) => of_number(digits.as_str(), 10),
        (_, Some(digits)) => of_number(digits.as_str(), 16),
        _ => Some(match &found[3] {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "vert" => '|',
            "plus" => '+',
            _ => '\'',
        }),
    })
}

fn without_percent(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Everything that a text may say: as it stands, and read through one or two escapes.
pub fn readings(text: &str) -> Vec<String> {
    const WAYS: [fn(&str) -> String; 3] = [without_json, without_html, without_percent];
    let once: Vec<String> = WAYS.iter().map(|read| read(text)).collect();
    let twice = once
        .iter()
        .flat_map(|text| WAYS.iter().map(move |read| read(text)));
    let mut readings: Vec<String> = twice.collect();
    readings.extend(once);
    readings.push(text.to_owned());
    readings.sort_unstable();
    readings.dedup();
    readings
}

#[test]
fn whatever_is_written_is_read() {
    let secret = r#"17|aB3/dE5+gH7"jK9<mN1&'x"#;
    for form in written(secret) {
        let text = format!("before {form} after");
        let read = readings(&text);
        let found = whole(secret)
            .iter()
            .any(|form| read.iter().any(|text| text.contains(form.as_str())));
        let lower = without_percent(&form).contains(&secret.to_lowercase());
        assert!(found || lower, "{form}");
    }
}
