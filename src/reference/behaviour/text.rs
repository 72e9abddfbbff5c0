//! What of a text counts.

use schemars::JsonSchema;
use serde::Deserialize;

/// The part of a text that is kept, or compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Normalization {
    /// All of it, as it was sent.
    #[default]
    Whole,
    /// Its letters in lower case.
    Lowercase,
    /// What stands behind its `@` in lower case.
    LowercaseDomain,
    /// So many characters from its start.
    FirstChars(usize),
    /// So many bytes from its start, whole characters only.
    FirstBytes(usize),
    /// What stands before the first space.
    FirstWord,
    /// Letters of ASCII alone, `?` for every other.
    Ascii,
    /// Without what UTF-8 writes in four bytes.
    ThreeByteUtf8,
    /// Letters and digits alone.
    Alphanumeric,
    /// Without the blanks at its ends.
    Trimmed,
}

impl Normalization {
    /// That part of the text.
    #[must_use]
    pub fn of(self, text: &str) -> String {
        match self {
            Self::Whole => text.to_owned(),
            Self::Lowercase => text.to_lowercase(),
            Self::LowercaseDomain => match text.rsplit_once('@') {
                Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
                None => text.to_owned(),
            },
            Self::FirstChars(count) => text.chars().take(count).collect(),
            Self::FirstBytes(count) => text[..text.floor_char_boundary(count)].to_owned(),
            Self::FirstWord => text.split(' ').take(1).collect(),
            Self::Ascii => text
                .chars()
                .map(|c| if c.is_ascii() { c } else { '?' })
                .collect(),
            Self::ThreeByteUtf8 => text.chars().filter(|c| c.len_utf8() < 4).collect(),
            Self::Alphanumeric => text.chars().filter(|c| c.is_alphanumeric()).collect(),
            Self::Trimmed => text.trim().to_owned(),
        }
    }
}

/// In what the length of a text is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Code points.
    Chars,
    /// Bytes of UTF-8.
    Bytes,
    /// Units of UTF-16, as JavaScript counts.
    Utf16,
}

impl Measure {
    /// The length of the text.
    #[must_use]
    pub fn of(self, text: &str) -> usize {
        match self {
            Self::Chars => text.chars().count(),
            Self::Bytes => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keeps_its_part() {
        let text = "Zoë \u{1f511}x!";
        for (kept, part) in [
            (Normalization::Whole, text),
            (Normalization::Lowercase, "zoë \u{1f511}x!"),
            (Normalization::FirstChars(3), "Zoë"),
            (Normalization::FirstBytes(3), "Zo"),
            (Normalization::FirstBytes(99), text),
            (Normalization::FirstWord, "Zoë"),
            (Normalization::Ascii, "Zo? ?x!"),
            (Normalization::ThreeByteUtf8, "Zoë x!"),
            (Normalization::Alphanumeric, "Zoëx"),
        ] {
            assert_eq!(kept.of(text), part, "{kept:?}");
        }
        assert_eq!(Normalization::Trimmed.of(" Zoë x "), "Zoë x");
        let domain = Normalization::LowercaseDomain;
        assert_eq!(
            ["Jo@X.Y", "Jo"].map(|text| domain.of(text)),
            ["Jo@x.y", "Jo"]
        );
    }

    #[test]
    fn lengths_differ_by_measure() {
        let measured = [Measure::Chars, Measure::Bytes, Measure::Utf16].map(|m| m.of("ë\u{1f511}"));
        assert_eq!(measured, [2, 6, 3]);
    }
}
