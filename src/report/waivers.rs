//! What became of each waiver: used, or in need of care.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::did_you_mean;
use crate::run::Plan;
use crate::verdict::{Verdict, Verdicts};

/// One waiver of the target, and what the run found of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverNote {
    /// The clause.
    pub clause: String,
    /// Why its violation is forgiven.
    pub reason: String,
    /// The last day on which it is.
    #[schemars(with = "String", extend("format" = "date"))]
    pub until: Date,
    /// What the run found of it.
    pub state: WaiverState,
    /// What to do about it, where something is to be done.
    pub warning: Option<String>,
}

/// What a run found of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WaiverState {
    /// The clause fails, and that does not fail the run.
    Used,
    /// Its last day is over.
    Expired,
    /// The clause holds.
    Unneeded,
    /// The contract has no such clause.
    Unknown,
    /// The run gives no verdict on the clause, or could not verify it.
    Untried,
}

impl WaiverState {
    /// Whether the waiver is to go.
    pub(crate) fn is_stale(self) -> bool {
        matches!(self, Self::Unneeded | Self::Unknown)
    }
}

/// What became of the waivers of a run.
pub(super) fn waiver_notes(plan: &Plan, verdicts: &Verdicts) -> Vec<WaiverNote> {
    let all = plan.waivers.all.iter();
    let notes = all.map(|waiver| {
        let clause = waiver.clause.as_str();
        let mut met = verdicts.clauses.iter();
        let met = met.find(|met| met.id == clause).map(|met| met.verdict);
        let state = match met {
            _ if plan.suite.contract.clause(clause).is_none() => WaiverState::Unknown,
            Some(Verdict::Pass) => WaiverState::Unneeded,
            _ if !plan.waivers.is_in_force(waiver) => WaiverState::Expired,
            Some(Verdict::Fail) => WaiverState::Used,
            Some(Verdict::Inconclusive) | None => WaiverState::Untried,
        };
        let warning = match state {
            WaiverState::Used | WaiverState::Untried => None,
            WaiverState::Expired => Some(format!(
                "the waiver of `{clause}` expired with {}: it does not count",
                waiver.until
            )),
            WaiverState::Unneeded => Some(format!(
                "the waiver of `{clause}` is no longer needed, as the clause passes: take it out"
            )),
            WaiverState::Unknown => Some(unknown(plan, clause)),
        };
        WaiverNote {
            clause: clause.to_owned(),
            reason: waiver.reason.clone(),
            until: waiver.until,
            state,
            warning,
        }
    });
    notes.collect()
}

fn unknown(plan: &Plan, clause: &str) -> String {
    let clauses = plan.suite.contract.clauses.iter();
    let near = did_you_mean(clause, clauses.map(|clause| clause.id.as_str()));
    let message = format!("the waiver of `{clause}` names no clause of the contract");
    if near.is_empty() {
        message
    } else {
        format!("{message}: {near}")
    }
}
