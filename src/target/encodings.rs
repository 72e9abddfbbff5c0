//! The encodings in which a secret may come back.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Shorter values stand in any text by chance.
pub(super) const SHORTEST: usize = 4;

/// The ways in which a value may be written.
pub(super) fn forms(value: &str) -> Vec<String> {
    let bytes = value.as_bytes();
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    let ascii = ascii_json(&json);
    let percent = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let html = value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    let mut forms = vec![
        value.to_owned(),
        json.replace('/', "\\/"),
        json,
        ascii.replace('/', "\\/"),
        ascii,
        percent.to_lowercase(),
        lenient_percent(value),
        percent,
        html.replace('\'', "&#039;"),
        html.replace('\'', "&#x27;"),
        html,
        HEXLOWER.encode(bytes),
        HEXUPPER.encode(bytes),
    ];
    for lead in 0..3 {
        forms.push(inner_base64(bytes, lead, |bytes| BASE64.encode(bytes)));
        forms.push(inner_base64(bytes, lead, |bytes| {
            BASE64URL_NOPAD.encode(bytes)
        }));
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// JSON as some servers write it, PHP among them: what is no ASCII is escaped.
fn ascii_json(json: &str) -> String {
    let escaped = json.encode_utf16().map(|unit| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    });
    escaped.collect()
}

/// Percent-encoded as browsers and clients do it: only what must be.
fn lenient_percent(value: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    utf8_percent_encode(value, KEPT).to_string()
}

/// The characters of a base64 text that depend on `bytes` alone, where `lead` bytes stand before them.
fn inner_base64(bytes: &[u8], lead: usize, encode: impl Fn(&[u8]) -> String) -> String {
    let mut padded = vec![0; lead];
    padded.extend_from_slice(bytes);
    let first = (lead * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    encode(&padded)
        .get(first..end)
        .unwrap_or_default()
        .to_owned()
}
