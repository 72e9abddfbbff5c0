//! `conform check`: what the suite leaves inconclusive, unused or too dear.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Condition, Expectation, Expression, Reference, Scenario, Statuses, Step, Suite, step_line,
};
use crate::contract::Profile;

/// What a suite covers.
#[derive(Debug)]
pub struct Coverage {
    /// Number of expectations that verify each clause.
    pub checks: BTreeMap<String, usize>,
    /// Number of expectations that verify a clause by a refusal; the loader sees to it that each has its control.
    pub refusals: usize,
    /// Sentences of the documentation: covered, excluded.
    pub sentences: (usize, usize),
    /// What a run costs that covers what is covered without being asked.
    pub run: Load,
    /// What a run of every profile costs.
    pub every_profile: Load,
    /// What is wrong; empty in a sound suite.
    pub gaps: Vec<CoverageGap>,
}

/// Calls of throttled operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Those that every run makes, by operation.
    pub calls: BTreeMap<String, usize>,
    /// The most further ones, in steps that reckon with a 429.
    pub repeated: u32,
}

impl Load {
    /// All calls that every run makes.
    #[must_use]
    pub fn total(&self) -> usize {
        self.calls.values().sum()
    }
}

/// Something that a sound suite does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoverageGap {
    /// No expectation verifies the clause.
    #[error("the clause `{0}` is verified by no expectation")]
    Inconclusive(String),
    /// No expectation uses the schema.
    #[error("the schema `{0}` is used by no expectation")]
    UnusedSchema(String),
    /// No later step uses the capture.
    #[error("{0}: the capture `{1}` is never used")]
    UnusedCapture(String, String),
    /// A step uses a capture that is missing after an answer that the suite permits.
    #[error(
        "{scenario}: line {line} uses `{capture}`, which a permitted answer lacks: add `when: {capture}`"
    )]
    MissingCapture {
        /// The scenario.
        scenario: String,
        /// The line of the step.
        line: usize,
        /// The capture.
        capture: String,
    },
    /// No step uses the account.
    #[error("{0}: the account `{1}` is never used")]
    UnusedAccount(String, String),
    /// No expectation names the step.
    #[error("{0}: the step id `{1}` is never named")]
    UnusedStepId(String, String),
    /// No step calls the operation.
    #[error("the operation `{0}` is called by no step")]
    UnusedOperation(String),
}

impl Suite {
    /// What the suite covers and where it falls short.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let mut checks: BTreeMap<String, usize> = self
            .contract
            .clauses
            .iter()
            .map(|clause| (clause.id.value.clone(), 0))
            .collect();
        for clause in self.scenarios.iter().flat_map(Scenario::verifies) {
            *checks.entry(clause.to_owned()).or_default() += 1;
        }
        let excluded = self.contract.documentation.iter();
        let excluded = excluded
            .filter(|sentence| sentence.excluded.is_some())
            .count();
        let default = Profile::ALL
            .into_iter()
            .filter(|profile| profile.is_default());
        Coverage {
            gaps: self.gaps(&checks),
            refusals: self.expectations().filter(|one| refuses(one)).count(),
            checks,
            sentences: (self.contract.documentation.len() - excluded, excluded),
            run: self.load(&self.asked_for_by(&default.collect()), None),
            every_profile: self.load(
                &self.asked_for_by(&Profile::ALL.into_iter().collect()),
                None,
            ),
        }
    }

    fn expectations(&self) -> impl Iterator<Item = &Expectation> {
        let steps = self.scenarios.iter().flat_map(|scenario| &scenario.steps);
        steps.flat_map(|step| &step.expectations)
    }

    /// What the scenarios at these positions cost a server that is declared to answer 429 after so many calls.
    #[must_use]
    pub fn load(&self, scenarios: &[usize], max_attempts: Option<u32>) -> Load {
        let steps = scenarios
            .iter()
            .flat_map(|position| &self.scenarios[*position].steps);
        let calls = self.throttled_calls(scenarios).into_iter();
        Load {
            repeated: steps
                .filter(|step| step.expects_throttling())
                .map(|step| step.most_calls(max_attempts, None))
                .sum(),
            calls: calls
                .map(|(operation, calls)| (operation.to_owned(), calls))
                .collect(),
        }
    }

    fn gaps(&self, checks: &BTreeMap<String, usize>) -> Vec<CoverageGap> {
        let mut gaps: Vec<CoverageGap> = checks
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(clause, _)| CoverageGap::Inconclusive(clause.clone()))
            .collect();
        let conditions = self
            .expectations()
            .flat_map(|expectation| &expectation.conditions);
        let used: BTreeSet<&str> = conditions
            .filter_map(|(condition, _)| match condition {
                Condition::Schema(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let unused = self
            .schemas
            .keys()
            .filter(|name| !used.contains(name.as_str()));
        gaps.extend(unused.cloned().map(CoverageGap::UnusedSchema));
        let called: BTreeSet<&str> = self
            .scenarios
            .iter()
            .flat_map(|scenario| &scenario.steps)
            .map(|step| step.operation.as_str())
            .collect();
        let uncalled = self.contract.operations.keys();
        let uncalled = uncalled.filter(|name| !called.contains(name.as_str()));
        gaps.extend(uncalled.cloned().map(CoverageGap::UnusedOperation));
        for scenario in &self.scenarios {
            gaps.extend(unused_names(scenario));
            gaps.extend(missing_captures(scenario));
        }
        gaps
    }
}

fn refuses(expectation: &Expectation) -> bool {
    let refusal = expectation.statuses().is_some_and(Statuses::is_refusal);
    refusal && expectation.control.is_some() && !expectation.verifies.is_empty()
}

fn unused_names(scenario: &Scenario) -> Vec<CoverageGap> {
    let mut captures = BTreeSet::new();
    let mut accounts = BTreeSet::new();
    for expression in expressions(scenario) {
        match &expression.reference {
            Reference::Capture(name) => captures.insert(name.as_str()),
            Reference::Account(name, _) | Reference::Session(name, ..) => {
                accounts.insert(name.as_str())
            }
            Reference::Attempt => continue,
        };
    }
    captures.extend(scenario.steps.iter().filter_map(|step| {
        let when = step.when.as_ref()?;
        Some(when.capture.as_str())
    }));
    let captured = scenario.steps.iter().flat_map(|step| &step.captures);
    let unused_captures = captured
        .filter(|capture| !captures.contains(capture.name.as_str()))
        .map(|capture| CoverageGap::UnusedCapture(scenario.id.clone(), capture.name.clone()));
    let unused_accounts = scenario
        .accounts
        .iter()
        .filter(|need| !accounts.contains(need.name.as_str()))
        .map(|need| CoverageGap::UnusedAccount(scenario.id.clone(), need.name.clone()));
    let named: BTreeSet<usize> = scenario
        .steps
        .iter()
        .flat_map(|step| &step.expectations)
        .flat_map(Expectation::named_steps)
        .collect();
    let unused_ids = scenario
        .steps
        .iter()
        .enumerate()
        .filter(|(position, _)| !named.contains(position))
        .filter_map(|(_, step)| step.id.clone())
        .map(|id| CoverageGap::UnusedStepId(scenario.id.clone(), id));
    unused_captures
        .chain(unused_accounts)
        .chain(unused_ids)
        .collect()
}

/// The steps that cannot be made after a refusal that the scenario permits, and do not say so.
fn missing_captures(scenario: &Scenario) -> Vec<CoverageGap> {
    let permits_refusal = |step: &Step| {
        let permitted = step.expected_statuses();
        permitted.is_some_and(|set| {
            set.allows_success() && (400..500).any(|status| set.contains(status))
        })
    };
    let givers = scenario.steps.iter().filter(|step| permits_refusal(step));
    let mut gaps = Vec::new();
    for giver in givers {
        let gives = |name: &str| giver.captures.iter().any(|one| one.name == name);
        let is_guarded = |step: &Step| {
            let when = step.when.as_ref();
            when.is_some_and(|when| when.has_value && gives(&when.capture))
        };
        for step in scenario.steps.iter().filter(|step| !is_guarded(step)) {
            let inputs = step.inputs().into_iter();
            let mut captures = inputs.filter_map(|input| match &input.reference {
                Reference::Capture(name) if gives(name) => Some(name.clone()),
                _ => None,
            });
            gaps.extend(captures.next().map(|capture| CoverageGap::MissingCapture {
                scenario: scenario.id.clone(),
                line: step_line(scenario, step),
                capture,
            }));
        }
    }
    gaps
}

fn expressions(scenario: &Scenario) -> impl Iterator<Item = &Expression> {
    scenario.steps.iter().flat_map(|step| {
        let expectations = step.expectations.iter();
        let conditions = expectations.flat_map(|expectation| &expectation.conditions);
        let tested = conditions.flat_map(|(condition, _)| condition.inputs());
        let captured = step
            .captures
            .iter()
            .flat_map(|capture| capture.path.expressions());
        step.inputs().into_iter().chain(tested).chain(captured)
    })
}
