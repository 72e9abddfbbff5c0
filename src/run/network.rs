//! The adapter that calls the server under test.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::adapter::{self, Adapter};
use super::call::{Answered, RetryReason, ScenarioAttempt, StepRequest, Stop, Unanswered};
use super::judge::{Concluded, Judge};
use super::outcome::{Outcome, ScenarioResult};
use super::readiness::wait_for_restart;
use super::recorder::RecordingAdapter;
use super::scope::Scope;
use super::session::Session;
use super::step_throttling::effect_unknown;
use crate::accounts::{Account, ProvisionError};
use crate::contract::{OperationOrigin, Role};
use crate::http::{Answer, Call};
use crate::suite::{AccountKind, AccountNeed, Scenario, Step};

/// One account in ten has such a code at a time: ten are made on average, and of so many one has it for all practical
/// purposes.
const MOST_ACCOUNTS_FOR_A_ZERO: usize = 100;

/// One go at a scenario, over the network.
struct Network<'a> {
    session: &'a Session,
    scenario: &'a Scenario,
    attempt: ScenarioAttempt,
    /// Accounts as the scenario before has left them.
    carried: Mutex<BTreeMap<String, Account>>,
}

impl Session {
    /// Runs one scenario on accounts of its own, once.
    pub async fn run_scenario(&self, scenario: &Scenario) -> ScenarioResult {
        let carried = BTreeMap::new();
        let concluded = self.attempt(scenario, ScenarioAttempt::ONLY, carried);
        concluded.await.result
    }

    /// Runs one scenario on the accounts that were carried over, and otherwise on its own.
    pub(super) async fn attempt(
        &self,
        scenario: &Scenario,
        attempt: ScenarioAttempt,
        carried: BTreeMap<String, Account>,
    ) -> Concluded {
        let _begun = self.under_way.begin(&scenario.id, Instant::now());
        let judge = Judge::new(self.context(), scenario, attempt);
        let network = Network {
            session: self,
            scenario,
            attempt,
            carried: Mutex::new(carried),
        };
        if let Some(recorder) = &self.recorder {
            let adapter = RecordingAdapter::new(recorder, &scenario.id, &self.clock, network);
            let judged = adapter::judge(judge, &adapter).await;
            recorder.keep_result(&judged.result);
            judged
        } else {
            adapter::judge(judge, &network).await
        }
    }

    /// An account with a second factor; if the scenario wants that, one whose next code begins with a zero.
    async fn account_with_totp(
        &self,
        scenario: &Scenario,
        need: &AccountNeed,
        scope: &Scope,
    ) -> Result<Account, Stop> {
        if !scenario.wants_zero(&need.name) {
            return self.any_account_with_totp(scope).await;
        }
        // By another clock than the server's, the code would be waited for, and not come.
        self.look_at_clock().await;
        let most = if self.clock.is_known() {
            MOST_ACCOUNTS_FOR_A_ZERO
        } else {
            0
        };
        for _ in 0..most {
            let account = self.any_account_with_totp(scope).await?;
            let factor = account.second_factor.as_ref();
            if factor.is_none_or(|factor| factor.has_zero_soon(&self.clock)) {
                return Ok(account);
            }
            if account.shared {
                break;
            }
        }
        Err(Stop::lack(
            "no account has a code that begins with a zero just now",
        ))
    }

    /// Learns the server's time before the first step, as far as the server tells it.
    async fn look_at_clock(&self) {
        let contract = &self.plan.suite.contract;
        let look = contract.by_role(Role::DescribeCaller);
        if let (Some((name, operation)), false, false) =
            (look, self.clock.is_known(), self.clock.is_untold())
        {
            let call = self.bare_call(name, &self.target.operation(name, operation));
            if let Ok(answer) = self.client.send(&call).await {
                self.clock.observe(&answer);
            }
        }
        self.learn_untold_clock().await;
    }

    async fn any_account_with_totp(&self, scope: &Scope) -> Result<Account, Stop> {
        let held: Vec<&str> = (scope.accounts.values())
            .filter(|account| account.turn.is_some())
            .map(|account| account.identity.email.as_str())
            .collect();
        match self.totp_account(&held).await {
            Ok(Some(account)) => Ok(account),
            Ok(None) => Err(Stop::lack(
                "no account has a second factor: name a source with --provision or --totp-account",
            )),
            Err(ProvisionError::Again) => Err(Stop::lack(
                "each account needs a second factor of its own: --totp-account has one account, --provision makes several \
                 if the command prints another one each time",
            )),
            Err(error) => Err(self.no_account(&error)),
        }
    }

    fn no_account(&self, error: &ProvisionError) -> Stop {
        Stop::undecided(Outcome::Error, &self.secrets.redact(&error.to_string()))
    }

    /// Whether the operation of a step is not where the contract only assumes it to be: a stranger gets that 404 or 405, too,
    /// but where the operation exists, a stranger is told to sign in.
    async fn is_elsewhere(&self, step: &Step, answered: &Answered) -> bool {
        let operation = self.plan.suite.contract.operations.get(&step.operation);
        let is_assumed = operation
            .is_some_and(|operation| operation.known == OperationOrigin::Assumed)
            && !self.target.operations.contains_key(&step.operation);
        let Some(call) = answered.filled.calls.first() else {
            return false;
        };
        if !is_assumed || !is_missing(&answered.answer) {
            return false;
        }
        let headers = call.headers.iter().cloned();
        let of_stranger = Call {
            headers: headers
                .filter(|(name, _)| name != "authorization")
                .collect(),
            ..call.clone()
        };
        let stranger = self.client.send(&of_stranger).await;
        stranger.is_ok_and(|answer| is_missing(&answer))
    }
}

impl Adapter for Network<'_> {
    async fn account(&self, need: &AccountNeed, scope: &Scope) -> Result<Account, Stop> {
        let session = self.session;
        let carried = self.carried.lock();
        let carried = carried
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&need.name);
        if let Some(carried) = carried {
            return Ok(Account {
                is_carried: true,
                ..carried
            });
        }
        if need.kind == AccountKind::Totp {
            return session.account_with_totp(self.scenario, need, scope).await;
        }
        if let (Some(ready_made), AccountKind::Registered) = (&session.ready_made, need.kind) {
            let account = ready_made.next(&session.secrets).await;
            return account.map_err(|error| session.no_account(&error));
        }
        Ok(session.new_account())
    }

    async fn answer(
        &self,
        request: &StepRequest<'_>,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered> {
        let (session, step) = (self.session, request.step());
        let mut answered = session.send(Some(self.scenario), step, scope).await;
        let StepRequest::Step(..) = request else {
            return answered;
        };
        if !self.attempt.is_together
            && answered.as_ref().is_err_and(Unanswered::is_end)
            && wait_for_restart(session).await
        {
            // Nobody else can have ended the server: the same call once more tells whether it does.
            scope.end_step();
            answered = session.send(Some(self.scenario), step, scope).await;
            if answered.as_ref().is_err_and(Unanswered::is_end) {
                wait_for_restart(session).await;
                return Err(Unanswered::Died);
            }
            if let Ok(again) = &answered
                && let Some(why) = effect_unknown(step, &again.filled.calls, &[])
            {
                return Err(Unanswered::Retry(RetryReason::EffectUnknown(why)));
            }
        }
        let mut answered = answered?;
        answered.elsewhere = session.is_elsewhere(step, &answered).await;
        Ok(answered)
    }
}

fn is_missing(answer: &Answer) -> bool {
    matches!(answer.status, 404 | 405)
}
