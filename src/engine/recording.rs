//! What a run was answered, kept in memory: enough to go through its scenarios again without a server.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::outcome::ScenarioResult;
use super::plan::Plan;
use super::run::Session;
use super::scenario_run::Stop;
use super::step_run::{Answered, Unanswered};
use super::transport::{Part, Place, Transport};
use crate::accounts::{Account, Identity};
use crate::target::{Answer, ServerClock};

/// A run that can be gone through again. It holds secrets in clear, so it is never written anywhere.
#[derive(Clone)]
pub struct Recording {
    pub(super) session: Arc<Session>,
    pub(super) scenarios: BTreeMap<String, Arc<RecordedScenario>>,
}

/// What the calls of one scenario came to.
#[derive(Default)]
pub(super) struct RecordedScenario {
    pub(super) accounts: BTreeMap<Part, Result<RecordedAccount, Stop>>,
    pub(super) calls: BTreeMap<Part, RecordedCall>,
    result: Option<ScenarioResult>,
}

/// An account as a scenario began with it.
#[derive(Clone)]
pub(super) struct RecordedAccount {
    pub(super) identity: Identity,
    pub(super) shared: bool,
}

/// What one step, or the registration of an account, came to.
pub(super) struct RecordedCall {
    pub(super) outcome: Result<Answered, Unanswered>,
    /// What was known of the server's clock then.
    pub(super) clock: ServerClock,
    /// Whether a stranger was told that there is nothing there.
    pub(super) elsewhere: bool,
}

/// Keeps what comes of calls while scenarios run.
#[derive(Default)]
pub(super) struct Recorder {
    scenarios: Mutex<BTreeMap<String, RecordedScenario>>,
}

impl fmt::Debug for Recording {
    /// Without its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("scenarios", &self.scenarios.keys())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Recorder {
    /// Without its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl RecordedAccount {
    pub(super) fn of(account: &Account) -> Self {
        Self {
            identity: account.identity.clone(),
            shared: account.turn.is_some(),
        }
    }
}

impl Recorder {
    pub(super) fn keep_account(&self, place: &Place, account: Result<RecordedAccount, Stop>) {
        self.scenario(&place.scenario, |kept| {
            kept.accounts.insert(place.part.clone(), account);
        });
    }

    pub(super) fn keep_call(
        &self,
        place: &Place,
        outcome: &Result<Answered, Unanswered>,
        clock: &ServerClock,
    ) {
        let then = ServerClock::default();
        then.set(clock);
        let call = RecordedCall {
            outcome: outcome.clone(),
            clock: then,
            elsewhere: false,
        };
        self.scenario(&place.scenario, |kept| {
            kept.calls.insert(place.part.clone(), call);
        });
    }

    pub(super) fn keep_elsewhere(&self, place: &Place, elsewhere: bool) {
        self.scenario(&place.scenario, |kept| {
            if let Some(call) = kept.calls.get_mut(&place.part) {
                call.elsewhere = elsewhere;
            }
        });
    }

    pub(super) fn keep_result(&self, result: &ScenarioResult) {
        self.scenario(&result.id, |kept| kept.result = Some(result.clone()));
    }

    fn scenario(&self, id: &str, keep: impl FnOnce(&mut RecordedScenario)) {
        let mut scenarios = self
            .scenarios
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        keep(scenarios.entry(id.to_owned()).or_default());
    }
}

impl Session {
    /// The same session, but it keeps what it is answered; see [`Recording::of`].
    #[must_use]
    pub fn recording(mut self) -> Self {
        self.transport = Transport::Recording(Recorder::default());
        self
    }
}

impl Recording {
    /// Takes what a recording session has kept of the scenarios that have ended. `None` where it keeps nothing.
    #[must_use]
    pub fn of(session: &Arc<Session>) -> Option<Self> {
        let Transport::Recording(recorder) = &session.transport else {
            return None;
        };
        let mut kept = recorder
            .scenarios
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let scenarios = std::mem::take(&mut *kept).into_iter();
        Some(Self {
            session: Arc::clone(session),
            scenarios: scenarios
                .filter(|(_, scenario)| scenario.result.is_some())
                .map(|(id, scenario)| (id, Arc::new(scenario)))
                .collect(),
        })
    }

    /// What was run.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.session.plan
    }

    /// What the recorded run said of a scenario.
    #[must_use]
    pub fn result(&self, scenario: &str) -> Option<&ScenarioResult> {
        self.scenarios.get(scenario)?.result.as_ref()
    }

    /// The answer that a step of a scenario ended with, by the step's position.
    #[must_use]
    pub fn answer(&self, scenario: &str, position: usize) -> Option<&Answer> {
        let answered = self.answered(scenario, position)?;
        Some(&answered.answer)
    }

    /// The token that a step of a scenario was called with.
    #[must_use]
    pub fn token(&self, scenario: &str, position: usize) -> Option<&str> {
        self.answered(scenario, position)?.token.as_deref()
    }

    fn answered(&self, scenario: &str, position: usize) -> Option<&Answered> {
        let scenario = self.scenarios.get(scenario)?;
        let call = scenario.calls.get(&Part::Step(position))?;
        call.outcome.as_ref().ok()
    }
}
