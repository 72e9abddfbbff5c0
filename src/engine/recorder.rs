//! Keeps in memory what a run is answered, secrets in clear: it is never written anywhere.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call_site::{CallSite, ScenarioPart};
use super::outcome::ScenarioResult;
use super::scenario_run::Stop;
use super::step_run::{Answered, Unanswered};
use crate::accounts::{Account, Identity};
use crate::http::ServerClock;

/// What the calls of one scenario came to.
#[derive(Default)]
pub(super) struct RecordedScenario {
    pub(super) accounts: BTreeMap<ScenarioPart, Result<RecordedAccount, Stop>>,
    pub(super) calls: BTreeMap<ScenarioPart, RecordedCall>,
    pub(super) result: Option<ScenarioResult>,
}

/// An account as a scenario began with it.
#[derive(Clone)]
pub(super) struct RecordedAccount {
    pub(super) identity: Identity,
    pub(super) shared: bool,
    pub(super) is_ready_made: bool,
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
            shared: account.shared,
            is_ready_made: account.is_ready_made,
        }
    }
}

impl Recorder {
    /// A scenario is begun: what was kept of an earlier go at it counts no more.
    pub(super) fn begin(&self, scenario: &str) {
        self.lock().remove(scenario);
    }

    pub(super) fn keep_account(&self, site: &CallSite, account: Result<RecordedAccount, Stop>) {
        self.scenario(&site.scenario, |kept| {
            kept.accounts.insert(site.part.clone(), account);
        });
    }

    pub(super) fn keep_call(
        &self,
        site: &CallSite,
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
        self.scenario(&site.scenario, |kept| {
            kept.calls.insert(site.part.clone(), call);
        });
    }

    pub(super) fn keep_elsewhere(&self, site: &CallSite, elsewhere: bool) {
        self.scenario(&site.scenario, |kept| {
            if let Some(call) = kept.calls.get_mut(&site.part) {
                call.elsewhere = elsewhere;
            }
        });
    }

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
