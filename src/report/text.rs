//! A story as plain text, for a terminal and for JUnit.

use std::fmt::Write as _;

use super::causes::{Failed, failures_of};
use super::exchanges::{self, Extent};
use super::story::{ClauseWords, Story, call_line, further_details, further_difference};
use crate::http::Exchange;
use crate::printable::{indented, number_of, one_line, printable, wrapped};
use crate::run::{Failure, Plan, ScenarioResult};
use crate::terminal::COMPARISON;
use crate::verdict::Waived;

/// What stands before each line below a headline.
const INDENT: &str = "   ";
/// The most calls that are told of those that led to a failure.
const MOST_CALLS: usize = 8;
/// The most lines of a comparison, unless all is told.
const MOST_DIFFERENCE: usize = 10;
/// The most places that are told of those that show the same.
const MOST_PLACES: usize = 3;

/// How much of a story is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extract {
    /// The clause, in what it failed, and where.
    Line,
    /// The calls that led there as well.
    Calls,
    /// The exchange that failed as well.
    Exchange,
    /// Everything.
    Whole,
}

impl Story<'_> {
    /// All of it, over several lines.
    #[must_use]
    pub fn text(&self) -> String {
        self.extract(Extract::Whole)
    }

    /// So much of it, without a line break at the end.
    pub(super) fn extract(&self, extract: Extract) -> String {
        let (clause, failure) = (&self.clause, self.failure);
        let mut text = format!("{} ({}, {})\n", clause.id, clause.level, clause.profile);
        tell(&mut text, &clause.text);
        if extract > Extract::Line {
            tell(&mut text, &clause.source);
        }
        if let Some(Waived { reason, until }) = &clause.waived {
            tell(&mut text, &format!("waived until {until}: {reason}"));
        }
        if extract > Extract::Line {
            text.push('\n');
        }
        tell(&mut text, &failure.message);
        if extract == Extract::Line {
            let _ = writeln!(text, "{INDENT}at {}", failure.excerpt.place());
            return printable(text.trim_end());
        }
        tell_failure(&mut text, failure, extract);
        self.tell_calls(&mut text, extract);
        if let Some(exchange) = self
            .step
            .exchange
            .as_deref()
            .filter(|_| extract > Extract::Calls)
        {
            text.push('\n');
            tell_exchange(&mut text, exchange, extract);
        }
        text.push('\n');
        self.tell_places(&mut text, extract);
        let _ = writeln!(text, "{INDENT}reproduce: conform reproduce {}", clause.id);
        printable(text.trim_end())
    }

    /// The calls that led to the failure, and the one that failed.
    fn tell_calls(&self, text: &mut String, extract: Extract) {
        let Some(failed) = self.step.exchange.as_deref() else {
            return;
        };
        text.push('\n');
        let most = if extract == Extract::Whole {
            usize::MAX
        } else {
            MOST_CALLS
        };
        let left_out = self.before.len().saturating_sub(most);
        if left_out > 0 {
            let _ = writeln!(text, "{INDENT}  … {}", number_of(left_out, "call"));
        }
        let before = self.before[left_out..].iter();
        let before = before.filter_map(|step| step.exchange.as_deref());
        for exchange in before {
            let _ = writeln!(text, "{INDENT}  {}", one_line(&call_line(exchange)));
        }
        let times = match self.step.calls {
            0 | 1 => String::new(),
            calls => format!(" (the last of {calls} calls)"),
        };
        let _ = writeln!(text, "{INDENT}> {}{times}", one_line(&call_line(failed)));
    }

    fn tell_places(&self, text: &mut String, extract: Extract) {
        let place = &self.failure.excerpt;
        let _ = writeln!(text, "{INDENT}at {}: {}", place.place(), place.text.trim());
        let most = if extract == Extract::Whole {
            usize::MAX
        } else {
            MOST_PLACES
        };
        let shown = self.others.iter().take(most);
        let mut shown: Vec<String> = shown.map(|(file, line)| format!("{file}:{line}")).collect();
        if let more @ 1.. = self.others.len() - shown.len() {
            shown.push(format!("{more} more"));
        }
        if !shown.is_empty() {
            let checks = number_of(self.others.len(), "more check");
            let words = format!("{checks} failed: {}", shown.join(", "));
            tell(text, &words);
        }
    }
}

/// What a test runner is told of a scenario that did not pass: the stories of its clauses, or why it ended.
#[must_use]
pub fn scenario_text(plan: &Plan, result: &ScenarioResult) -> String {
    let mut ids: Vec<&String> = failures_of(result)
        .flat_map(|failed| &failed.expectation.verifies)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let clauses = ids
        .into_iter()
        .filter_map(|id| ClauseWords::of_plan(plan, id));
    let alone = std::slice::from_ref(result);
    let stories = clauses.filter_map(|clause| Story::of(alone, clause));
    let mut texts: Vec<String> = stories.map(|story| story.text()).collect();
    if let Some(reason) = &result.reason {
        texts.push(format!("{}: {}", result.outcome, indented(reason, INDENT)));
        if let Some(Failed { step, failure, .. }) =
            failures_of(result).next().filter(|_| texts.len() == 1)
        {
            let mut text = format!("{INDENT}{}\n", failure.message);
            tell_failure(&mut text, failure, Extract::Whole);
            if let Some(exchange) = &step.exchange {
                tell_exchange(&mut text, exchange, Extract::Whole);
            }
            texts.push(text.trim_end().to_owned());
        }
    }
    printable(&texts.join("\n\n"))
}

fn tell(text: &mut String, words: &str) {
    for line in words.lines() {
        let _ = writeln!(text, "{}", wrapped(line, INDENT));
    }
}

/// What was expected and what was there, where the message does not say all of that.
fn tell_failure(text: &mut String, failure: &Failure, extract: Extract) {
    for line in further_details(failure) {
        tell(text, line);
    }
    let lines = further_difference(failure);
    let most = if extract == Extract::Whole {
        usize::MAX
    } else {
        MOST_DIFFERENCE
    };
    if !lines.is_empty() {
        let _ = writeln!(text, "{INDENT}{COMPARISON}");
        for line in lines.iter().take(most) {
            let pieces: String = line
                .pieces
                .iter()
                .map(|(_, piece)| piece.as_str())
                .collect();
            let _ = writeln!(text, "{INDENT}  {} {pieces}", line.side.shown().0);
        }
    }
    if let Some(hint) = &failure.hint {
        tell(text, &format!("hint: {hint}"));
    }
}

fn tell_exchange(text: &mut String, exchange: &Exchange, extract: Extract) {
    let extent = match extract {
        Extract::Whole => Extent::Body,
        _ => Extent::Story,
    };
    let mut told = String::new();
    exchanges::write_exchange(&mut told, exchange, extent);
    for line in told.lines() {
        let _ = writeln!(text, "{INDENT}{line}");
    }
}
