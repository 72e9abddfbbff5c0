//! One call: fill in, send, wait where the server throttles, repeat where the step says so.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::Value;

use super::call::{Answered, RetryReason, Unanswered};
use super::compare::instant;
use super::lease::lease;
use super::openings::{list_of_tokens, registration};
use super::scope::{Scope, captured};
use super::session::Session;
use super::step_throttling::{TOO_MANY, effect_unknown, wait_budget_exceeded};
use crate::http::{Answer, Call, Caller, Exchange, Permit, Throttle};
use crate::suite::{After, Reference, Scenario, Statuses, Step};

/// Longer than a second, so that the server's clock shows another one.
const NEXT_SECOND: Duration = Duration::from_millis(1_050);

/// A challenge, or a code, may have run out after a longer wait.
const AGED: Duration = Duration::from_secs(10);
const INTERNAL_ERROR: u16 = 500;

/// The account whose registration tells the server's time.
const PROBE: &str = "clock";

impl Session {
    /// Makes the calls of a step, over the network.
    pub(super) async fn send(
        &self,
        scenario: Option<&Scenario>,
        step: &Step,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered> {
        if let Some(After::NextSecond) = step.after {
            tokio::time::sleep(NEXT_SECOND).await;
        }
        let inputs = step.inputs();
        let clock = &self.clock;
        let account = self.account_of(step, scope);
        let caller = Caller {
            operation: &step.operation,
            account: account.as_deref(),
            is_guest: step.token.is_none(),
        };
        let start = Instant::now();
        let (mut calls, mut kept) = (0, 0);
        let mut announced = None;
        let mut renewed = Vec::new();
        let mut fresh = Instant::now();
        loop {
            self.learn_clock_for(step).await;
            let waiting = Instant::now();
            let permit = self.permit_for(step, &caller).await?;
            scope.add_throttled(waiting.elapsed());
            lease(self, &inputs, scope).await?;
            if fresh.elapsed() > AGED && step.repeat.is_none() {
                // What has aged while it waited, for a limit or a code, is obtained anew, which may take another wait.
                drop(permit);
                renewed.extend(Box::pin(self.renew(scenario, step, scope)).await?);
                fresh = Instant::now();
                continue;
            }
            if self.throttle.is_paused(&step.operation) {
                // The server has asked for patience while a code was waited for.
                continue;
            }
            let filled = self.context().fill(step, scope)?;
            let answers = self.send_all(&filled.calls, permit).await?;
            calls += u32::try_from(answers.len()).unwrap_or(u32::MAX);
            if self.has_to_wait(step, &filled.calls, &answers)? {
                continue;
            }
            for answer in &answers {
                // A limit that is met on purpose is that of one account, most often: nobody else has to wait for it.
                if !step.expects_throttling() {
                    self.throttle.answered(&caller, answer);
                }
                announced = Throttle::announced_limit(answer).max(announced);
            }
            self.learn_clock_for(step).await;
            kept += 1;
            let undecided = match &step.repeat {
                None => apart(&answers),
                Some(repeat) => {
                    let status = answers.last().map_or(0, |answer| answer.status);
                    let most = step.most_calls(self.target.max_attempts, announced);
                    let spent = (start.elapsed(), step.longest_repetition());
                    match repetition(&repeat.until, most, status, kept, spent) {
                        Repetition::GoesOn => {
                            scope.next_attempt();
                            continue;
                        }
                        Repetition::Ends => None,
                        Repetition::TooSlow(reason) => Some(reason),
                    }
                }
            };
            let chosen = answers.iter().position(succeeded).unwrap_or(0);
            let successes = answers.iter().filter(|answer| succeeded(answer)).count();
            let others = answers.iter().enumerate().filter(|(at, _)| *at != chosen);
            let others = others.map(|(_, answer)| answer.status).collect();
            let call = filled.calls.get(chosen);
            let pair = call.zip(answers.into_iter().nth(chosen));
            let nothing = || Unanswered::Missing("the step makes no call".to_owned());
            let (call, answer) = pair.ok_or_else(nothing)?;
            return Ok(Answered {
                exchange: Exchange::record(
                    &self.client,
                    call,
                    Some(&answer),
                    answer.sent,
                    &self.secrets,
                ),
                ran_out: scope.has_sent_code_run_out(&inputs, clock),
                leases: scope.end_step(),
                answer,
                filled,
                calls,
                successes,
                others,
                undecided,
                renewed,
                elsewhere: false,
            });
        }
    }

    /// Whether the calls of a step are to be made again, when a pause is over that one of their answers asks for.
    fn has_to_wait(
        &self,
        step: &Step,
        calls: &[Call],
        answers: &[Answer],
    ) -> Result<bool, Unanswered> {
        // Where a 429 is reckoned with, it is an answer; a 503 that asks for patience never is.
        let is_expected =
            |answer: &Answer| step.expects_throttling() && answer.status < INTERNAL_ERROR;
        let is_gateway_error = |answer: &&Answer| Throttle::is_gateway_error(answer);
        let asks = |answer: &&Answer| Throttle::is_throttled(answer) && !is_expected(answer);
        let asking = answers.iter().find(asks);
        if let Some(answer) = answers.iter().find(is_gateway_error) {
            self.throttle.pause_for_gateway(answer)
        } else if let Some(answer) =
            asking.filter(|answer| Throttle::is_throttled_by_gateway(answer))
        {
            self.throttle.pause_for_gateway(answer)
        } else if let Some(answer) = asking {
            self.throttle.pause(&step.operation, answer)
        } else {
            return Ok(false);
        }
        .map_err(wait_budget_exceeded)?;
        if answers.iter().any(succeeded) {
            return Err(Unanswered::Retry(RetryReason::PartlyThrottled));
        }
        match effect_unknown(step, calls, answers) {
            Some(why) => Err(Unanswered::Retry(RetryReason::EffectUnknown(why))),
            None => Ok(true),
        }
    }

    /// Asks for the challenges again that a step sends: what they are now, by the names that templates use.
    async fn renew(
        &self,
        scenario: Option<&Scenario>,
        step: &Step,
        scope: &mut Scope,
    ) -> Result<Vec<(String, Value)>, Unanswered> {
        let Some(scenario) = scenario.filter(|_| step.sends_challenge()) else {
            return Ok(Vec::new());
        };
        let mut renewed = Vec::new();
        for input in step.inputs() {
            let Reference::Capture(name) = &input.reference else {
                continue;
            };
            let mut earlier = scenario.steps.iter().filter(|one| one.gives_challenge());
            let captures = |one: &&Step| one.captures.iter().any(|capture| capture.name == *name);
            let Some(giver) = earlier.find(captures) else {
                continue;
            };
            let leases = scope.begin_other_step();
            let answered = self.send(None, giver, scope).await;
            scope.lease_again(leases);
            for capture in &giver.captures {
                let answer = &answered.as_ref().map_err(Clone::clone)?.answer;
                // Where there is none, the old one is as good.
                if let Ok(value) = captured(&capture.path, capture.count, answer, scope) {
                    self.secrets
                        .add_from(&serde_json::json!({ "totp_token": value }));
                    scope.capture(&capture.name, Ok(value.clone()));
                    renewed.push((capture.name.clone(), value));
                }
            }
        }
        Ok(renewed)
    }

    async fn send_all(
        &self,
        calls: &[Call],
        permit: Permit<'_>,
    ) -> Result<Vec<Answer>, Unanswered> {
        let sending = |call| async move {
            self.ledger.sending(call);
            let answer = self.client.send(call).await?;
            self.ledger.answered(call, &answer);
            Ok(answer)
        };
        let answers = match calls {
            [call] => vec![sending(call).await],
            calls => join_all(calls.iter().map(sending)).await,
        };
        let refused = |answer: &&Result<Answer, _>| {
            answer
                .as_ref()
                .is_ok_and(|answer| answer.status == TOO_MANY)
        };
        permit.used(answers.iter().filter(refused).count());
        let answers: Vec<Answer> = answers
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(Unanswered::Transport)?;
        // The `Date` of a gateway is that of another clock.
        let of_gateway = |answer: &Answer| {
            Throttle::is_gateway_error(answer) || Throttle::is_throttled_by_gateway(answer)
        };
        for answer in answers.iter().filter(|answer| !of_gateway(answer)) {
            self.clock.observe(answer);
        }
        Ok(answers)
    }

    /// Learns the server's time where a step needs it and no answer tells it, once a run: from what its list of tokens says
    /// of one that was created just now. What goes wrong leaves the time unknown, and fails no clause.
    async fn learn_clock_for(&self, step: &Step) {
        if step.needs_clock() {
            self.learn_untold_clock().await;
        }
    }

    /// Infers the server's time where its answers do not tell it.
    pub(super) async fn learn_untold_clock(&self) {
        if self.clock.is_untold() {
            self.clock_probe.get_or_init(|| self.learn_clock()).await;
        }
    }

    async fn learn_clock(&self) {
        let contract = &self.plan.suite.contract;
        let mut scope = Scope::default();
        scope.accounts.insert(PROBE.to_owned(), self.new_account());
        let Ok(registered) =
            Box::pin(self.send(None, &registration(contract, PROBE), &mut scope)).await
        else {
            return;
        };
        let token = registered.answer.json.as_ref();
        let token = token.and_then(|body| body["token"].as_str());
        if let (Some(account), Some(token)) = (scope.accounts.get_mut(PROBE), token) {
            account.token = Some(token.to_owned());
        }
        let listed = Box::pin(self.send(None, &list_of_tokens(contract, PROBE), &mut scope)).await;
        let created = listed
            .ok()
            .and_then(|listed| newest(listed.answer.json.as_ref()?));
        if let Some(created) = created {
            self.clock.infer(created, &registered.answer);
        }
    }
}

/// The only token of an account, or the one that was created last.
fn newest(body: &Value) -> Option<Timestamp> {
    let tokens = body["tokens"].as_array()?.iter();
    tokens
        .filter_map(|token| instant(&token["created_at"]))
        .max()
}

fn succeeded(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

/// Why calls that were to be made at once were not: one had its answer before another was sent.
fn apart(answers: &[Answer]) -> Option<String> {
    let last_sent = answers.iter().map(|answer| answer.sent).max()?;
    let answered = answers.iter().map(|answer| answer.sent + answer.elapsed);
    (answers.len() > 1 && answered.min()? <= last_sent).then(|| {
        "the calls were not under way at the same time: one was answered before another was sent"
            .to_owned()
    })
}

enum Repetition {
    GoesOn,
    Ends,
    TooSlow(String),
}

/// Whether a repetition goes on after so many calls; `spent` is the time that it has taken, and may take.
fn repetition(
    until: &Statuses,
    most: u32,
    status: u16,
    calls: u32,
    (spent, longest): (Duration, Duration),
) -> Repetition {
    if until.contains(status) || calls >= most {
        Repetition::Ends
    } else if spent >= longest {
        Repetition::TooSlow(format!(
            "the server answered only {calls} of {most} calls within {} s",
            longest.as_secs()
        ))
    } else {
        Repetition::GoesOn
    }
}

#[cfg(test)]
mod tests;
