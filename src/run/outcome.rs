//! What a run records: outcomes of scenarios, steps and expectations. Nothing in here holds a secret.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Span;
use crate::excerpt::Excerpt;
use crate::http::Exchange;
use crate::suite::Scenario;

/// How a scenario ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// All that was tried holds.
    Passed,
    /// An expectation that verifies a clause does not hold.
    Failed,
    /// A precondition failed, so that no clause fails.
    Blocked,
    /// A capability is missing, or the server throttles for longer than the run waits.
    Skipped,
    /// The harness or the network failed.
    Error,
}

/// One scenario, run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioResult {
    /// Its id.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// Its file, as the suite names it.
    pub file: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not pass, where that is no violation.
    pub reason: Option<String>,
    /// When it began, by the clock of this machine.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub started: Timestamp,
    /// How long it took, in milliseconds.
    pub milliseconds: f64,
    /// The e-mails of its accounts without a second factor, those that another scenario has registered among them.
    pub accounts: Vec<String>,
    /// Its calls: first the registrations of its accounts, then its steps.
    pub steps: Vec<StepResult>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepOutcome {
    /// All that is expected holds.
    Passed,
    /// Something expected does not hold.
    Failed,
    /// It was not tried.
    Blocked,
    /// It does not apply: what it needs is something that this server may lack.
    Skipped,
}

/// One step, run or blocked.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct StepResult {
    /// Its position in the scenario, from zero; nothing for what makes an account ready.
    pub position: Option<usize>,
    /// The account that it makes ready; nothing for a step of the scenario.
    pub account: Option<String>,
    /// The operation.
    pub operation: String,
    /// Its line in the scenario's file; zero for what makes an account ready.
    pub line: usize,
    /// How it ended.
    pub outcome: StepOutcome,
    /// Why it was blocked.
    pub reason: Option<String>,
    /// How often it was called: more than once where it is repeated or was throttled.
    pub calls: u32,
    /// When it was under way; nothing where it was not tried.
    pub timing: Option<Timing>,
    /// The last call and its answer.
    pub exchange: Option<Box<Exchange>>,
    /// What became of each expectation.
    pub expectations: Vec<ExpectationResult>,
}

impl StepResult {
    /// What became of it, for whoever rests on it and cannot: `failed: expected status 2xx, got 401`.
    pub(super) fn shortfall(&self) -> String {
        let failures = self.expectations.iter();
        let mut failures = failures.filter_map(|expectation| match &expectation.state {
            ExpectationState::Failed { failure } => Some(&failure.message),
            _ => None,
        });
        match (self.outcome, failures.next()) {
            (StepOutcome::Failed, Some(message)) => format!("failed: {message}"),
            (StepOutcome::Failed, None) => "failed".to_owned(),
            (StepOutcome::Skipped, _) => "was left out".to_owned(),
            (StepOutcome::Passed | StepOutcome::Blocked, _) => "did not pass".to_owned(),
        }
    }
}

/// When a step was under way, by a clock that only runs forward.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// When it began, in milliseconds since its scenario did.
    pub offset_milliseconds: f64,
    /// How long it took, in milliseconds, with all that it waited for.
    pub milliseconds: f64,
    /// How long of that it waited because the server throttles, in milliseconds.
    pub throttled_milliseconds: f64,
}

/// One expectation, tried or not.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ExpectationResult {
    /// The clauses that it verifies; without one it is a precondition.
    pub verifies: Vec<String>,
    /// Its line in the scenario's file.
    pub line: usize,
    /// What it expects, in short: `status 204, body empty`.
    pub expects: String,
    /// What became of it.
    #[serde(flatten)]
    pub state: ExpectationState,
}

/// What became of an expectation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum ExpectationState {
    /// It holds.
    Held,
    /// It does not hold.
    Failed {
        /// In what.
        failure: Box<Failure>,
    },
    /// It says nothing: it could not be tried, or its positive control failed.
    Untried {
        /// Why.
        reason: String,
    },
    /// It does not apply to this server.
    Skipped {
        /// Why.
        reason: String,
    },
}

impl ExpectationState {
    pub(super) fn untried(reason: &str) -> Self {
        Self::Untried {
            reason: reason.to_owned(),
        }
    }

    /// Whether it does not hold.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }

    /// Whether it does not apply.
    #[must_use]
    pub fn is_skipped(&self) -> bool {
        matches!(self, Self::Skipped { .. })
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_untried(&self) -> bool {
        matches!(self, Self::Untried { .. })
    }
}

/// In what an expectation does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// One sentence.
    pub message: String,
    /// The JSONPath of the place in the body that is at fault, where it is one.
    pub path: Option<String>,
    /// What was expected.
    pub expected: String,
    /// What was there.
    pub actual: String,
    /// Further lines, such as the places where a body does not satisfy its schema.
    pub details: Vec<String>,
    /// What is commonly behind it.
    pub hint: Option<String>,
    /// The condition as it stands in the scenario's file.
    pub excerpt: Excerpt,
    /// The same place, in bytes.
    #[serde(skip)]
    pub span: Span,
}

/// One expectation that verifies a clause, and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Check<'a> {
    /// The clause.
    pub clause: &'a str,
    /// The scenario.
    pub scenario: &'a ScenarioResult,
    /// The line of the expectation in the scenario's file.
    pub line: usize,
    /// What became of it.
    pub state: &'a ExpectationState,
}

impl ScenarioResult {
    /// A scenario that is begun now, and of which nothing is known yet.
    pub(super) fn begun(scenario: &Scenario) -> Self {
        Self {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            file: scenario.source.path.clone(),
            outcome: Outcome::Passed,
            reason: None,
            started: Timestamp::now(),
            milliseconds: 0.0,
            accounts: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// The result of a scenario in which this program itself failed.
    pub(super) fn crashed(scenario: &Scenario) -> Self {
        Self {
            outcome: Outcome::Error,
            reason: Some("conform itself failed in this scenario: please report it".to_owned()),
            ..Self::begun(scenario)
        }
    }

    /// Every check that the scenario offers.
    pub fn checks(&self) -> impl Iterator<Item = Check<'_>> {
        self.steps.iter().flat_map(move |step| {
            step.expectations.iter().flat_map(move |expectation| {
                expectation.verifies.iter().map(move |clause| Check {
                    clause,
                    scenario: self,
                    line: expectation.line,
                    state: &expectation.state,
                })
            })
        })
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Blocked => "blocked",
            Self::Skipped => "skipped",
            Self::Error => "error",
        })
    }
}
