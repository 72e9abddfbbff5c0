//! The calls that made a clause fail, made once more.

use std::fmt::{self, Write as _};

use super::story::{answer_words, changes_something};
use super::{Story, curl_line};
use crate::printable::{one_line, printable};
use crate::run::{ExpectationResult, ExpectationState, ScenarioResult, StepResult};
use crate::suite::{Scenario, Suite};

/// Where a clause is shown to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The scenario.
    pub scenario: String,
    /// The position of the step in the scenario.
    pub(super) position: Option<usize>,
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

    /// What to run to see it again, and the place in that: first the calls alone that lead to it; then its whole scenario,
    /// after those that it continues, as some failures take a longer history.
    pub fn attempts(&self, suite: &Suite) -> impl Iterator<Item = (Suite, Self)> {
        let whole = suite.with_continued(&self.scenario);
        let whole = (!whole.is_empty()).then(|| (suite.only(whole), self.clone()));
        let alone = self.alone(suite);
        let alone = alone.map(|(scenario, place)| (suite.only(vec![scenario]), place));
        alone.into_iter().chain(whole)
    }

    /// Its scenario with the calls alone that lead to it, and the place among them.
    pub(super) fn alone(&self, suite: &Suite) -> Option<(Scenario, Self)> {
        let scenario = suite.scenario(&self.scenario)?;
        let (alone, position) = match (self.position, &self.account) {
            (Some(last), _) => {
                let (alone, last) = scenario.leading_to(&suite.contract, last, self.line)?;
                (alone, Some(last))
            }
            (None, account) => (scenario.opening(account.as_deref()?), None),
        };
        let place = Self {
            position,
            ..self.clone()
        };
        Some((alone, place))
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
        let result = results.iter().find(|result| result.id == place.scenario);
        let steps = result.map_or(&[][..], |result| result.steps.as_slice());
        let shows = |step: &StepResult| {
            let verifies = |one: &&ExpectationResult| one.verifies.iter().any(|id| id == clause);
            let expectations = step.expectations.iter().filter(|_| place.is_of(step));
            let here = expectations.filter(|one| one.line == place.line);
            here.filter(verifies)
                .min_by_key(|one| !one.state.is_failed())
                .cloned()
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
            // What makes an account ready looks at its sessions, too.
            if step.position.is_some() || at + 1 == last || changes_something(step) {
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
