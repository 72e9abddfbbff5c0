//! What a run covers: the profiles and scenarios selected, in a fixed order, and a slice of them.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::outcome::ScenarioResult;
use crate::contract::{Clause, Level, Profile};
use crate::http::Waivers;
use crate::suite::{Scenario, Suite};

/// What to run.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The profiles; empty means those that a run covers without being asked.
    pub profiles: BTreeSet<Profile>,
    /// Whether a failed `should` clause fails the run as a `must` clause does.
    pub strict: bool,
    /// A part of the scenarios, for several machines.
    pub slice: Option<Slice>,
}

impl Selection {
    /// Every profile, claimed or not.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            profiles: Profile::ALL.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// The `index`-th of `count` parts, counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Slice {
    /// Which part.
    pub index: usize,
    /// Of how many.
    pub count: usize,
}

/// Why a partition cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no partition: write slice:M/N with M from 1 to N, such as slice:1/4")]
pub struct PartitionError(String);

impl Slice {
    /// Whether there is such a part.
    #[must_use]
    pub fn is_one(self) -> bool {
        1 <= self.index && self.index <= self.count
    }
}

impl FromStr for Slice {
    type Err = PartitionError;

    fn from_str(text: &str) -> Result<Self, PartitionError> {
        let parsed = text.strip_prefix("slice:").and_then(|rest| {
            let (index, count) = rest.split_once('/')?;
            Some((index.parse().ok()?, count.parse().ok()?))
        });
        match parsed {
            Some((index, count)) if (Self { index, count }).is_one() => Ok(Self { index, count }),
            _ => Err(PartitionError(text.to_owned())),
        }
    }
}

/// The scenarios of a run, in order, and the clauses on which it gives a verdict.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The suite.
    pub suite: Arc<Suite>,
    /// Positions of the selected scenarios in the suite; those that run last are last.
    pub scenarios: Vec<usize>,
    /// The profiles selected.
    pub profiles: BTreeSet<Profile>,
    /// The clauses on which alone it gives a verdict; nothing means all of the profiles.
    pub clauses: Option<BTreeSet<String>>,
    /// Whether accounts with a second factor are reckoned with.
    pub second_factor: bool,
    /// Whether only some of what the profiles ask for is run, whatever the slice.
    pub is_narrowed: bool,
    /// The slice of it that is run.
    pub slice: Option<Slice>,
    /// The release of the suite to whose clauses it keeps; nothing means all of them.
    pub suite_version: Option<String>,
    /// Violations that do not fail the run.
    pub waivers: Waivers,
    /// Whether a failed `should` clause fails the run as a `must` clause does.
    pub strict: bool,
}

impl Plan {
    /// The scenarios that verify a clause of the selected profiles.
    #[must_use]
    pub fn new(suite: &Arc<Suite>, selection: &Selection) -> Self {
        let profiles = if selection.profiles.is_empty() {
            let all = Profile::ALL.into_iter();
            all.filter(|profile| profile.is_default()).collect()
        } else {
            selection.profiles.clone()
        };
        let mut scenarios = suite.asked_for_by(&profiles);
        scenarios.sort_by_key(|index| suite.scenarios[*index].exclusive);
        if let Some(slice) = selection.slice {
            let parts = scenarios.into_iter().enumerate();
            scenarios = parts
                .filter(|(position, _)| position % slice.count == slice.index - 1)
                .map(|(_, index)| index)
                .collect();
        }
        Self {
            suite: Arc::clone(suite),
            scenarios,
            profiles,
            clauses: None,
            second_factor: true,
            is_narrowed: false,
            slice: selection.slice,
            suite_version: None,
            waivers: Waivers::default(),
            strict: selection.strict,
        }
    }

    /// The names of the scenarios, in order.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let scenarios = self.scenarios.iter();
        scenarios.map(|index| self.scenario(*index).name())
    }

    /// Whether it covers all that a run covers without being asked.
    #[must_use]
    pub fn covers_documentation(&self) -> bool {
        let mut all = Profile::ALL.into_iter();
        !self.is_narrowed
            && self.slice.is_none()
            && all.all(|profile| !profile.is_default() || self.profiles.contains(&profile))
    }

    /// Whether the run gives a verdict on that clause.
    #[must_use]
    pub fn covers(&self, clause: &str) -> bool {
        if let Some(clauses) = &self.clauses {
            return clauses.contains(clause);
        }
        let clause = self.suite.contract.clause(clause);
        clause.is_some_and(|clause| self.profiles.contains(&clause.profile) && self.has(clause))
    }

    /// Whether the release that it keeps to has that clause.
    #[must_use]
    pub fn has(&self, clause: &Clause) -> bool {
        let version = self.suite_version.as_ref();
        version.is_none_or(|version| self.suite.contract.is_in(clause, version))
    }

    /// Whether a violation of a clause of that level fails the run.
    #[must_use]
    pub fn binds(&self, level: Level) -> bool {
        level == Level::Must || self.strict && level == Level::Should
    }

    /// The scenario at a position of the suite.
    #[must_use]
    pub fn scenario(&self, index: usize) -> &Scenario {
        &self.suite.scenarios[index]
    }

    /// The clauses that the results of a scenario violate, but for those that are waived.
    pub fn failed_by<'a>(&'a self, result: &'a ScenarioResult) -> impl Iterator<Item = &'a Clause> {
        let failed = result.checks().filter(|check| check.state.is_failed());
        let covered = failed.filter(|check| self.covers(check.clause));
        let clauses = covered.filter_map(|check| self.suite.contract.clause(check.clause));
        clauses.filter(|clause| self.waiver(clause).is_none())
    }

    /// Whether the run reports it if one of these clauses fails.
    pub(crate) fn reports(&self, clauses: &[String]) -> bool {
        let covered = clauses.iter().filter(|id| self.covers(id));
        let mut clauses = covered.filter_map(|id| self.suite.contract.clause(id));
        clauses.any(|clause| self.waiver(clause).is_none())
    }

    /// Whether the results of a scenario violate a clause that fails the run.
    #[must_use]
    pub fn is_failed_by(&self, result: &ScenarioResult) -> bool {
        let mut failed = self.failed_by(result);
        failed.any(|clause| self.binds(clause.level))
    }
}
