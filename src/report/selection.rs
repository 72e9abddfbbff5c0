//! What a run was to verify, as its report records it: enough to make the plan of the run anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Report;
use crate::contract::Profile;
use crate::http::{Waiver, Waivers};
use crate::run::{Plan, Selection, Slice};
use crate::suite::Suite;

/// What a run was to verify.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SelectionRecord {
    /// The profiles.
    pub profiles: BTreeSet<Profile>,
    /// The clauses on which alone it gives a verdict; nothing means all of the profiles.
    pub clauses: Option<BTreeSet<String>>,
    /// The release of the suite to whose clauses it kept; nothing means all of them.
    pub suite_version: Option<String>,
    /// Whether accounts with a second factor were reckoned with.
    pub second_factor: bool,
    /// Whether a failed `should` clause fails the run as a `must` clause does.
    pub strict: bool,
    /// The slice that was run.
    pub slice: Option<Slice>,
    /// Whether a filter, a clause or an earlier report narrowed it, whatever the slice.
    pub narrowed: bool,
    /// The day by which waivers counted.
    #[schemars(with = "String", extend("format" = "date"))]
    pub day: Date,
}

/// A scenario of a report that the suite has not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the suite has no scenario `{0}`")]
pub struct UnknownScenario(pub String);

impl SelectionRecord {
    /// The selection of a run of the scenarios `ran` of `plan`.
    #[must_use]
    pub fn of(plan: &Plan, ran: &[usize]) -> Self {
        Self {
            profiles: plan.profiles.clone(),
            clauses: plan.clauses.clone(),
            suite_version: plan.suite_version.clone(),
            second_factor: plan.second_factor,
            strict: plan.strict,
            slice: plan.slice,
            narrowed: plan.is_narrowed || ran.len() < plan.scenarios.len(),
            day: plan.waivers.today,
        }
    }
}

impl Report {
    /// The plan of the run, of the same suite; its filter is not known, so the scenarios are those of all.
    #[must_use]
    pub fn plan(&self, suite: &Arc<Suite>) -> Plan {
        let selected = &self.selection;
        let selection = Selection {
            profiles: selected.profiles.clone(),
            strict: selected.strict,
            slice: selected.slice,
        };
        let waivers = self.waivers.iter().map(|note| Waiver {
            clause: note.clause.clone(),
            reason: note.reason.clone(),
            until: note.until,
        });
        let mut plan = Plan::new(suite, &selection).waiving(Waivers {
            today: selected.day,
            all: waivers.collect(),
        });
        if let Some(version) = &selected.suite_version {
            plan = plan.pinned_to(version.clone());
        }
        if !selected.second_factor {
            plan = plan.without_second_factor();
        }
        if let Some(clauses) = &selected.clauses {
            plan = plan.only_clauses(clauses.clone());
        }
        plan
    }

    /// The positions in `suite` of the scenarios that were selected, whether they came to their end or not.
    ///
    /// # Errors
    /// The first that the suite has not.
    pub fn selected(&self, suite: &Suite) -> Result<Vec<usize>, UnknownScenario> {
        let ended = self.scenarios.iter().map(|result| &result.id);
        let positions = ended.chain(&self.not_run).map(|id| {
            let mut scenarios = suite.scenarios.iter();
            let position = scenarios.position(|scenario| scenario.id == *id);
            position.ok_or_else(|| UnknownScenario(id.clone()))
        });
        positions.collect()
    }
}
