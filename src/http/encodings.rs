//! The encodings in which a secret may come back; what only escapes some of its characters is read by [`super::escapes`].

use data_encoding::{BASE64, BASE64URL_NOPAD, Encoding, HEXLOWER, HEXUPPER};

use super::SecretKind;
use crate::totp::Authenticator;

/// Shorter values stand in any text by chance.
pub(super) const SHORTEST: usize = 4;

/// What people copy they write in groups of so many characters.
const GROUPS: std::ops::RangeInclusive<usize> = 3..=8;

/// The ways in which a value may be written as a whole.
pub(super) fn forms(kind: SecretKind, value: &str) -> Vec<String> {
    let mut forms = encoded(value.as_bytes());
    let mut spellings = vec![value.to_owned()];
    match kind {
        SecretKind::RecoveryCode => spellings.extend(grouped(value)),
        SecretKind::TotpSecret => {
            if let Ok(authenticator) = value.parse::<Authenticator>() {
                spellings.extend(grouped(&authenticator.secret().to_base32()));
                forms.extend(encoded(authenticator.secret().as_bytes()));
            }
        }
        _ => {}
    }
    for text in spellings {
        // A text that was normalised on its way tells nearly as much.
        for text in [text.to_ascii_lowercase(), text.to_ascii_uppercase(), text] {
            // As a form on a page writes it.
            forms.extend([text.replace(' ', "+"), text]);
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// Hexadecimal, and in base64 wherever it begins.
fn encoded(bytes: &[u8]) -> Vec<String> {
    let mut forms = vec![HEXLOWER.encode(bytes), HEXUPPER.encode(bytes)];
    for lead in 0..3 {
        forms.extend([BASE64, BASE64URL_NOPAD].map(|base64| inner_base64(bytes, lead, &base64)));
    }
    forms
}

/// A text with other separators between its groups, with none, or in other groups.
fn grouped(text: &str) -> Vec<String> {
    const SEPARATORS: [char; 2] = [' ', '-'];
    let letters: Vec<char> = text.chars().filter(|c| !SEPARATORS.contains(c)).collect();
    let mut forms = vec![String::from_iter(&letters)];
    for separator in SEPARATORS.map(String::from) {
        forms.push(text.replace(SEPARATORS, &separator));
        for size in GROUPS {
            let groups: Vec<String> = letters.chunks(size).map(String::from_iter).collect();
            forms.push(groups.join(&separator));
        }
    }
    forms
}

/// The characters of a base64 text that depend on `bytes` alone, where `lead` bytes stand before them.
fn inner_base64(bytes: &[u8], lead: usize, base64: &Encoding) -> String {
    let mut padded = vec![0; lead];
    padded.extend_from_slice(bytes);
    let first = (lead * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    let encoded = base64.encode(&padded);
    encoded.get(first..end).unwrap_or_default().to_owned()
}

/// User and password of `Basic dXNlcjpwYXNzd29yZA==` (RFC 7617), the value of a header.
pub(super) fn basic_credentials(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let encoded = encoded
        .trim()
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    let decoded = BASE64URL_NOPAD.decode(encoded.as_bytes()).ok()?;
    let (user, password) = str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}
