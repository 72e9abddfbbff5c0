//! What a run covers, from the flags, the target file and the last report.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, CommandFactory as _};

use super::Cli;
use super::claim::Claim;
use super::ended::CliError;
use super::environment::Environment;
use crate::contract::{Contract, Profile};
use crate::diagnostic::did_you_mean_or;
use crate::http::{Description, Waivers};
use crate::report::LastReport;
use crate::run::{Plan, Selection, Slice};
use crate::suite::{Suite, SuiteError};

/// What is run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct SelectionArguments {
    /// Run only scenarios whose name contains this text.
    #[arg(value_name = "FILTER")]
    pub(super) filter: Option<String>,
    /// Run the suite in this folder (with specs/ and schemas/) instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    pub(super) suite: Option<PathBuf>,
    /// Verify only the clauses that this release of the suite had.
    #[arg(long, value_name = "VERSION")]
    pub(super) suite_version: Option<String>,
    /// Verify only these profiles [default: core,sessions,totp,rate-limit].
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROFILE,…")]
    pub(super) profile: Vec<Claim>,
    /// Verify only this clause; may be repeated.
    #[arg(long, value_name = "CLAUSE")]
    pub(super) clause: Vec<String>,
    /// Run only the scenarios that did not pass according to the last report in --report-dir.
    #[arg(long)]
    pub(super) rerun_failed: bool,
    /// Fail the run also if a `should` clause fails, or if a waiver is no longer needed.
    #[arg(long)]
    pub(super) strict: bool,
    /// Run one part of the suite, such as slice:1/4.
    #[arg(long, value_name = "slice:M/N")]
    pub(super) partition: Option<Slice>,
    /// Match FILTER and --skip against the whole name of a scenario.
    #[arg(long)]
    pub(super) exact: bool,
    /// Leave out scenarios whose name contains this text.
    #[arg(long, value_name = "FILTER")]
    pub(super) skip: Vec<String>,
    /// List the scenarios without running them.
    #[arg(long)]
    pub(super) list: bool,
}

const ALL_NAMES: &str =
    "`conform --list` shows the names of the scenarios, `conform --help` the commands";

/// The names of the commands: a mistyped filter may have been one.
fn commands() -> Vec<String> {
    let mut program = Cli::command();
    program.build();
    program
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect()
}

impl SelectionArguments {
    /// Whether it selects by name alone, of all scenarios that run without being asked for.
    pub(super) fn is_plain(&self) -> bool {
        self.suite.is_none()
            && self.suite_version.is_none()
            && self.profile.is_empty()
            && self.partition.is_none()
            && self.clause.is_empty()
            && !self.rerun_failed
    }

    /// Why there is nothing to run, where scenarios have these names.
    pub(super) fn nothing_selected(&self, names: &[String]) -> CliError {
        let commands = commands();
        CliError::Usage(match &self.filter {
            Some(filter) if filter.contains("://") => {
                format!(
                    "no scenario matches `{filter}`: to test that server, write --base-url {filter}"
                )
            }
            Some(filter) if names.iter().any(|name| name.contains(filter.as_str())) => {
                format!(
                    "no scenario matches `{filter}` that --skip leaves, or in whole with --exact"
                )
            }
            Some(filter) if commands.contains(filter) => {
                format!("`{filter}` is a command: write it first, and its own flags after it")
            }
            Some(filter) => {
                let known = names.iter().chain(&commands).map(String::as_str);
                let near = did_you_mean_or(filter, known, ALL_NAMES);
                format!("no scenario matches `{filter}`: {near}")
            }
            None => "there is no scenario to run: the suite has none, or the flags leave all out"
                .to_owned(),
        })
    }
}

/// The suite in that folder, or else the built-in one.
pub(super) fn load_suite(dir: Option<&Path>) -> Result<Suite, SuiteError> {
    dir.map_or_else(Suite::built_in, Suite::from_dir)
}

/// What is run on that server; `last` is the folder of the last report.
pub(super) fn plan(
    arguments: &SelectionArguments,
    environment: &Environment,
    suite: &Arc<Suite>,
    described: &Description,
    last: &Path,
) -> Result<Plan, CliError> {
    let clauses = clauses(arguments, &suite.contract)?;
    let asked_for = asked_for(arguments, &suite.contract, &clauses);
    let asks_for_totp = asked_for.contains(&Profile::Totp);
    let selection = Selection {
        profiles: with_the_default(asked_for, arguments),
        strict: arguments.strict,
        slice: arguments.partition,
    };
    let mut plan = Plan::new(suite, &selection);
    if let Some(version) = &arguments.suite_version {
        plan = plan.pinned_to(release(version, &suite.contract)?);
    }
    if described.target.second_factor == Some(false) && !asks_for_totp {
        plan = plan.without_second_factor();
    }
    plan = plan.waiving(Waivers {
        today: environment.today,
        all: described.waivers.clone(),
    });
    if !clauses.is_empty() {
        plan = plan.only_clauses(clauses);
    }
    if arguments.rerun_failed {
        let last = LastReport::read(last)?;
        plan = plan.only_scenarios(&last.not_passed(&suite.digest)?);
    }
    Ok(plan)
}

/// The plan that verifies all of the profiles that are claimed: those named, or else the documented ones.
pub(super) fn claimed(claims: &[Claim], suite: &Arc<Suite>, described: &Description) -> Plan {
    let selection = Selection {
        profiles: claims.iter().flat_map(Claim::profiles).copied().collect(),
        ..Selection::default()
    };
    let plan = Plan::new(suite, &selection);
    let has_none = described.target.second_factor == Some(false);
    if has_none && !selection.profiles.contains(&Profile::Totp) {
        plan.without_second_factor()
    } else {
        plan
    }
}

fn release(version: &str, contract: &Contract) -> Result<String, CliError> {
    let known = || contract.versions.iter().map(|known| known.as_str());
    if known().any(|known| known == version) {
        return Ok(version.to_owned());
    }
    let message = match known().collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "the suite names no release of its own".to_owned(),
        known => format!("the suite has no release `{version}`: it has {known}"),
    };
    Err(CliError::Usage(format!("--suite-version: {message}")))
}

fn clauses(
    arguments: &SelectionArguments,
    contract: &Contract,
) -> Result<BTreeSet<String>, CliError> {
    for id in &arguments.clause {
        if contract.clause(id).is_none() {
            let known = contract.clauses.iter().map(|clause| clause.id.as_str());
            let near = did_you_mean_or(id, known, "`conform explain` lists them all");
            let message = format!("--clause: the contract has no clause `{id}`: {near}");
            return Err(CliError::Usage(message));
        }
    }
    Ok(arguments.clause.iter().cloned().collect())
}

/// The profiles that the flags name, by themselves or by a clause.
fn asked_for(
    arguments: &SelectionArguments,
    contract: &Contract,
    clauses: &BTreeSet<String>,
) -> BTreeSet<Profile> {
    let clauses = clauses.iter().filter_map(|id| contract.clause(id));
    let profiles = clauses.map(|clause| clause.profile);
    let claimed = arguments.profile.iter().flat_map(Claim::profiles);
    profiles.chain(claimed.copied()).collect()
}

/// Beside a clause of another profile, what runs without being asked for verifies its own clauses still.
fn with_the_default(
    mut profiles: BTreeSet<Profile>,
    arguments: &SelectionArguments,
) -> BTreeSet<Profile> {
    if arguments.profile.is_empty() {
        profiles.extend(
            Profile::ALL
                .into_iter()
                .filter(|profile| profile.is_default()),
        );
    }
    profiles
}
