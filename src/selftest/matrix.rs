//! The kill matrix: which mutants of behaviour the suite catches, and which others fail.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::mutant_status::MutantStatus;
use super::mutants::Mutant;
use super::trial::{TrialError, TrialOutcome, try_again, try_server};
use crate::run::{Outcome, Plan, ScenarioResult, Selection};
use crate::suite::{Scenario, Suite};

/// What the suite made of one mutant.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Finding {
    /// The mutant.
    #[serde(flatten)]
    pub mutant: Mutant,
    /// What that comes to.
    pub status: MutantStatus,
    /// The clauses that failed, in the contract's order.
    pub failed: Vec<String>,
    /// The clauses that were left inconclusive.
    pub inconclusive: Vec<String>,
}

impl Finding {
    fn new(mutant: Mutant, tried: &TrialOutcome) -> Self {
        let failed: Vec<String> = tried.failed().map(str::to_owned).collect();
        let inconclusive: Vec<String> = tried.inconclusive().map(str::to_owned).collect();
        let broke_off = tried
            .results
            .iter()
            .any(|one| one.outcome == Outcome::Error);
        let undecided = broke_off || inconclusive.iter().any(|id| *id == *mutant.clause);
        let status = match MutantStatus::of(
            std::slice::from_ref(&mutant.clause.value),
            &failed,
            undecided,
        ) {
            MutantStatus::Survived | MutantStatus::NoVerdict if mutant.equivalent.is_some() => {
                MutantStatus::Equivalent
            }
            status => status,
        };
        Self {
            mutant,
            status,
            failed,
            inconclusive,
        }
    }

    /// Whether the suite falls short, or the reason why nobody could tell this mutant is none.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.status.is_gap()
            || self.status == MutantStatus::Killed && self.mutant.equivalent.is_some()
    }

    /// The clauses that failed although the mutant breaks another.
    pub fn collateral(&self) -> impl Iterator<Item = &str> {
        let all = self.failed.iter().map(String::as_str);
        all.filter(|id| *id != *self.mutant.clause)
    }
}

/// Tries the suite on one mutant. Where it does not fail the one clause alone, what did not pass or should not have
/// passed is tried again on servers that no other scenario touches.
///
/// # Errors
/// A server that cannot be started or called.
pub async fn try_mutant(suite: &Arc<Suite>, mutant: Mutant) -> Result<Finding, TrialError> {
    let everything = Plan::new(suite, &Selection::everything());
    let mut tried = try_server(&everything, mutant.server()).await?;
    if !tried.failed().eq([mutant.clause.as_str()]) {
        let doubted = |scenario: &Scenario, result: &ScenarioResult| {
            result.outcome != Outcome::Passed || scenario.verifies().any(|id| *id == *mutant.clause)
        };
        tried = try_again(&everything, tried, doubted, || mutant.server()).await?;
    }
    Ok(Finding::new(mutant, &tried))
}
