//! What a run over mutants leaves behind: one [`MutationReport`] value, and each format made from it alone.

mod page;
mod summary;
mod tally;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

pub use page::page;
pub use summary::summary;
pub use tally::{Tallies, Tally, VariantTally};

use super::answers::AnswerMutant;
use super::campaign::Findings;
use super::complaints::VariantFinding;
use super::matrix::Finding;
use crate::contract::{Contract, Level, Profile};
use crate::report::{
    ReportFiles, SuiteIdentity, TargetIdentity, Tool, WriteError, json, write_files,
};
use crate::suite::Suite;

/// The version of the report's own form: a member that changes its meaning or goes changes it.
const SCHEMA_VERSION: u32 = 2;
const JSON: &str = "mutants.json";
const PAGE: &str = "mutants.md";
/// The files of a run over mutants.
pub const MUTATION_FILES: [&str; 2] = [JSON, PAGE];

/// Everything that a run over mutants has found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MutationReport {
    /// The version of this form.
    pub schema_version: u32,
    /// The program.
    pub tool: Tool,
    /// The suite that was tried.
    pub suite: SuiteIdentity,
    /// The server whose answers were made wrong, where it is not the reference inside the program: then nothing
    /// but its answers was tried.
    pub target: Option<TargetIdentity>,
    /// When the run began, by the clock of this machine.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub started: Timestamp,
    /// How long it took, in milliseconds.
    pub milliseconds: f64,
    /// Whether only some mutants were tried, by a filter, or only some clauses can be verified on the server.
    pub partial: bool,
    /// Whether every mutant that can be told is killed by the clause that it breaks, and no variant gets a false alarm.
    pub sound: bool,
    /// The statuses, counted.
    pub tally: Tallies,
    /// The clauses of the contract, in its order.
    pub clauses: Vec<ClauseFacts>,
    /// Every mutant of behaviour that was tried, by feature.
    pub behaviour: Vec<Finding>,
    /// Every server that conforms: each variant alone, then every pair of them on some server.
    pub variants: Vec<VariantFinding>,
    /// Every wrong answer, by operation.
    pub answers: Vec<AnswerMutant>,
    /// The scenarios that the server did not pass when its answers were recorded: of these little can be made wrong.
    pub not_passed: Vec<String>,
    /// Always true; last, so that a cut-off file shows.
    pub complete: bool,
}

/// A clause, as far as a reader of the report needs it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClauseFacts {
    /// Its id.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The profile it belongs to.
    pub profile: Profile,
    /// The clause itself.
    pub text: String,
}

/// What was tried, and on what.
#[derive(Debug, Default)]
pub struct CampaignScope {
    /// Whether not everything was tried.
    pub partial: bool,
    /// The server of the user, where it was one.
    pub target: Option<TargetIdentity>,
    /// The scenarios that were recorded and did not pass.
    pub not_passed: Vec<String>,
}

impl MutationReport {
    /// The report on these findings, of a run that began then and took so long.
    #[must_use]
    pub fn new(
        suite: &Suite,
        findings: Findings,
        scope: CampaignScope,
        (started, elapsed): (Timestamp, Duration),
    ) -> Self {
        let tally = Tallies::of(&findings);
        let Findings {
            behaviour,
            variants,
            answers,
        } = findings;
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            suite: SuiteIdentity::of(suite),
            target: scope.target,
            started,
            milliseconds: elapsed.as_secs_f64() * 1e3,
            partial: scope.partial,
            sound: !behaviour.iter().any(Finding::is_gap)
                && !answers.iter().any(|mutant| mutant.status.is_gap())
                && variants.iter().all(|server| server.complaints.is_empty()),
            tally,
            clauses: clauses(&suite.contract),
            behaviour,
            variants,
            answers,
            not_passed: scope.not_passed,
            complete: true,
        }
    }

    /// Writes `mutants.json` and `mutants.md` into `dir`, which is made where it is missing.
    ///
    /// # Errors
    /// The first file that cannot be written; what was there before is then still there.
    pub fn write(&self, dir: &Path) -> Result<ReportFiles, WriteError> {
        write_files(dir, [(JSON, json(self)?), (PAGE, page(self))])
    }
}

fn clauses(contract: &Contract) -> Vec<ClauseFacts> {
    let clauses = contract.clauses.iter();
    let facts = clauses.map(|clause| ClauseFacts {
        id: clause.id.value.clone(),
        level: clause.level,
        profile: clause.profile,
        text: clause.text.clone(),
    });
    facts.collect()
}
