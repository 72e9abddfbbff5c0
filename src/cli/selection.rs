//! What a run covers, from the flags, the target file and the last report.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::CliError;
use super::arguments::{Environment, RunArguments};
use super::claim::Claim;
use crate::contract::{Contract, Profile};
use crate::diagnostic::did_you_mean;
use crate::engine::{Plan, Selection};
use crate::http::{Description, Waivers};
use crate::report::LastReport;
use crate::suite::Suite;

/// Whether a list needs no suite: the names of all scenarios that run without being asked for.
pub(super) fn is_plain(arguments: &RunArguments) -> bool {
    arguments.suite.is_none()
        && arguments.suite_version.is_none()
        && arguments.profile.is_empty()
        && arguments.partition.is_none()
        && arguments.target.target.is_none()
        && arguments.clause.is_empty()
        && !arguments.rerun_failed
}

pub(super) fn plan(
    arguments: &RunArguments,
    environment: &Environment,
    suite: &Arc<Suite>,
    described: Option<&Description>,
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
    if let Some(described) = described {
        if described.target.second_factor == Some(false) && !asks_for_totp {
            plan = plan.without_second_factor();
        }
        plan = plan.waiving(Waivers {
            today: environment.today,
            all: described.waivers.clone(),
        });
    }
    if !clauses.is_empty() {
        plan = plan.only_clauses(clauses);
    }
    if arguments.rerun_failed {
        let last = LastReport::read(&arguments.report_dir)?;
        plan = plan.only_scenarios(&last.not_passed(&suite.digest)?);
    }
    Ok(plan)
}

/// The plan that verifies all of the profiles that are claimed: those named, or else the documented ones.
pub(super) fn claimed(
    claims: &[Claim],
    suite: &Arc<Suite>,
    described: Option<&Description>,
) -> Plan {
    let selection = Selection {
        profiles: claims.iter().flat_map(Claim::profiles).copied().collect(),
        ..Selection::default()
    };
    let plan = Plan::new(suite, &selection);
    let has_none = described.is_some_and(|one| one.target.second_factor == Some(false));
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

fn clauses(arguments: &RunArguments, contract: &Contract) -> Result<BTreeSet<String>, CliError> {
    for id in &arguments.clause {
        if contract.clause(id).is_none() {
            let known = contract.clauses.iter().map(|clause| clause.id.as_str());
            let near = match did_you_mean(id, known) {
                near if near.is_empty() => "`conform explain` lists them all".to_owned(),
                near => near,
            };
            let message = format!("--clause: the contract has no clause `{id}`: {near}");
            return Err(CliError::Usage(message));
        }
    }
    Ok(arguments.clause.iter().cloned().collect())
}

/// The profiles that the flags name, by themselves or by a clause.
fn asked_for(
    arguments: &RunArguments,
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
    arguments: &RunArguments,
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
