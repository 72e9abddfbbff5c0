//! One scenario: its accounts, its steps in order, and who is not to blame.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::json;

use super::call_site::CallSite;
use super::controls::{self, LOST_TOKEN};
use super::evaluate::difference;
use super::judgement::{Judgement, untried};
use super::outcome::{
    ExpectationResult, ExpectationState, Failure, Outcome, ScenarioResult, StepOutcome, StepResult,
    Timing,
};
use super::retry::{RetryReason, ScenarioAttempt};
use super::run::Session;
use super::scope::{LONGEST_CAPTURE, Scope};
use super::step_run::{Unanswered, lost_token};
use super::step_throttling::effect_unknown;
use super::transport::Transport;
use crate::accounts::{Account, ProvisionError};
use crate::excerpt::Excerpt;
use crate::http::SecretKind;
use crate::suite::{
    AccountKind, AccountNeed, Bodies, Condition, JsonTemplate, Scenario, Step, Template, When,
    expected,
};

const DIED: &str = "the server closed the connection without an answer, and did so again when the call was made once more: \
                    does it die of it?";

/// Why a scenario cannot go on.
#[derive(Clone)]
pub(super) struct Stop {
    outcome: Outcome,
    reason: String,
    retry: Option<RetryReason>,
    /// Whether the server, or the run, lacks what the scenario needs.
    is_lack: bool,
}

impl Stop {
    pub(super) fn blocked(reason: &str) -> Self {
        Self {
            outcome: Outcome::Blocked,
            reason: reason.to_owned(),
            retry: None,
            is_lack: false,
        }
    }

    /// Something that a run may do without is not there.
    fn lack(reason: &str) -> Self {
        Self {
            is_lack: true,
            ..Self::undecided(Outcome::Skipped, reason)
        }
    }

    /// What has no answer may be due to more than the server.
    fn undecided(outcome: Outcome, reason: &str) -> Self {
        Self {
            outcome,
            ..Self::blocked(reason)
        }
    }
}

impl Session {
    /// Runs one scenario on accounts of its own, once.
    pub async fn run_scenario(&self, scenario: &Scenario) -> ScenarioResult {
        let only = ScenarioAttempt {
            is_last: true,
            ..ScenarioAttempt::default()
        };
        self.attempt(scenario, only).await.0
    }

    /// Runs one scenario on accounts of its own; where it has to start over, also why.
    pub(super) async fn attempt(
        &self,
        scenario: &Scenario,
        attempt: ScenarioAttempt,
    ) -> (ScenarioResult, Option<RetryReason>) {
        if let Transport::Recording(recorder) = &self.transport {
            recorder.begin(&scenario.id);
        }
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
        scope.attempt = attempt;
        let accounts = self.accounts(scenario, start, &mut scope, &mut result);
        let mut stop = accounts.await.err();
        let mut retry = stop.as_ref().and_then(|stop| stop.retry.clone());
        for (position, step) in scenario.steps.iter().enumerate() {
            if let Some(stop) = &stop {
                let not_made = if stop.is_lack { skipped } else { blocked };
                result
                    .steps
                    .push(not_made(scenario, position, step, &stop.reason));
            } else {
                let registrations = result.steps.len() - position;
                let earlier = &result.steps[registrations..];
                let begun = Instant::now();
                scope.begin_step();
                let (done, stops) = self.step(scenario, position, earlier, &mut scope).await;
                retry = stops.as_ref().and_then(|stop| stop.retry.clone());
                let tried = done.calls > 0 || stops.is_some();
                let timing = tried.then(|| timing(start, begun, scope.throttled()));
                result.steps.push(StepResult { timing, ..done });
                stop = stops;
            }
        }
        controls::withdraw_without(scenario, &mut result);
        controls::withdraw_unless(scenario, &mut result);
        self.conclude(stop, &mut result);
        result.milliseconds = start.elapsed().as_secs_f64() * 1e3;
        self.keep_result(&result);
        result.keep_exchanges_in(&self.store);
        let undecided = matches!(result.outcome, Outcome::Failed | Outcome::Blocked);
        if undecided && scope.attempt.is_together && scope.has_lost_any() {
            retry = retry.or(Some(RetryReason::LostSession));
        }
        let retry = retry.filter(|_| !scope.attempt.is_last);
        (result, retry)
    }

    async fn step(
        &self,
        scenario: &Scenario,
        position: usize,
        earlier: &[StepResult],
        scope: &mut Scope,
    ) -> (StepResult, Option<Stop>) {
        let step = &scenario.steps[position];
        if let Some(when) = step.when.as_ref().filter(|when| !scope.meets(when)) {
            return (left_out(scenario, position, step, when), None);
        }
        if lost_token(step, scope) {
            return (blocked(scenario, position, step, LOST_TOKEN), None);
        }
        let site = CallSite::step(scenario, position);
        let mut called = self.call(&site, step, scope).await;
        if !scope.attempt.is_together
            && called.as_ref().is_err_and(Unanswered::is_end)
            && self.wait_for_restart().await
        {
            // Nobody else can have ended the server: the same call once more tells whether it does.
            scope.end_step();
            called = self.call(&site, step, scope).await;
            if called.as_ref().is_err_and(Unanswered::is_end) {
                scope.end_step();
                self.wait_for_restart().await;
                return (died(scenario, position, step), Some(Stop::blocked(DIED)));
            }
            if let Ok(answered) = &called
                && let Some(why) = effect_unknown(step, &answered.filled.calls, &[])
            {
                called = Err(Unanswered::Retry(RetryReason::EffectUnknown(why)));
            }
        }
        let answered = match called {
            Ok(answered) => answered,
            Err(unanswered) => {
                scope.end_step();
                let stop = self.unanswered(unanswered, &step.operation);
                let reason = stop
                    .as_ref()
                    .map_or_else(|reason| reason, |stop| &stop.reason);
                let done = blocked(scenario, position, step, reason);
                return (done, stop.ok());
            }
        };
        let judgement = Judgement {
            session: self,
            scenario,
            position,
            step,
            elsewhere: self.is_elsewhere(&site, step, scope, &answered).await,
            earlier,
        };
        let unknown = judgement.unknown_account(answered.answer.status, scope);
        let done = judgement.judge(answered, scope);
        let stop = failed_precondition(&done, &scenario.source.path);
        let stop = stop.map(|reason| Stop::blocked(&reason));
        // Nothing of the scenario can be tried with an account that is not there.
        (done, unknown.map(|reason| Stop::lack(&reason)).or(stop))
    }

    /// How a scenario goes on after a call without an answer: not at all, or without what that step was to show.
    fn unanswered(&self, unanswered: Unanswered, operation: &str) -> Result<Stop, String> {
        let redacted = |reason: &str| self.secrets.redact(reason);
        Ok(match unanswered {
            Unanswered::Missing(reason) => return Err(redacted(&reason)),
            Unanswered::WaitBudgetExceeded(reason) => {
                Stop::undecided(Outcome::Skipped, &redacted(&reason))
            }
            Unanswered::Transport(error) => {
                let reason = redacted(&format!("`{operation}`: {error}"));
                let retry = error.is_end().then(|| RetryReason::Died(reason.clone()));
                Stop {
                    retry,
                    ..Stop::undecided(Outcome::Error, &reason)
                }
            }
            Unanswered::Retry(why) => Stop {
                retry: Some(why.clone()),
                ..Stop::undecided(Outcome::Skipped, &why.to_string())
            },
        })
    }

    async fn accounts(
        &self,
        scenario: &Scenario,
        start: Instant,
        scope: &mut Scope,
        result: &mut ScenarioResult,
    ) -> Result<(), Stop> {
        for need in &scenario.accounts {
            let site = CallSite::account(scenario, need);
            let registrations = result.steps.len();
            let account = self.account(&site, need, scope).await?;
            if need.kind != AccountKind::Totp {
                result.accounts.push(account.identity.email.clone());
            }
            scope.accounts.insert(need.name.clone(), account);
            if need.kind == AccountKind::Registered {
                let begun = Instant::now();
                scope.begin_step();
                let registered = self.register(&site, need, scope, result).await;
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
        if let (Some(ready_made), AccountKind::Registered) = (&self.ready_made, need.kind) {
            let account = ready_made.next(&self.secrets).await;
            return account.map_err(|error| {
                Stop::undecided(Outcome::Error, &self.secrets.redact(&error.to_string()))
            });
        }
        let identity = self.identities.next();
        self.secrets.add(SecretKind::Password, &identity.password);
        Ok(Account {
            identity,
            token: None,
            second_factor: None,
            shared: false,
            is_ready_made: false,
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
            Ok(None) => Err(Stop::lack(&format!(
                "the account `{}` needs a second factor: name a source with --provision or --totp-account",
                need.name
            ))),
            Err(ProvisionError::Again) => Err(Stop::lack(&format!(
                "the account `{}` needs a second factor of its own: --totp-account has one account, --provision \
                     makes several where the command prints another one each time",
                need.name
            ))),
            Err(error) => Err(Stop::undecided(
                Outcome::Error,
                &self.secrets.redact(&error.to_string()),
            )),
        }
    }

    /// Registers an account for a scenario, or logs in to one that is ready-made.
    async fn register(
        &self,
        site: &CallSite,
        need: &AccountNeed,
        scope: &mut Scope,
        result: &mut ScenarioResult,
    ) -> Result<(), Stop> {
        let is_ready_made =
            (scope.accounts.get(&need.name)).is_some_and(|account| account.is_ready_made);
        let (step, what) = if is_ready_made {
            (login_of(&need.name), "logged in to")
        } else {
            (registration(&need.name), "registered")
        };
        let reason = |why: &str| format!("the account `{}` cannot be {what}: {why}", need.name);
        let answered = match self.call(site, &step, scope).await {
            Ok(answered) => answered,
            Err(unanswered) => {
                let stop = self.unanswered(unanswered, &step.operation);
                let stop = stop.unwrap_or_else(|reason| Stop::blocked(&reason));
                return Err(Stop {
                    reason: reason(&stop.reason),
                    ..stop
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
            (401 | 422, _) if is_ready_made => {
                let status = answer.status;
                Some(format!(
                    "status {status} (does the command of --accounts make accounts on this server?)"
                ))
            }
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
            Some(why) => Err(Stop::blocked(&reason(&why))),
        }
    }

    /// The outcome of the whole scenario, from what its parts met.
    fn conclude(&self, stop: Option<Stop>, result: &mut ScenarioResult) {
        let violates = self.plan.is_failed_by(result);
        let untried = result.checks().find_map(|check| match check.state {
            ExpectationState::Untried { reason } if self.plan.covers(check.clause) => {
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
        when: None,
        after: None,
        repeat: None,
        expectations: Vec::new(),
        captures: Vec::new(),
    }
}

/// The call that logs in to an account that is ready-made.
fn login_of(account: &str) -> Step {
    let body = json!({
        "email": format!("{{{{{account}.email}}}}"),
        "password": format!("{{{{{account}.password}}}}"),
    });
    Step {
        operation: "login".to_owned(),
        bodies: JsonTemplate::parse(&body).map_or(Bodies::None, Bodies::Json),
        ..registration(account)
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
                verifies: expectation.verifies.clone(),
                line: line(expectation.span().start),
                expects: expected(scenario, expectation).to_owned(),
                state: untried(reason),
            })
            .collect(),
    }
}

/// A step at which the connection has ended without an answer, and ended again as the call was made once more.
fn died(scenario: &Scenario, position: usize, step: &Step) -> StepResult {
    let mut done = blocked(scenario, position, step, DIED);
    done.calls = 2;
    let expectations = step.expectations.iter().zip(&mut done.expectations);
    for (expectation, recorded) in expectations {
        let status = expectation.conditions.iter();
        let mut status = status.filter(|(condition, _)| matches!(condition, Condition::Status(_)));
        let Some((Condition::Status(statuses), span)) = status.next() else {
            continue;
        };
        let failure = Failure {
            span: span.clone(),
            excerpt: Excerpt::of(&scenario.source, span),
            ..difference(
                DIED.to_owned(),
                format!("status {statuses}"),
                "no answer".to_owned(),
            )
        };
        recorded.state = ExpectationState::Failed {
            failure: Box::new(failure),
        };
        done.outcome = StepOutcome::Failed;
    }
    done
}

/// A step that does not apply, as no answer had a value for what it needs.
fn left_out(scenario: &Scenario, position: usize, step: &Step, when: &When) -> StepResult {
    let had = if when.has_value { "no" } else { "an" };
    let reason = format!(
        "left out, as {had} answer had a value for `{}`",
        when.capture
    );
    skipped(scenario, position, step, &reason)
}

/// A step that is not made, and says nothing of the server.
fn skipped(scenario: &Scenario, position: usize, step: &Step, reason: &str) -> StepResult {
    let mut done = blocked(scenario, position, step, reason);
    done.outcome = StepOutcome::Skipped;
    for recorded in &mut done.expectations {
        recorded.state = ExpectationState::Skipped {
            reason: reason.to_owned(),
        };
    }
    done
}

/// An expectation that verifies nothing is a precondition: if it fails, the rest of the scenario is blocked.
fn failed_precondition(step: &StepResult, path: &str) -> Option<String> {
    step.expectations
        .iter()
        .filter(|expectation| expectation.verifies.is_empty())
        .find_map(|expectation| match &expectation.state {
            ExpectationState::Failed { failure } => Some(format!(
                "`{}` at {path}:{}: {}",
                step.operation, expectation.line, failure.message
            )),
            ExpectationState::Untried { reason } => Some(reason.clone()),
            ExpectationState::Held | ExpectationState::Skipped { .. } => None,
        })
}
