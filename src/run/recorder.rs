//! Keeps in memory what a run is answered, secrets in clear: it is never written anywhere.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::adapter::Adapter;
use super::call::{Answered, ScenarioPart, StepRequest, Stop, Unanswered};
use super::outcome::ScenarioResult;
use super::scope::Scope;
use crate::accounts::{Account, Identity};
use crate::http::ServerClock;
use crate::suite::AccountNeed;

/// What the calls of one scenario came to.
#[derive(Default)]
pub(super) struct RecordedScenario {
    /// By their names.
    pub(super) accounts: BTreeMap<String, Result<RecordedAccount, Stop>>,
    pub(super) calls: BTreeMap<ScenarioPart, RecordedCall>,
    pub(super) result: Option<ScenarioResult>,
}

/// An account as a scenario began with it.
#[derive(Clone)]
pub(super) struct RecordedAccount {
    pub(super) identity: Identity,
    pub(super) is_carried: bool,
    pub(super) sessions: BTreeMap<String, String>,
    pub(super) shared: bool,
    pub(super) is_ready_made: bool,
}

/// What one step, or the registration of an account, came to.
pub(super) struct RecordedCall {
    pub(super) outcome: Result<Answered, Unanswered>,
    /// What was known of the server's clock then.
    pub(super) clock: ServerClock,
}

/// Keeps what comes of calls while scenarios run.
#[derive(Default)]
pub(super) struct Recorder {
    scenarios: Mutex<BTreeMap<String, RecordedScenario>>,
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
            is_carried: account.is_carried,
            sessions: account.sessions.clone(),
            shared: account.shared,
            is_ready_made: account.is_ready_made,
        }
    }
}

impl Recorder {
    pub(super) fn keep_result(&self, result: &ScenarioResult) {
        self.scenario(&result.id, |kept| kept.result = Some(result.clone()));
    }

    /// The scenarios that have ended, with what was kept of them.
    pub(super) fn take_ended(&self) -> BTreeMap<String, Arc<RecordedScenario>> {
        let kept = std::mem::take(&mut *self.lock()).into_iter();
        let ended = kept.filter(|(_, scenario)| scenario.result.is_some());
        ended.map(|(id, kept)| (id, Arc::new(kept))).collect()
    }

    fn scenario(&self, id: &str, keep: impl FnOnce(&mut RecordedScenario)) {
        keep(self.lock().entry(id.to_owned()).or_default());
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, RecordedScenario>> {
        self.scenarios
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps what comes of one go at a scenario, whatever the answers come from.
pub(super) struct RecordingAdapter<'a, A> {
    recorder: &'a Recorder,
    scenario: &'a str,
    clock: &'a ServerClock,
    inner: A,
}

impl<'a, A> RecordingAdapter<'a, A> {
    /// What was kept of an earlier go at the scenario counts no more.
    pub(super) fn new(
        recorder: &'a Recorder,
        scenario: &'a str,
        clock: &'a ServerClock,
        inner: A,
    ) -> Self {
        recorder.lock().remove(scenario);
        Self {
            recorder,
            scenario,
            clock,
            inner,
        }
    }
}

impl<A: Adapter> Adapter for RecordingAdapter<'_, A> {
    async fn account(&self, need: &AccountNeed, scope: &Scope) -> Result<Account, Stop> {
        let account = self.inner.account(need, scope).await;
        let kept = account.as_ref().map(RecordedAccount::of);
        self.recorder.scenario(self.scenario, |recorded| {
            let kept = kept.map_err(Clone::clone);
            recorded.accounts.insert(need.name.clone(), kept);
        });
        account
    }

    async fn answer(
        &self,
        request: &StepRequest<'_>,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered> {
        let outcome = self.inner.answer(request, scope).await;
        let clock = ServerClock::default();
        clock.set(self.clock);
        let call = RecordedCall {
            outcome: outcome.clone(),
            clock,
        };
        self.recorder.scenario(self.scenario, |recorded| {
            recorded.calls.insert(request.part(), call);
        });
        outcome
    }
}
