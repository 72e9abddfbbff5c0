//! Why clauses are inconclusive, by the root: one defect commonly keeps many others from being verified.

use std::collections::BTreeSet;
use std::fmt;

use super::Report;
use crate::http::Exchange;
use crate::run::{
    ExpectationResult, ExpectationState, Failure, Outcome, ScenarioResult, StepResult, shows_here,
};
use crate::verdict::{ClauseVerdict, Verdict};

/// What keeps clauses from being verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root<'a> {
    /// A clause that failed, by its id.
    Clause(&'a str),
    /// A call that was answered otherwise than a scenario needs.
    Precondition(String),
    /// What the run lacks.
    Lack(&'a str),
    /// What the run says of it.
    Reason(&'a str),
}

impl fmt::Display for Root<'_> {
    /// As it follows "inconclusive".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clause(id) => write!(f, "because {id} failed: fix that first"),
            Self::Precondition(what) => write!(f, "because {what}"),
            Self::Lack(reason) | Self::Reason(reason) => write!(f, "because {reason}"),
        }
    }
}

/// The inconclusive clauses, each with its root.
pub(super) struct Causes<'a>(Vec<(Root<'a>, Vec<&'a ClauseVerdict>)>);

impl<'a> Causes<'a> {
    /// Those of a report, in the order of the contract.
    pub(super) fn of(report: &'a Report) -> Self {
        let mut causes: Vec<(Root<'a>, Vec<&ClauseVerdict>)> = Vec::new();
        for clause in report.verdicts.with(Verdict::Inconclusive) {
            let root = report.root(clause);
            match causes.iter_mut().find(|(other, _)| *other == root) {
                Some((_, clauses)) => clauses.push(clause),
                None => causes.push((root, vec![clause])),
            }
        }
        Self(causes)
    }

    /// The roots, each with the clauses that it keeps from being verified.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Root<'a>, &[&'a ClauseVerdict])> {
        self.0
            .iter()
            .map(|(root, clauses)| (root, clauses.as_slice()))
    }

    /// What keeps that clause from being verified.
    pub(super) fn root_of(&self, id: &str) -> Option<&Root<'a>> {
        let mut causes = self.0.iter();
        let found = causes.find(|(_, clauses)| clauses.iter().any(|clause| clause.id == id));
        found.map(|(root, _)| root)
    }

    /// How many clauses are inconclusive because that one failed.
    pub(super) fn followers(&self, id: &str) -> usize {
        let root = self.0.iter().find(|(root, _)| *root == Root::Clause(id));
        root.map_or(0, |(_, clauses)| clauses.len())
    }
}

impl Report {
    fn root<'a>(&'a self, clause: &'a ClauseVerdict) -> Root<'a> {
        let reason = clause.reason.as_deref().unwrap_or_default();
        let by_reason = Root::Reason(reason);
        let mut failed = self.verdicts.with(Verdict::Fail);
        if let Some(cause) = failed.find(|cause| shows_here(&cause.id) == reason) {
            return Root::Clause(&cause.id);
        }
        let mut checks = clause.checks.iter();
        let check = checks.find(|check| ["untried", "skipped"].contains(&check.state.as_str()));
        let scenario = check.and_then(|check| {
            let mut scenarios = self.scenarios.iter();
            scenarios.find(|result| result.id == check.scenario)
        });
        let Some(scenario) = scenario else {
            return by_reason;
        };
        match scenario.outcome {
            Outcome::Error => return by_reason,
            Outcome::Skipped => return Root::Lack(reason),
            // A doubt about the harness itself is told as it is.
            _ if !is_about_another_call(reason) => return by_reason,
            _ => {}
        }
        let failed = self.failed_in(scenario);
        failed.unwrap_or_else(|| match at_fault(scenario, reason) {
            Some(Fault::Reason(reason)) => Root::Reason(reason),
            Some(Fault::Step(step)) => self.failed_elsewhere(step, None).map_or_else(
                || {
                    let place = format!(" at {}:", scenario.file);
                    Root::Precondition(reason.replace(" at line ", &place))
                },
                Root::Clause,
            ),
            None => by_reason,
        })
    }

    /// The first clause that failed in a scenario, or the call that it could not go on from.
    fn failed_in<'a>(&'a self, scenario: &'a ScenarioResult) -> Option<Root<'a>> {
        let is_failed = |id: &String| self.failed_clause(id);
        let mut verified = failures_of(scenario).flat_map(|failed| &failed.expectation.verifies);
        if let Some(id) = verified.find_map(is_failed) {
            return Some(Root::Clause(id));
        }
        // Or the account could not be made ready, by a call that others make as well.
        let mut opening = scenario.steps.iter();
        let opening = opening.find(|step| step.position.is_none() && step.reason.is_some());
        if let Some(id) = opening.and_then(|step| self.failed_elsewhere(step, None)) {
            return Some(Root::Clause(id));
        }
        let Failed { step, failure, .. } = failures_of(scenario).next()?;
        if let Some(id) = self.failed_elsewhere(step, Some(failure)) {
            return Some(Root::Clause(id));
        }
        let place = match failure.excerpt.line {
            0 => String::new(),
            line => format!(" ({}:{line})", failure.excerpt.path),
        };
        let what = format!("`{}`: {}{place}", step.operation, failure.message);
        Some(Root::Precondition(what))
    }

    /// The clause that the same call has failed in another scenario: in the same way if that is known, else with the same
    /// status.
    fn failed_elsewhere(&self, step: &StepResult, failure: Option<&Failure>) -> Option<&str> {
        let everywhere = self.scenarios.iter().flat_map(failures_of);
        let mut same = everywhere.filter(|other| {
            let is_alike = match failure {
                Some(failure) => failure.message == other.failure.message,
                None => status(other.step) == status(step),
            };
            other.step.operation == step.operation && is_alike
        });
        let is_failed = |id: &String| self.failed_clause(id);
        same.find_map(|other| other.expectation.verifies.iter().find_map(is_failed))
    }

    fn failed_clause(&self, id: &str) -> Option<&str> {
        let mut failed = self.verdicts.with(Verdict::Fail);
        failed
            .find(|clause| clause.id == id)
            .map(|one| one.id.as_str())
    }
}

/// An expectation that failed.
#[derive(Clone, Copy)]
pub(super) struct Failed<'a> {
    /// How many steps come before its step.
    pub(super) position: usize,
    pub(super) step: &'a StepResult,
    pub(super) expectation: &'a ExpectationResult,
    pub(super) failure: &'a Failure,
}

/// The expectations of a scenario that failed.
pub(super) fn failures_of(scenario: &ScenarioResult) -> impl Iterator<Item = Failed<'_>> {
    let steps = scenario.steps.iter().enumerate();
    steps.flat_map(|(position, step)| {
        let expectations = step.expectations.iter();
        expectations.filter_map(move |expectation| match &expectation.state {
            ExpectationState::Failed { failure } => Some(Failed {
                position,
                step,
                expectation,
                failure,
            }),
            _ => None,
        })
    })
}

fn status(step: &StepResult) -> Option<u16> {
    step.exchange.as_deref().and_then(Exchange::status)
}

/// Whether a reason says that another call came out otherwise than it should.
fn is_about_another_call(reason: &str) -> bool {
    const WORDS: [&str; 6] = [
        " at line ",
        " was not captured",
        " was not challenged",
        " is missing",
        "its token was refused",
        "may follow from that",
    ];
    let is_of_opening = ["the account `", "the session `"];
    WORDS.iter().any(|words| reason.contains(words))
        || is_of_opening.iter().any(|start| reason.starts_with(start))
}

/// What a reason that names a line leads to.
enum Fault<'a> {
    /// The step that was called and did not give what another one needs.
    Step(&'a StepResult),
    /// Another reason.
    Reason(&'a str),
}

fn at_fault<'a>(scenario: &'a ScenarioResult, reason: &'a str) -> Option<Fault<'a>> {
    let mut reason = reason;
    let mut met = BTreeSet::new();
    // A step rests on another one, which may rest on a third; and one and its control on each other.
    loop {
        let (_, line) = reason.split_once(" at line ")?;
        let digits = line.split(|c: char| !c.is_ascii_digit()).next()?;
        let line: usize = digits.parse().ok()?;
        let step = scenario.steps.iter().find(|step| step.line == line)?;
        let untried = step.expectations.iter().find_map(|one| match &one.state {
            ExpectationState::Untried { reason } => Some(reason.as_str()),
            _ => None,
        });
        match step.reason.as_deref().or(untried) {
            Some(other) if !other.contains(" at line ") => return Some(Fault::Reason(other)),
            Some(other) if met.insert(line) => reason = other,
            _ => return step.exchange.is_some().then_some(Fault::Step(step)),
        }
    }
}
