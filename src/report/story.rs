//! The whole story of a scenario that did not pass: clause, place in the file, expected against actual,
//! the exchange, and the line to see it again.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::curl_line;
use super::exchanges::{self, Extent, MOST_LINES, printable};
use crate::diagnostic::Diagnostic;
use crate::engine::{ExpectationState, Failure, Outcome, Plan, ScenarioResult, StepResult};
use crate::target::Exchange;

/// What is told of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// One line.
    pub headline: String,
    /// All of it; empty where the scenario passed.
    pub text: String,
}

/// The story of a scenario; nothing where it passed without a remark.
#[must_use]
pub fn story(plan: &Plan, result: &ScenarioResult) -> Option<Story> {
    let mut text = String::new();
    let mut violated: Vec<&str> = Vec::new();
    for step in &result.steps {
        for expectation in &step.expectations {
            let ExpectationState::Failed { failure } = &expectation.state else {
                continue;
            };
            if expectation.proves.is_empty() {
                tell_ground(&mut text, plan, result, step, failure);
                continue;
            }
            let covered = || {
                expectation
                    .proves
                    .iter()
                    .filter(|clause| plan.covers(clause))
            };
            if covered().next().is_none() {
                continue;
            }
            violated.extend(covered().map(String::as_str));
            for clause in covered() {
                tell_clause(&mut text, plan, clause);
            }
            tell_failure(&mut text, plan, result, step, failure);
        }
    }
    violated.dedup();
    let headline = match (result.outcome, &result.reason) {
        (Outcome::Passed, _) if violated.is_empty() => return None,
        (outcome, Some(reason)) => format!("{outcome}: {reason}"),
        (_, None) => format!("violated: {}", violated.join(", ")),
    };
    if let Some(reason) = &result.reason {
        let _ = writeln!(text, "{}: {reason}", result.outcome);
        let registration = result
            .steps
            .iter()
            .find(|step| step.position.is_none() && step.reason.is_some());
        if let Some(exchange) = registration.and_then(|step| step.exchange.as_ref()) {
            tell_exchange(&mut text, exchange);
        }
    }
    Some(Story {
        headline: printable(&headline),
        text: printable(text.trim_end()),
    })
}

fn tell_clause(text: &mut String, plan: &Plan, id: &str) {
    let contract = &plan.suite.contract;
    let Some(clause) = contract.clause(id) else {
        return;
    };
    let _ = writeln!(
        text,
        "violated: {id} ({}, {})",
        clause.level, clause.profile
    );
    let _ = writeln!(text, "  \"{}\"", clause.statement);
    if let Some(waiver) = plan.waiver(clause) {
        let _ = writeln!(text, "  waived until {}: {}", waiver.until, waiver.reason);
    }
    let _ = writeln!(text, "  {}", contract.source_of(clause));
}

fn tell_ground(
    text: &mut String,
    plan: &Plan,
    result: &ScenarioResult,
    step: &StepResult,
    failure: &Failure,
) {
    let _ = writeln!(text, "the ground is missing; no clause is blamed");
    tell_failure(text, plan, result, step, failure);
}

fn tell_failure(
    text: &mut String,
    plan: &Plan,
    result: &ScenarioResult,
    step: &StepResult,
    failure: &Failure,
) {
    if let Some(scenario) = plan.suite.scenario(&result.id) {
        let mut diagnostic =
            Diagnostic::new(&scenario.source, &failure.span, failure.message.as_str());
        if let Some(hint) = &failure.hint {
            diagnostic = diagnostic.help(hint.as_str());
        }
        let _ = writeln!(text, "{diagnostic}");
    }
    for line in &failure.details {
        let _ = writeln!(text, "  {line}");
    }
    if failure.expected != failure.actual {
        let _ = writeln!(text, "expected (-) against actual (+):");
        text.push_str(&difference(&failure.expected, &failure.actual));
    }
    if step.calls > 1 {
        let _ = writeln!(text, "the last of {} calls:", step.calls);
    }
    if let Some(exchange) = &step.exchange {
        tell_exchange(text, exchange);
    }
    text.push('\n');
}

fn difference(expected: &str, actual: &str) -> String {
    let diff = TextDiff::from_lines(start_of(expected), start_of(actual));
    let mut text = String::new();
    for change in diff.iter_all_changes().take(MOST_LINES) {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        let _ = writeln!(text, "  {sign} {}", change.value().trim_end_matches('\n'));
    }
    text
}

/// The lines of a text that are compared: for many more than are shown the comparison takes too long.
fn start_of(text: &str) -> &str {
    let last = text.match_indices('\n').nth(10 * MOST_LINES);
    last.map_or(text, |(end, _)| &text[..end])
}

/// The exchange as far as it matters, and the line to see it again.
fn tell_exchange(text: &mut String, exchange: &Exchange) {
    exchanges::tell(text, exchange, Extent::Story);
    let _ = writeln!(text, "see it again:\n  {}", curl_line(exchange));
}
