//! The whole story of a scenario that did not pass: clauses, place in the file, expected against actual, the
//! exchange. The terminal and the page tell the same one.

use super::Report;
use crate::contract::{Level, Profile};
use crate::http::Exchange;
use crate::printable::printable;
use crate::run::{ExpectationState, Failure, Outcome, Plan, ScenarioResult, StepResult};
use crate::verdict::{ClauseVerdict, Waived};

/// What is told of a scenario.
#[derive(Debug)]
pub struct Story<'a> {
    /// One line.
    pub headline: String,
    /// The expectations that failed, in the order of the scenario.
    pub failures: Vec<FailureStory<'a>>,
    /// How it ended, and why, where that is no violation.
    pub reason: Option<(Outcome, &'a str)>,
    /// The call that failed to register an account.
    pub registration: Option<&'a Exchange>,
}

/// What is told of an expectation that failed.
#[derive(Debug)]
pub struct FailureStory<'a> {
    /// The clauses that fail with it; none if it is a precondition.
    pub clauses: Vec<ClauseWords>,
    /// The step.
    pub step: &'a StepResult,
    /// In what it failed.
    pub failure: &'a Failure,
}

/// A clause, as far as a story needs it.
#[derive(Debug, Clone)]
pub struct ClauseWords {
    /// Its id.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The profile it belongs to.
    pub profile: Profile,
    /// The clause itself.
    pub text: String,
    /// Where it comes from.
    pub source: String,
    /// Why its violation does not fail the run, where it is waived.
    pub waived: Option<Waived>,
    /// The clauses it is masked by, where nobody knows yet whether one of them fails.
    pub masked_by: Vec<String>,
}

impl ClauseWords {
    /// A clause on which a run of `plan` gives a verdict.
    fn of_plan(plan: &Plan, id: &str) -> Option<Self> {
        let contract = &plan.suite.contract;
        let clause = contract.clause(id).filter(|_| plan.covers(id))?;
        Some(Self {
            id: clause.id.value.clone(),
            level: clause.level,
            profile: clause.profile,
            text: clause.text.clone(),
            source: contract.source_of(clause),
            waived: plan.waiver(clause).map(Waived::from),
            masked_by: clause.masked_by.iter().map(|id| id.value.clone()).collect(),
        })
    }
}

impl From<&ClauseVerdict> for ClauseWords {
    fn from(clause: &ClauseVerdict) -> Self {
        Self {
            id: clause.id.clone(),
            level: clause.level,
            profile: clause.profile,
            text: clause.text.clone(),
            source: clause.source.clone(),
            waived: clause.waived.clone(),
            masked_by: Vec::new(),
        }
    }
}

/// The story of a scenario of a run that is still under way; nothing where it passed without a remark.
#[must_use]
pub fn story<'a>(plan: &Plan, result: &'a ScenarioResult) -> Option<Story<'a>> {
    Story::of(result, |id| ClauseWords::of_plan(plan, id))
}

impl Report {
    /// The story of one of its scenarios; nothing where it passed without a remark.
    #[must_use]
    pub fn story<'a>(&self, result: &'a ScenarioResult) -> Option<Story<'a>> {
        Story::of(result, |id| {
            let mut clauses = self.verdicts.clauses.iter();
            clauses.find(|clause| clause.id == id).map(Into::into)
        })
    }
}

impl<'a> Story<'a> {
    /// The story of a scenario; `words` knows the clauses on which there is a verdict.
    fn of(result: &'a ScenarioResult, words: impl Fn(&str) -> Option<ClauseWords>) -> Option<Self> {
        let mut failures = Vec::new();
        for step in &result.steps {
            for expectation in &step.expectations {
                let ExpectationState::Failed { failure } = &expectation.state else {
                    continue;
                };
                let verifies = expectation.verifies.iter();
                let clauses: Vec<ClauseWords> = verifies.filter_map(|id| words(id)).collect();
                if expectation.verifies.is_empty() || !clauses.is_empty() {
                    failures.push(FailureStory {
                        clauses,
                        step,
                        failure,
                    });
                }
            }
        }
        let failed = || failures.iter().flat_map(|failure| &failure.clauses);
        let headline = match (result.outcome, &result.reason) {
            (Outcome::Passed, _) if failed().next().is_none() => return None,
            (outcome, Some(reason)) => format!("{outcome}: {reason}"),
            (_, None) => {
                let mut ids: Vec<&str> = failed().map(|clause| clause.id.as_str()).collect();
                ids.dedup();
                format!("failed: {}", ids.join(", "))
            }
        };
        let mut steps = result.steps.iter();
        let registration = steps.find(|step| step.position.is_none() && step.reason.is_some());
        let reason = result.reason.as_deref();
        Some(Self {
            headline: printable(&headline),
            failures,
            reason: reason.map(|reason| (result.outcome, reason)),
            registration: registration.and_then(|step| step.exchange.as_deref()),
        })
    }
}
