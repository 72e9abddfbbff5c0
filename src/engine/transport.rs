//! Where answers come from: over the network, over the network and kept, or from what was kept.

use super::call_site::CallSite;
use super::outcome::ScenarioResult;
use super::recorder::{RecordedAccount, Recorder};
use super::replay::Replay;
use super::run::Session;
use super::scenario_run::Stop;
use super::scope::Scope;
use super::step_run::{Answered, Unanswered};
use crate::accounts::Account;
use crate::suite::{AccountNeed, Step};

/// What a session does to get an answer.
#[derive(Debug)]
pub(super) enum Transport {
    /// It calls the target.
    Network,
    /// It calls the target and keeps what comes of it.
    Recording(Recorder),
    /// It looks up what came of it earlier, and sends nothing.
    Replaying(Box<Replay>),
}

impl Session {
    /// What the calls of a step come to.
    pub(super) async fn call(
        &self,
        site: &CallSite,
        step: &Step,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered> {
        match &self.transport {
            Transport::Network => self.send(site.scenario_of(self), step, scope).await,
            Transport::Recording(recorder) => {
                let outcome = self.send(site.scenario_of(self), step, scope).await;
                recorder.keep_call(site, &outcome, &self.clock);
                outcome
            }
            Transport::Replaying(replay) => replay.call(self, site, step, scope),
        }
    }

    /// Whether a 404 or 405 says that an operation is not where the contract only assumes it to be.
    pub(super) async fn is_elsewhere(
        &self,
        site: &CallSite,
        step: &Step,
        scope: &Scope,
        answered: &Answered,
    ) -> bool {
        if !self.may_be_elsewhere(step, &answered.answer) {
            return false;
        }
        match &self.transport {
            Transport::Network => self.is_missing_for_strangers(step, scope).await,
            Transport::Recording(recorder) => {
                let elsewhere = self.is_missing_for_strangers(step, scope).await;
                recorder.keep_elsewhere(site, elsewhere);
                elsewhere
            }
            Transport::Replaying(replay) => replay.is_elsewhere(site),
        }
    }

    /// An account before it is registered.
    pub(super) async fn account(
        &self,
        site: &CallSite,
        need: &AccountNeed,
        scope: &Scope,
    ) -> Result<Account, Stop> {
        match &self.transport {
            Transport::Network => self.fresh_account(need, scope).await,
            Transport::Recording(recorder) => {
                let account = self.fresh_account(need, scope).await;
                let kept = account.as_ref().map(RecordedAccount::of);
                recorder.keep_account(site, kept.map_err(Clone::clone));
                account
            }
            Transport::Replaying(replay) => replay.account(site),
        }
    }

    pub(super) fn keep_result(&self, result: &ScenarioResult) {
        if let Transport::Recording(recorder) = &self.transport {
            recorder.keep_result(result);
        }
    }
}
