//! Text that somebody else wrote, as a terminal may show it.

use std::ops::RangeInclusive;

/// What looks like nothing, although Unicode counts it among letters, signs and marks.
const BLANK: [RangeInclusive<char>; 9] = [
    '\u{34f}'..='\u{34f}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{e0100}'..='\u{e01ef}',
];

/// Whether a reader sees a character where it stands, as one of the text's own.
pub(super) fn is_seen(c: char) -> bool {
    // The library escapes what does not show. It escapes every mark that begins a text, so this one does not.
    let shows = ['x', c].iter().collect::<String>().escape_debug().count() == 2;
    (shows || matches!(c, '"' | '\'' | '\\')) && !BLANK.iter().any(|range| range.contains(&c))
}

/// The text on one line within quotes: what moves the cursor, turns the direction of a text, ends the line or the quote,
/// or cannot be seen, is escaped.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown = String::from('"');
    for c in text.chars() {
        if is_seen(c) && !matches!(c, '"' | '\\') {
            shown.push(c);
        } else {
            shown.extend(c.escape_default());
        }
    }
    shown + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_stands_as_it_is() {
        for text in [
            "Acme auth 1.2.0",
            "it's",
            "日本",
            "e\u{301}te\u{301}",
            "العربية",
        ] {
            assert_eq!(quoted(text), format!("\"{text}\""));
        }
    }

    #[test]
    fn what_does_not_show_is_escaped() {
        for (text, shown) in [
            ("a\nverified: b", r#""a\nverified: b""#),
            ("a\" b", r#""a\" b""#),
            ("a\\n", r#""a\\n""#),
            ("a\r\t\u{1b}[2K", r#""a\r\t\u{1b}[2K""#),
            ("\u{202e}\u{2066}\u{61c}", r#""\u{202e}\u{2066}\u{61c}""#),
            ("\u{200b}\u{200d}\u{feff}", r#""\u{200b}\u{200d}\u{feff}""#),
            ("\u{2028}\u{85}\u{a0}", r#""\u{2028}\u{85}\u{a0}""#),
            ("\u{3164}\u{2800}\u{fe0f}", r#""\u{3164}\u{2800}\u{fe0f}""#),
            ("\u{e0041}\u{e000}", r#""\u{e0041}\u{e000}""#),
        ] {
            assert_eq!(quoted(text), shown);
        }
    }
}
