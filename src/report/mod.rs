//! What a run leaves behind: one [`Report`] value, and a file for each format that is made from it.

mod annotations;
mod assessment;
mod capabilities;
mod causes;
mod costs;
mod curl;
mod diff;
mod difference;
mod exchanges;
mod har;
mod html;
mod hurl;
mod job_summary;
mod junit;
mod last;
mod merge;
mod notes;
mod read;
mod reproduction;
mod sarif;
mod schema;
mod selection;
mod story;
mod summary;
mod text;
mod waivers;
mod write;

pub use annotations::annotations;
pub use assessment::Assessment;
pub use capabilities::Capabilities;
pub use costs::{SpentCodes, Throttling};
pub use curl::curl_line;
pub use diff::{ClauseChange, Comparison};
pub use exchanges::{Detail, exchanges};
pub use html::{BrokenServer, Matrix};
pub use hurl::{hurl, write_reproductions};
pub use job_summary::job_summary;
pub use last::{LastReport, LastReportError};
pub use merge::{MergeError, merge};
pub use read::ReadError;
pub use reproduction::{Place, Reproduction};
pub use schema::mistakes_in_report;
pub use selection::{SelectionRecord, UnknownScenario};
pub use story::{ClauseWords, Story};
pub use summary::{Length, conclusion_in_words, counts, summary};
pub use text::scenario_text;
pub use waivers::{WaiverNote, WaiverState};
pub use write::{
    Content, Output, REPORT, RUN_FILES, ReportFiles, WriteError, json, prepare, run_files,
    write_files, write_reports, write_whole,
};

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::ClockSource;
use crate::run::{Plan, ScenarioResult, Session, withdraw_consequences};
use crate::suite::Suite;
use crate::verdict::{Conclusion, Count, Verdicts};

/// The version of the report's own form: a member that changes its meaning or goes changes it.
pub const SCHEMA_VERSION: u32 = 2;

/// Everything that a run has found. It holds no secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this form.
    pub schema_version: u32,
    /// The program.
    pub tool: Tool,
    /// The suite.
    pub suite: SuiteIdentity,
    /// The server under test.
    pub target: TargetIdentity,
    /// What the server is declared to have.
    pub capabilities: Capabilities,
    /// When the run began, by the clock of this machine.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub started: Timestamp,
    /// How long it took, in milliseconds.
    pub milliseconds: f64,
    /// What the run was to verify.
    pub selection: SelectionRecord,
    /// Whether only a part of the suite was selected, by a filter or a slice.
    pub partial: bool,
    /// What the run comes to.
    pub conclusion: Conclusion,
    /// Verdicts over all clauses, counted.
    pub count: Count,
    /// Verdicts of profiles and clauses.
    #[serde(flatten)]
    pub verdicts: Verdicts,
    /// What became of each waiver.
    pub waivers: Vec<WaiverNote>,
    /// What was left out on purpose, because the server is declared not to have it.
    pub left_out: Option<String>,
    /// Why the server could not be tested at all; nothing where it could.
    #[serde(default)]
    pub not_testable: Option<String>,
    /// The e-mails of all accounts that the run made on the server, for whoever purges them.
    pub accounts: Vec<String>,
    /// How many recovery codes of which accounts the run has spent.
    pub recovery_codes: Vec<SpentCodes>,
    /// What throttling has cost.
    pub throttling: Throttling,
    /// How many seconds the server's clock is ahead of this machine's; nothing where that is not known.
    pub clock_ahead_seconds: Option<f64>,
    /// How far off that may be, in seconds.
    pub clock_uncertainty_seconds: Option<f64>,
    /// Where it is from.
    pub clock_source: Option<ClockSource>,
    /// Every scenario that was run, with its steps and exchanges.
    pub scenarios: Vec<ScenarioResult>,
    /// The scenarios that were selected and did not come to their end.
    pub not_run: Vec<String>,
    /// Whether the run came to its end; last, so that a cut-off file shows.
    pub complete: bool,
}

/// The program that made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The commit that it was built from, where whoever built it said so in `CONFORM_COMMIT`.
    pub commit: Option<String>,
}

impl Tool {
    /// This program.
    #[must_use]
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("CONFORM_COMMIT").map(str::to_owned),
        }
    }
}

/// The suite that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteIdentity {
    /// Its release, where it has one.
    pub version: Option<String>,
    /// SHA-256 over contract, scenarios and schemas.
    pub digest: String,
    /// Whether it is the suite that the program brings.
    pub built_in: bool,
}

impl SuiteIdentity {
    /// What tells `suite` from others.
    #[must_use]
    pub fn of(suite: &Suite) -> Self {
        Self {
            version: suite.contract.version().map(str::to_owned),
            digest: suite.digest.clone(),
            built_in: suite.built_in,
        }
    }
}

/// The server that was tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetIdentity {
    /// The base URL.
    pub base_url: String,
    /// Whether it is the reference implementation inside the program.
    pub embedded: bool,
}

impl TargetIdentity {
    /// The server of a session.
    #[must_use]
    pub fn of(session: &Session, embedded: bool) -> Self {
        Self {
            base_url: session.secrets.redact(&session.target.base_url.to_string()),
            embedded,
        }
    }

    /// What is said behind its address.
    fn remark(&self) -> &'static str {
        if self.embedded {
            " (the embedded reference)"
        } else {
            ""
        }
    }
}

/// What a report needs to know besides session and results.
#[derive(Debug, Clone)]
pub struct RunFacts {
    /// When the run began.
    pub started: Timestamp,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether the server is the embedded reference.
    pub embedded: bool,
    /// Whether only a part of the suite was selected.
    pub partial: bool,
    /// Why the target could not be reached, or is not what it should be.
    pub not_testable: Option<String>,
}

impl Report {
    /// Whether the server could not be tested at all.
    pub(crate) fn is_untestable(&self) -> bool {
        self.conclusion == Conclusion::NotTestable && self.scenarios.is_empty()
    }

    /// The report of a run of the scenarios `ran` (positions in the suite).
    #[must_use]
    pub fn new(
        session: &Session,
        ran: &[usize],
        mut scenarios: Vec<ScenarioResult>,
        facts: RunFacts,
    ) -> Self {
        scenarios.sort_by(|a, b| a.id.cmp(&b.id));
        let plan: &Plan = &session.plan;
        withdraw_consequences(plan, &mut scenarios);
        let judged = Assessment::of(plan, ran, &scenarios, facts.not_testable.is_none());
        let clock = session.clock.difference();
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            suite: SuiteIdentity::of(&plan.suite),
            target: TargetIdentity::of(session, facts.embedded),
            capabilities: Capabilities::of(session),
            started: facts.started,
            milliseconds: facts.elapsed.as_secs_f64() * 1e3,
            selection: SelectionRecord::of(plan, ran),
            partial: facts.partial,
            conclusion: judged.conclusion,
            count: judged.verdicts.count(),
            verdicts: judged.verdicts,
            waivers: judged.waivers,
            left_out: judged.left_out,
            not_testable: (facts.not_testable).map(|why| session.secrets.redact(&why)),
            accounts: session.ledger.created(),
            recovery_codes: SpentCodes::of(session),
            throttling: Throttling::of(&session.throttle),
            clock_ahead_seconds: clock.map(|clock| clock.ahead_seconds),
            clock_uncertainty_seconds: clock.map(|clock| clock.uncertainty_seconds),
            clock_source: clock.map(|clock| clock.source),
            complete: judged.not_run.is_empty(),
            scenarios,
            not_run: judged.not_run,
        }
    }
}
