//! One scenario: its accounts, its steps in order, and who is not to blame.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::json;

use super::judgement::{Judgement, untried};
use super::outcome::{
    ExpectationResult, ExpectationState, Outcome, ScenarioResult, StepOutcome, StepResult, Timing,
};
use super::place::Place;
use super::run::Session;
use super::scope::{LONGEST_CAPTURE, Scope};
use super::step_run::{Unanswered, lost_token};
use super::twins::{self, LOST_TOKEN};
use crate::accounts::{Account, ProvisionError};
use crate::suite::{
    AccountKind, AccountNeed, Bodies, JsonTemplate, Scenario, Step, Template, expected,
};
use crate::target::SecretKind;

/// Why a scenario cannot go on.
#[derive(Clone)]
pub(super) struct Stop {
    outcome: Outcome,
    reason: String,
}

impl Stop {
    pub(super) fn blocked(reason: &str) -> Self {
        Self {
            outcome: Outcome::Blocked,
            reason: reason.to_owned(),
        }
    }
}

impl Session {
    /// Runs one scenario on accounts of its own.
    pub async fn run_scenario(&self, scenario: &Scenario) -> ScenarioResult {
        let mut result = ScenarioResult {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            file: scenario.source.path.clone(),
            outcome: Outcome::Passed,
            reason: None,
            started: Timestamp::now(),
            milliseconds: 0.0,
            accounts: Vec::new(),
            steps: Vec::new(),
        };
        let start = Instant::now();
        let mut scope = Scope::default();
        let accounts = self.accounts(scenario, start, &mut scope, &mut result);
        let mut stop = accounts.await.err();
        for (position, step) in scenario.steps.iter().enumerate() {
            if let Some(stop) = &stop {
                result
                    .steps
                    .push(blocked(scenario, position, step, &stop.reason));
            } else {
                let registrations = result.steps.len() - position;
                let earlier = &result.steps[registrations..];
                let begun = Instant::now();
                scope.begin_step();
                let (done, stops) = self.step(scenario, position, earlier, &mut scope).await;
                let tried = done.calls > 0 || stops.is_some();
                let timing = tried.then(|| timing(start, begun, scope.throttled()));
                result.steps.push(StepResult { timing, ..done });
                stop = stops;
            }
        }
        twins::withdraw_without(scenario, &mut result);
        twins::withdraw_unless(scenario, &mut result);
        self.conclude(stop, &mut result);
        result.milliseconds = start.elapsed().as_secs_f64() * 1e3;
        self.keep_result(&result);
        result.keep_exchanges_in(&self.store);
        result
    }

    async fn step(
        &self,
        scenario: &Scenario,
        position: usize,
        earlier: &[StepResult],
        scope: &mut Scope,
    ) -> (StepResult, Option<Stop>) {
        let step = &scenario.steps[position];
        if lost_token(step, scope) {
            return (blocked(scenario, position, step, LOST_TOKEN), None);
        }
        let place = Place::step(scenario, position);
        let answered = match self.call(&place, step, scope).await {
            Ok(answered) => answered,
            Err(unanswered) => {
                scope.end_step();
                let (reason, stop) = match unanswered {
                    Unanswered::Missing(reason) => (reason, None),
                    Unanswered::OutOfPatience(reason) => (reason, Some(Outcome::Unproven)),
                    Unanswered::Transport(error) => (error.to_string(), Some(Outcome::Error)),
                };
                let reason = self.secrets.redact(&reason);
                let step = blocked(scenario, position, step, &reason);
                return (step, stop.map(|outcome| Stop { outcome, reason }));
            }
        };
        let judgement = Judgement {
            session: self,
            scenario,
            position,
            step,
            elsewhere: self.is_elsewhere(&place, step, scope, &answered).await,
            earlier,
        };
        let done = judgement.judge(answered, scope);
        let stop = broken_ground(&done, &scenario.source.path).map(|reason| Stop {
            outcome: Outcome::Blocked,
            reason,
        });
        (done, stop)
    }

    async fn accounts(
        &self,
        scenario: &Scenario,
        start: Instant,
        scope: &mut Scope,
        result: &mut ScenarioResult,
    ) -> Result<(), Stop> {
        for need in &scenario.accounts {
            let place = Place::account(scenario, need);
            let registrations = result.steps.len();
            let account = self.account(&place, need, scope).await?;
            if need.kind != AccountKind::Totp {
                result.accounts.push(account.identity.email.clone());
            }
            scope.accounts.insert(need.name.clone(), account);
            if need.kind == AccountKind::Registered {
                let begun = Instant::now();
                scope.begin_step();
                let registered = self.register(&place, need, scope, result).await;
                if let Some(step) = result.steps.get_mut(registrations) {
                    step.timing = Some(timing(start, begun, scope.throttled()));
                }
                registered?;
            }
        }
        Ok(())
    }

    /// An account as it is before anything is done with it: made up or provisioned.
    pub(super) async fn fresh_account(
        &self,
        need: &AccountNeed,
        scope: &Scope,
    ) -> Result<Account, Stop> {
        if need.kind == AccountKind::Totp {
            return self.account_with_totp(need, scope).await;
        }
        let identity = self.identities.next();
        self.secrets.add(SecretKind::Password, &identity.password);
        Ok(Account {
            identity,
            token: None,
            second_factor: None,
            shared: false,
            turn: None,
        })
    }

    async fn account_with_totp(&self, need: &AccountNeed, scope: &Scope) -> Result<Account, Stop> {
        let held = scope.accounts.values();
        let held: Vec<&str> = held
            .filter(|account| account.turn.is_some())
            .map(|account| account.identity.email.as_str())
            .collect();
        match self.totp_account(&held).await {
            Ok(Some(account)) => Ok(account),
            Ok(None) => Err(Stop {
                outcome: Outcome::Unproven,
                reason: format!(
                    "the account `{}` needs a second factor: name a source with --provision or --totp-account",
                    need.name
                ),
            }),
            Err(ProvisionError::Again) => Err(Stop {
                outcome: Outcome::Unproven,
                reason: format!(
                    "the account `{}` needs a second factor of its own: --totp-account has one account, --provision \
                     makes several where the command prints another one each time",
                    need.name
                ),
            }),
            Err(error) => Err(Stop {
                outcome: Outcome::Error,
                reason: self.secrets.redact(&error.to_string()),
            }),
        }
    }

    /// Registers an account as the ground of a scenario.
    async fn register(
        &self,
        place: &Place,
        need: &AccountNeed,
        scope: &mut Scope,
        result: &mut ScenarioResult,
    ) -> Result<(), Stop> {
        let step = registration(&need.name);
        let reason = |why: &str| format!("the account `{}` cannot be registered: {why}", need.name);
        let answered = match self.call(place, &step, scope).await {
            Ok(answered) => answered,
            Err(unanswered) => {
                let (outcome, why) = match unanswered {
                    Unanswered::Missing(why) => (Outcome::Blocked, why),
                    Unanswered::OutOfPatience(why) => (Outcome::Unproven, why),
                    Unanswered::Transport(error) => (Outcome::Error, error.to_string()),
                };
                return Err(Stop {
                    outcome,
                    reason: reason(&self.secrets.redact(&why)),
                });
            }
        };
        let answer = &answered.answer;
        let token = answer.json.as_ref().and_then(|body| body["token"].as_str());
        let token = token
            .filter(|token| (200..300).contains(&answer.status) && token.len() <= LONGEST_CAPTURE);
        if let Some(account) = scope.accounts.get_mut(&need.name) {
            account.token = token.map(str::to_owned);
        }
        let missing = match (answer.status, token) {
            (200..300, Some(_)) => None,
            (200..300, None) => Some("the answer has no token that could be sent".to_owned()),
            (422, _) => Some(
                "422 (if the server checks the domains of e-mails, name one with --email-domain)"
                    .to_owned(),
            ),
            (status, _) => Some(format!("status {status}")),
        };
        result.steps.push(StepResult {
            position: None,
            operation: step.operation.clone(),
            line: 0,
            outcome: match missing {
                None => StepOutcome::Passed,
                Some(_) => StepOutcome::Failed,
            },
            reason: missing.clone(),
            calls: answered.calls,
            timing: None,
            exchange: Some(answered.exchange.into()),
            expectations: Vec::new(),
        });
        match missing {
            None => Ok(()),
            Some(why) => Err(Stop {
                outcome: Outcome::Blocked,
                reason: reason(&why),
            }),
        }
    }

    /// The outcome of the whole scenario, from what its parts met.
    fn conclude(&self, stop: Option<Stop>, result: &mut ScenarioResult) {
        let violates = self.plan.is_failed_by(result);
        let untried = result.proofs().find_map(|proof| match proof.state {
            ExpectationState::Untried { reason } if self.plan.covers(proof.clause) => {
                Some(reason.clone())
            }
            _ => None,
        });
        if violates {
            result.outcome = Outcome::Failed;
        } else if let Some(stop) = stop {
            result.outcome = stop.outcome;
            result.reason = Some(stop.reason);
        } else if let Some(reason) = untried {
            result.outcome = Outcome::Blocked;
            result.reason = Some(reason);
        }
    }
}

/// The call that registers an account: what a step in a scenario would say.
pub(super) fn registration(account: &str) -> Step {
    let body = json!({
        "email": format!("{{{{{account}.email}}}}"),
        "password": format!("{{{{{account}.password}}}}"),
        "name": format!("{{{{{account}.name}}}}"),
    });
    Step {
        id: None,
        span: 0..0,
        operation: "register".to_owned(),
        path: Vec::new(),
        client: None::<Template>,
        token: None,
        headers: Vec::new(),
        bodies: JsonTemplate::parse(&body).map_or(Bodies::None, Bodies::Json),
        after: None,
        repeat: None,
        expectations: Vec::new(),
        captures: Vec::new(),
    }
}

/// When a step was under way that has just ended.
fn timing(scenario: Instant, begun: Instant, throttled: Duration) -> Timing {
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
    Timing {
        offset_milliseconds: milliseconds(begun.duration_since(scenario)),
        milliseconds: milliseconds(begun.elapsed()),
        throttled_milliseconds: milliseconds(throttled),
    }
}

fn blocked(scenario: &Scenario, position: usize, step: &Step, reason: &str) -> StepResult {
    let line = |offset| scenario.source.line(offset);
    StepResult {
        position: Some(position),
        operation: step.operation.clone(),
        line: line(step.span.start),
        outcome: StepOutcome::Blocked,
        reason: Some(reason.to_owned()),
        calls: 0,
        timing: None,
        exchange: None,
        expectations: step
            .expectations
            .iter()
            .map(|expectation| ExpectationResult {
                proves: expectation.proves.clone(),
                line: line(expectation.span().start),
                expects: expected(scenario, expectation).to_owned(),
                state: untried(reason),
            })
            .collect(),
    }
}

/// An expectation that proves nothing is ground: if it fails, what comes later has nothing to stand on.
fn broken_ground(step: &StepResult, path: &str) -> Option<String> {
    step.expectations
        .iter()
        .filter(|expectation| expectation.proves.is_empty())
        .find_map(|expectation| match &expectation.state {
            ExpectationState::Failed { failure } => Some(format!(
                "`{}` at {path}:{}: {}",
                step.operation, expectation.line, failure.message
            )),
            ExpectationState::Untried { reason } => Some(reason.clone()),
            ExpectationState::Held => None,
        })
}
