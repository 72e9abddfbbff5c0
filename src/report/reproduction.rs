//! The calls that made a clause fail, made once more.

use std::fmt::{self, Write as _};

use super::story::{answer_words, changes_something};
use super::{Story, curl_line};
use crate::printable::{one_line, printable};
use crate::run::{ExpectationState, ScenarioResult, StepResult};

/// Where a clause is shown to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The scenario.
    pub scenario: String,
    /// The position of the step in the scenario.
    position: Option<usize>,
    /// The account that the step makes ready, if it does that.
    account: Option<String>,
    /// The line of the expectation.
    line: usize,
}

impl Place {
    /// The place of a story.
    #[must_use]
    pub fn of(story: &Story<'_>) -> Self {
        Self {
            scenario: story.scenario.id.clone(),
            position: story.step.position,
            account: story.step.account.clone(),
            line: story.line,
        }
    }

    fn is_of(&self, step: &StepResult) -> bool {
        step.position == self.position && step.account == self.account
    }
}

/// What came of calls that were made again.
#[derive(Debug)]
pub struct Reproduction {
    /// Whether the clause fails again; nothing if the calls could not be made.
    pub fails_again: Option<bool>,
    text: String,
}

impl Reproduction {
    /// The calls up to that place in the results of another run of its scenario.
    #[must_use]
    pub fn of(results: &[ScenarioResult], clause: &str, place: &Place) -> Self {
        let mut results = results.iter();
        let result = results.find(|result| result.id == place.scenario);
        let steps = result.map_or(&[][..], |result| result.steps.as_slice());
        let shows = |step: &StepResult| {
            let mut expectations = step.expectations.iter();
            let verifies = |id: &String| id == clause;
            let is_here = |line| line == place.line;
            let found =
                expectations.find(|one| is_here(one.line) && one.verifies.iter().any(verifies));
            place.is_of(step).then_some(found).flatten().cloned()
        };
        // Of several calls in one place, such as looks at several sessions, the one that fails.
        let found = steps
            .iter()
            .enumerate()
            .filter_map(|(at, step)| Some((at, shows(step)?)));
        let found: Vec<_> = found.collect();
        let failed = found.iter().find(|(_, one)| one.state.is_failed());
        let found = failed.or_else(|| found.first());
        let last = found.map_or(steps.len(), |(at, _)| at + 1);
        let mut text = String::new();
        for (at, step) in steps[..last].iter().enumerate() {
            let Some(exchange) = step.exchange.as_deref() else {
                continue;
            };
            if at + 1 == last || changes_something(step) {
                let line = printable(&curl_line(exchange));
                let _ = writeln!(text, "{line}\n  {}", one_line(&answer_words(exchange)));
            }
        }
        let (fails_again, verdict) = match found.map(|(_, one)| &one.state) {
            Some(ExpectationState::Failed { failure }) => {
                (Some(true), format!("it fails again: {}", failure.message))
            }
            Some(ExpectationState::Held) => (Some(false), "it does not fail again".to_owned()),
            Some(ExpectationState::Untried { reason } | ExpectationState::Skipped { reason }) => {
                (None, format!("it could not be tried: {reason}"))
            }
            None => {
                let reason = result.and_then(|result| result.reason.as_deref());
                let reason = reason.unwrap_or("the scenario did not come to it");
                (None, format!("it could not be tried: {reason}"))
            }
        };
        let _ = writeln!(text, "\n{clause}: {}", printable(&verdict));
        Self { fails_again, text }
    }
}

impl fmt::Display for Reproduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
