//! A story as plain text, for a terminal and for JUnit.

use std::fmt::Write as _;

use super::curl_line;
use super::difference::difference;
use super::exchanges::{self, Extent};
use super::story::{ClauseWords, FailureStory, Story};
use crate::target::{Exchange, HeaderLine};

impl Story<'_> {
    /// All of it, over several lines.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            if failure.clauses.is_empty() {
                text.push_str("the ground is missing; no clause is blamed\n");
            }
            for clause in &failure.clauses {
                tell_clause(&mut text, clause);
            }
            tell_failure(&mut text, failure);
        }
        if let Some((outcome, reason)) = self.reason {
            let _ = writeln!(text, "{outcome}: {reason}");
            if let Some(exchange) = &self.registration {
                tell_exchange(&mut text, exchange);
            }
        }
        printable(text.trim_end())
    }
}

fn tell_clause(text: &mut String, clause: &ClauseWords) {
    let _ = writeln!(
        text,
        "violated: {} ({}, {})",
        clause.id, clause.level, clause.profile
    );
    let _ = writeln!(text, "  \"{}\"", clause.statement);
    if let Some(waived) = &clause.waived {
        let _ = writeln!(text, "  waived until {}: {}", waived.until, waived.reason);
    }
    let _ = writeln!(text, "  {}", clause.source);
    if !clause.unless.is_empty() {
        let causes = clause.unless.join(", ");
        let _ = writeln!(
            text,
            "  not counted where one of these is violated: {causes}"
        );
    }
}

fn tell_failure(text: &mut String, told: &FailureStory<'_>) {
    let (step, failure) = (told.step, told.failure);
    let help = failure.hint.as_deref().unwrap_or_default();
    let _ = writeln!(
        text,
        "{}",
        failure.excerpt.explained(&failure.message, "", help)
    );
    for line in &failure.details {
        let _ = writeln!(text, "  {line}");
    }
    let lines = difference(&failure.expected, &failure.actual);
    if !lines.is_empty() {
        text.push_str("expected (-) against actual (+):\n");
    }
    for line in lines {
        let pieces: String = line.pieces.into_iter().map(|(_, piece)| piece).collect();
        let _ = writeln!(text, "  {} {pieces}", line.side.sign());
    }
    if step.calls > 1 {
        let _ = writeln!(text, "the last of {} calls:", step.calls);
    }
    if let Some(exchange) = &step.exchange {
        tell_exchange(text, &exchange.get());
    }
    text.push('\n');
}

/// What moves the cursor, turns the direction of a text, or cannot be seen; and what XML cannot hold.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The text as a terminal may show it: what a server sends must not move the cursor, change colours, or read as something
/// that it is not. A report in XML takes it, too.
pub(super) fn printable(text: &str) -> String {
    let harmless = |c: char| !is_harmful(c) || matches!(c, '\n' | '\t');
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if harmless(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_default());
        }
    }
    shown
}

fn tell_exchange(text: &mut String, exchange: &Exchange) {
    exchanges::tell(text, exchange, Extent::Story);
    let _ = writeln!(text, "see it again:\n  {}", curl_line(exchange));
}

/// The headers that matter to a reader.
pub(super) fn worth_telling(headers: &[HeaderLine]) -> impl Iterator<Item = &HeaderLine> {
    headers.iter().filter(|header| is_worth_telling(header))
}

pub(super) fn is_worth_telling(header: &HeaderLine) -> bool {
    const DULL: [&str; 5] = [
        "user-agent",
        "date",
        "content-length",
        "server",
        "connection",
    ];
    !DULL.contains(&header.name.as_str())
}

/// JSON on several lines; anything else as it stands.
pub(super) fn indented(body: &str) -> String {
    serde_json::from_str::<serde_json::Value>(body)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_or_moves_the_text_is_escaped() {
        for (sent, shown) in [
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\u{9b}31mb", "a\\u{9b}31mb"),
            ("a\u{202e}b\u{2066}c", "a\\u{202e}b\\u{2066}c"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c"),
            ("a\u{fffe}b\u{ffff}c", "a\\u{fffe}b\\u{ffff}c"),
            ("a\r\nb\0", "a\\r\nb\\u{0}"),
        ] {
            assert_eq!(printable(sent), shown);
        }
        let plain = "Zoë\td'Orléans 😀 שלום\n日本語";
        assert_eq!(printable(plain), plain);
    }

    #[test]
    fn every_character_that_is_left_may_stand_in_xml() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        let forbidden: Vec<char> = printable(&all).chars().filter(|c| !allowed(*c)).collect();
        assert!(forbidden.is_empty(), "{forbidden:?}");
    }
}
