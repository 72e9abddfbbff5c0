//! A story as plain text, for a terminal and for JUnit.

use std::fmt::Write as _;

use super::curl_line;
use super::difference::difference;
use super::exchanges::{self, Extent};
use super::story::{ClauseWords, FailureStory, Story};
use crate::http::Exchange;
use crate::printable::{indented, printable};

/// What stands before the further lines of what a server said.
const INDENT: &str = "    ";

impl Story<'_> {
    /// All of it, over several lines.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            if failure.clauses.is_empty() {
                text.push_str("a precondition failed; no clause fails for it\n");
            }
            for clause in &failure.clauses {
                tell_clause(&mut text, clause);
            }
            tell_failure(&mut text, failure);
        }
        if let Some((outcome, reason)) = self.reason {
            let _ = writeln!(text, "{outcome}: {}", indented(reason, INDENT));
            if let Some(exchange) = self.registration {
                tell_exchange(&mut text, exchange);
            }
        }
        printable(text.trim_end())
    }
}

fn tell_clause(text: &mut String, clause: &ClauseWords) {
    let _ = writeln!(
        text,
        "failed: {} ({}, {})",
        clause.id, clause.level, clause.profile
    );
    let _ = writeln!(text, "  \"{}\"", clause.text);
    if let Some(waived) = &clause.waived {
        let _ = writeln!(text, "  waived until {}: {}", waived.until, waived.reason);
    }
    let _ = writeln!(text, "  {}", clause.source);
    if !clause.masked_by.is_empty() {
        let causes = clause.masked_by.join(", ");
        let _ = writeln!(text, "  not reported if one of these fails: {causes}");
    }
}

fn tell_failure(text: &mut String, told: &FailureStory<'_>) {
    let (step, failure) = (told.step, told.failure);
    let help = failure.hint.as_deref().unwrap_or_default();
    let explained = failure.excerpt.explained(&failure.message, help);
    let _ = writeln!(text, "{explained}");
    for line in &failure.details {
        let _ = writeln!(text, "  {}", indented(line, INDENT));
    }
    let lines = difference(&failure.expected, &failure.actual);
    if !lines.is_empty() {
        text.push_str("expected (-) against actual (+):\n");
    }
    for line in lines {
        let pieces: String = line.pieces.into_iter().map(|(_, piece)| piece).collect();
        let _ = writeln!(text, "  {} {pieces}", line.side.shown().0);
    }
    if step.calls > 1 {
        let _ = writeln!(text, "the last of {} calls:", step.calls);
    }
    if let Some(exchange) = &step.exchange {
        tell_exchange(text, exchange);
    }
    text.push('\n');
}

fn tell_exchange(text: &mut String, exchange: &Exchange) {
    exchanges::write_exchange(text, exchange, Extent::Story);
    let _ = writeln!(text, "reproduce:\n  {}", curl_line(exchange));
}
