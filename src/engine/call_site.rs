//! What in a run has an answer of its own.

use super::run::Session;
use crate::suite::{AccountNeed, Scenario};

/// What of which scenario is asked for.
#[derive(Debug, Clone)]
pub(super) struct CallSite {
    pub(super) scenario: String,
    pub(super) part: ScenarioPart,
}

/// A part of a scenario that has an answer of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ScenarioPart {
    /// An account and its registration.
    Account(String),
    /// A step, by its position.
    Step(usize),
}

impl CallSite {
    pub(super) fn account(scenario: &Scenario, need: &AccountNeed) -> Self {
        Self {
            scenario: scenario.id.clone(),
            part: ScenarioPart::Account(need.name.clone()),
        }
    }

    /// The scenario that it belongs to.
    pub(super) fn scenario_of<'a>(&self, session: &'a Session) -> Option<&'a Scenario> {
        let mut scenarios = session.plan.suite.scenarios.iter();
        scenarios.find(|scenario| scenario.id == self.scenario)
    }

    pub(super) fn step(scenario: &Scenario, position: usize) -> Self {
        Self {
            scenario: scenario.id.clone(),
            part: ScenarioPart::Step(position),
        }
    }
}
