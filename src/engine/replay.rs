//! A recorded scenario, gone through again: the same calls meet the same answers, but for one.

use std::sync::Arc;

use super::call_site::{CallSite, ScenarioPart};
use super::recorder::{RecordedCall, RecordedScenario};
use super::run::Session;
use super::scenario_run::Stop;
use super::scope::{Missing, Scope};
use super::step_run::{Answered, Unanswered};
use crate::accounts::Account;
use crate::http::Answer;
use crate::suite::{Scenario, Step};

/// An answer in the place of the recorded one.
#[derive(Debug, Clone)]
pub struct ReplacedAnswer {
    /// The position of the step.
    pub position: usize,
    /// What it is answered.
    pub answer: Answer,
}

/// What a session looks up in place of calling.
pub(super) struct Replay {
    scenario: Arc<RecordedScenario>,
    change: Option<ReplacedAnswer>,
    /// The last step that is looked up.
    last: usize,
}

impl std::fmt::Debug for Replay {
    /// Without its secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replay").finish_non_exhaustive()
    }
}

/// The changed step, or the last of its controls.
fn last_of_interest(scenario: &Scenario, change: &ReplacedAnswer) -> usize {
    let step = scenario.steps.get(change.position);
    let expectations = step.into_iter().flat_map(|step| &step.expectations);
    let controls = expectations.filter_map(|expectation| expectation.control);
    controls.max().unwrap_or_default().max(change.position)
}

impl Replay {
    /// The whole scenario; or, with a change, up to the step that is changed and its controls.
    pub(super) fn new(
        recorded: &Arc<RecordedScenario>,
        scenario: &Scenario,
        change: Option<ReplacedAnswer>,
    ) -> Self {
        let last = change
            .as_ref()
            .map(|change| last_of_interest(scenario, change));
        Self {
            scenario: Arc::clone(recorded),
            last: last.unwrap_or(usize::MAX),
            change,
        }
    }

    pub(super) fn call(
        &self,
        session: &Session,
        site: &CallSite,
        step: &Step,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered> {
        let missing = |reason: &str| Unanswered::Missing(reason.to_owned());
        if matches!(site.part, ScenarioPart::Step(position) if position > self.last) {
            return Err(missing("the replay ends before it"));
        }
        let recorded = self
            .recorded(site)
            .ok_or_else(|| missing("the recording has no call of it"))?;
        session.clock.set(&recorded.clock);
        let mut answered = recorded.outcome.clone()?;
        for (name, value) in &answered.renewed {
            scope.capture(name, Ok(value.clone()));
        }
        scope.lease_again(answered.leases.clone());
        let filled = session.fill(step, scope);
        scope.end_step();
        let filled = filled.map_err(|Missing(reason)| Unanswered::Missing(reason))?;
        if filled.calls != answered.filled.calls {
            return Err(missing("the recorded answer is that of another call"));
        }
        if let Some(answer) = self.changed(site) {
            if let Some(json) = &answer.json {
                session.secrets.add_from(json);
            }
            if let Some(response) = &mut answered.exchange.response {
                response.status = answer.status;
            }
            answered.answer = answer.clone();
        }
        Ok(answered)
    }

    pub(super) fn is_elsewhere(&self, site: &CallSite) -> bool {
        self.recorded(site).is_some_and(|call| call.elsewhere)
    }

    pub(super) fn account(&self, site: &CallSite) -> Result<Account, Stop> {
        let unknown = || Stop::blocked("the recording has no such account");
        let account = self.scenario.accounts.get(&site.part);
        let account = account.ok_or_else(unknown)?.clone()?;
        Ok(Account {
            identity: account.identity,
            token: None,
            second_factor: None,
            shared: account.shared,
            is_ready_made: account.is_ready_made,
            turn: None,
        })
    }

    fn recorded(&self, site: &CallSite) -> Option<&RecordedCall> {
        self.scenario.calls.get(&site.part)
    }

    fn changed(&self, site: &CallSite) -> Option<&Answer> {
        let change = self.change.as_ref()?;
        (site.part == ScenarioPart::Step(change.position)).then_some(&change.answer)
    }
}
