//! Mutants of answers: derived from what was recorded, never written by hand, and tried without a server.
//!
//! A run against any server is recorded once. Then its answers are made wrong, one at a time and in one way at
//! a time, and each is put before the engine again. Which clause has to be violated is read off the suite.

mod apply;
mod declared;
mod examine;
mod leak;
mod members;
mod open;
mod operators;
mod site;
mod statuses;

use serde::Serialize;

pub use examine::examine;
pub use leak::Leak;
pub use members::JsonType;
pub use operators::Operator;

/// What the suite makes of a wrong answer. The order is that of what is worth more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Nothing in the suite minds.
    Survived,
    /// Something is blocked by it, but no clause is violated.
    NoVerdict,
    /// A clause is violated, but none that rests on what was made wrong.
    KilledByOther,
    /// A clause is violated that rests on what was made wrong.
    Killed,
}

/// One way to make the answers of an operation wrong, and what the suite makes of it.
#[derive(Debug, Clone, Serialize)]
pub struct AnswerMutant {
    /// The operation.
    pub operation: String,
    /// What is wrong about its answer.
    #[serde(flatten)]
    pub operator: Operator,
    /// The best of its trials.
    pub fate: Fate,
    /// Why the contract does not mind, where that is so.
    pub left_open: Option<&'static str>,
    /// The answers that were made wrong so: where an expectation proves that this is wrong, there; else all.
    pub trials: Vec<Trial>,
}

/// One answer made wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Trial {
    /// The scenario.
    pub scenario: String,
    /// The line of the step in the scenario's file.
    pub line: usize,
    /// The clauses of which at least one has to be violated.
    pub declared: Vec<String>,
    /// The clauses that are violated, and were not before.
    pub blamed: Vec<String>,
    /// What comes of that.
    pub fate: Fate,
}

impl AnswerMutant {
    /// Whether the suite should have noticed and has not.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.fate != Fate::Killed && self.left_open.is_none()
    }
}
