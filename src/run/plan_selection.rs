//! A plan made smaller, or milder: what a server has not, what was asked for alone, what is waived.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::plan::Plan;
use crate::contract::{Clause, Profile};
use crate::http::{Waiver, Waivers};
use crate::suite::{AccountKind, Scenario};

impl Plan {
    /// Leaves out the profile of the second factor, and whatever needs an account that has one.
    #[must_use]
    pub fn without_second_factor(mut self) -> Self {
        self.profiles.remove(&Profile::Totp);
        self.second_factor = false;
        self.keeping(|scenario| {
            let mut accounts = scenario.accounts.iter();
            !accounts.any(|need| need.kind == AccountKind::Totp)
        })
    }

    /// Only what verifies these clauses, with verdicts on them alone.
    #[must_use]
    pub fn only_clauses(mut self, clauses: BTreeSet<String>) -> Self {
        self = self.keeping(|scenario| scenario.verifies().any(|clause| clauses.contains(clause)));
        self.is_narrowed = true;
        self.clauses = Some(clauses);
        self
    }

    /// Only the scenarios with these ids.
    #[must_use]
    pub fn only_scenarios(mut self, ids: &BTreeSet<String>) -> Self {
        self.is_narrowed = true;
        self.keeping(|scenario| ids.contains(&scenario.id))
    }

    /// Only the clauses that a release of the suite had already.
    #[must_use]
    pub fn pinned_to(mut self, version: String) -> Self {
        let suite = Arc::clone(&self.suite);
        self.suite_version = Some(version);
        let plan = self.clone();
        self.keeping(|scenario| {
            let mut clauses = scenario
                .verifies()
                .filter_map(|id| suite.contract.clause(id));
            clauses.any(|clause| plan.has(clause))
        })
    }

    /// Violations of these clauses do not fail the run.
    #[must_use]
    pub fn waiving(mut self, waivers: Waivers) -> Self {
        self.waivers = waivers;
        self
    }

    /// The waiver of a clause that is in force.
    #[must_use]
    pub fn waiver(&self, clause: &Clause) -> Option<&Waiver> {
        self.waivers.of(&clause.id)
    }

    fn keeping(mut self, keep: impl Fn(&Scenario) -> bool) -> Self {
        let suite = &self.suite;
        self.scenarios
            .retain(|index| keep(&suite.scenarios[*index]));
        self
    }
}
