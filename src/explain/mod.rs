//! What a clause or a scenario is about: its sentence, where it comes from, what verifies it, what breaks it.

mod clause;
mod list;
mod scenario;

pub use list::list;

use crate::diagnostic::did_you_mean_or;
use crate::selftest::Mutant;
use crate::suite::{Scenario, Suite};

/// A name that the suite does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no clause and no scenario: {advice}")]
pub struct UnknownName {
    name: String,
    advice: String,
}

/// Explains the clause with that id, or the scenario with that id or trial name; of a feature, such as `login`, what there is
/// of it.
///
/// # Errors
/// There is neither.
pub fn explain(suite: &Suite, mutants: &[Mutant], name: &str) -> Result<String, UnknownName> {
    if let Some(clause) = suite.contract.clause(name) {
        return Ok(clause::text(suite, mutants, clause));
    }
    if let Some(scenario) = suite.scenario(name) {
        return Ok(scenario::text(scenario));
    }
    let mut clauses = suite.contract.clauses.iter();
    if clauses.any(|clause| clause.id.split('.').next() == Some(name)) {
        return Ok(list(suite, mutants, Some(name)));
    }
    let trials: Vec<String> = suite.scenarios.iter().map(Scenario::name).collect();
    let clauses = suite.contract.clauses.iter();
    let known = clauses.map(|clause| clause.id.as_str());
    let known = known.chain(suite.scenarios.iter().map(|scenario| scenario.id.as_str()));
    let known = known.chain(trials.iter().map(String::as_str));
    Err(UnknownName {
        name: name.to_owned(),
        advice: did_you_mean_or(name, known, "`conform explain` lists all"),
    })
}
