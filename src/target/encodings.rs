//! The encodings in which a secret may come back; what only escapes some of its characters is read by [`super::escapes`].

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

/// Shorter values stand in any text by chance.
pub(super) const SHORTEST: usize = 4;

/// The ways in which a value may be written as a whole.
pub(super) fn forms(value: &str) -> Vec<String> {
    let bytes = value.as_bytes();
    let mut forms = vec![
        value.to_owned(),
        // A text that was normalised on its way tells nearly as much.
        value.to_ascii_lowercase(),
        value.to_ascii_uppercase(),
        // As a form on a page writes it.
        value.replace(' ', "+"),
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
