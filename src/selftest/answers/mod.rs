//! Mutants of answers: derived from what was recorded, never written by hand, and tried without a server.
//!
//! A run against any server is recorded once. Then its answers are made wrong, one at a time and in one way at
//! a time, and each is given to the judge. Which clause has to fail is read off the suite.

mod apply;
mod declared;
mod examine;
mod leak;
mod members;
mod open;
mod operators;
mod site;

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

pub use examine::examine;
pub use leak::Leak;
pub use members::JsonType;
pub use operators::Operator;

use super::MutantStatus;

/// One way to make the answers of an operation wrong, and what the suite makes of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AnswerMutant {
    /// The operation.
    pub operation: String,
    /// What is wrong about its answer.
    #[serde(flatten)]
    pub operator: Operator,
    /// The best of its trials; equivalent where the contract does not mind and no clause that had to fail does.
    pub status: MutantStatus,
    /// Why the contract does not mind, where that is so.
    pub left_open: Option<&'static str>,
    /// The answers that were made wrong so: where an expectation verifies that this is wrong, there; else all.
    pub trials: Vec<AnswerTrial>,
}

/// One answer made wrong.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AnswerTrial {
    /// The scenario.
    pub scenario: String,
    /// The line of the step in the scenario's file.
    pub line: usize,
    /// The clauses of which at least one has to fail.
    pub declared: Vec<String>,
    /// The clauses that fail, and did not before.
    pub failed: Vec<String>,
    /// What comes of that.
    pub status: MutantStatus,
}

/// A name that holds over runs: `me drop-member $.email`.
impl fmt::Display for AnswerMutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operation, self.operator)
    }
}

impl AnswerMutant {
    /// The clauses that fail in any of its trials.
    pub fn failed(&self) -> impl Iterator<Item = &str> {
        let failed = self.trials.iter().flat_map(|trial| &trial.failed);
        let distinct: BTreeSet<&str> = failed.map(String::as_str).collect();
        distinct.into_iter()
    }
}
