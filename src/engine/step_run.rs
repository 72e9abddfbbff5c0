//! One call: fill in, send, wait where the server throttles, repeat where the step says so.

use std::iter::repeat_n;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value;

use super::judgement::captured;
use super::retry::RetryReason;
use super::run::Session;
use super::scope::{Leases, Missing, NotLeased, Scope};
use super::step_throttling::{TOO_MANY, effect_unknown, wait_budget_exceeded};
use crate::contract::OperationOrigin;
use crate::http::{Answer, Call, Caller, Exchange, Permit, SecretKind, Throttle, TransportError};
use crate::suite::{
    After, Bodies, Expression, JsonTemplate, Reference, Repeat, Scenario, Step, Template, as_text,
    fill_json,
};

/// Longer than a second, so that the server's clock shows another one.
const NEXT_SECOND: Duration = Duration::from_millis(1_050);

/// A challenge, or a code, may have run out after a longer wait.
const AGED: Duration = Duration::from_secs(10);
const INTERNAL_ERROR: u16 = 500;

/// Why a step has no answer.
#[derive(Clone)]
pub(super) enum Unanswered {
    /// Something it needs is missing.
    Missing(String),
    /// The server throttles for longer than the run waits.
    WaitBudgetExceeded(String),
    /// The harness or the network failed.
    Transport(TransportError),
    /// The scenario has to be begun anew.
    Retry(RetryReason),
}

impl Unanswered {
    /// Whether the server may have come to its end.
    pub(super) fn is_end(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_end())
    }
}

/// A step with an answer.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) filled: Filled,
    pub(super) leases: Leases,
    pub(super) answer: Answer,
    pub(super) exchange: Exchange,
    pub(super) calls: u32,
    /// How many of the last calls, those made at once, succeeded.
    pub(super) successes: usize,
    /// Why the step did not make all its calls as it should: too few in the time for them, or not at once.
    pub(super) undecided: Option<String>,
    /// Whether a code that the step sent a second time had run out, so that its refusal says nothing.
    pub(super) ran_out: bool,
    /// Challenges that were asked for again before the call, by the names that templates use.
    pub(super) renewed: Vec<(String, Value)>,
}

/// A step, its templates filled in.
#[derive(Clone)]
pub(super) struct Filled {
    /// The calls that are made at once, most often one.
    pub(super) calls: Vec<Call>,
    pub(super) token: Option<String>,
    /// What the call itself says: values of its path and its body.
    pub(super) words: Vec<String>,
}

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
        let missing = |Missing(reason)| Unanswered::Missing(reason);
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
            let leased = scope.lease(&inputs, self).await;
            leased.map_err(|error| match error {
                NotLeased::Missing(Missing(reason)) => Unanswered::Missing(reason),
                NotLeased::WaitBudgetExceeded(error) => wait_budget_exceeded(error),
            })?;
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
            let filled = self.fill(step, scope).map_err(missing)?;
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
                    match repetition(repeat, most, status, kept, start.elapsed()) {
                        Repetition::GoesOn => {
                            scope.next_attempt();
                            continue;
                        }
                        Repetition::Ends => None,
                        Repetition::TooSlow(reason) => Some(reason),
                    }
                }
            };
            if !scope.attempt.is_last && scope.has_sent_code_run_out(&inputs, self) {
                return Err(Unanswered::Retry(RetryReason::CodeRanOut));
            }
            let chosen = answers.iter().position(succeeded).unwrap_or(0);
            let successes = answers.iter().filter(|answer| succeeded(answer)).count();
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
                ran_out: scope.has_sent_code_run_out(&inputs, self),
                leases: scope.end_step(),
                answer,
                filled,
                calls,
                successes,
                undecided,
                renewed,
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

    /// Whether an answer may say that an operation is not where the contract only assumes it to be.
    pub(super) fn may_be_elsewhere(&self, step: &Step, answer: &Answer) -> bool {
        let operation = self.plan.suite.contract.operations.get(&step.operation);
        let assumed = operation
            .is_some_and(|operation| operation.known == OperationOrigin::Assumed)
            && !self.target.operations.contains_key(&step.operation);
        assumed && is_missing(answer.status)
    }

    /// Whether a stranger gets that 404 or 405 too: where the operation exists, a stranger is told to sign in.
    pub(super) async fn is_missing_for_strangers(&self, step: &Step, scope: &Scope) -> bool {
        let filled = self.fill(step, scope).ok();
        let Some(mut call) = filled.and_then(|filled| filled.calls.into_iter().next()) else {
            return false;
        };
        call.headers.retain(|(name, _)| name != "authorization");
        let stranger = self.client.send(&call).await;
        stranger.is_ok_and(|answer| is_missing(answer.status))
    }

    /// The calls of a step, their templates filled in.
    pub(super) fn fill(&self, step: &Step, scope: &Scope) -> Result<Filled, Missing> {
        let contract = &self.plan.suite.contract;
        let mut address = match contract.operations.get(&step.operation) {
            Some(operation) => self.target.operation(&step.operation, operation),
            None => return Err(Missing(format!("unknown operation `{}`", step.operation))),
        };
        let mut words = Vec::new();
        for (name, value) in &step.path {
            let value = scope.text(value)?;
            let encoded =
                percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
            address.path = address
                .path
                .replace(&format!("{{{name}}}"), &encoded.to_string());
            words.push(value);
        }
        let text = |template: &Option<Template>| {
            let text = template.as_ref().map(|template| scope.text(template));
            text.transpose()
        };
        let mut headers: Vec<(String, String)> = Vec::new();
        if let Some(client) = text(&step.client)? {
            headers.push((contract.client_header.to_ascii_lowercase(), client));
        }
        let token = text(&step.token)?;
        if let Some(token) = &token {
            self.secrets.add(SecretKind::Token, token);
            headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        let bodies = self.bodies(step, scope, &mut words)?;
        if bodies.iter().any(Option::is_some) {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        for (name, value) in &step.headers {
            let value = scope.text(value)?;
            headers.retain(|(other, _)| other != name);
            headers.push((name.clone(), value));
        }
        let bodiless = Call {
            operation: step.operation.clone(),
            method: address.method,
            url: self.target.base_url.join(&address.path),
            headers,
            body: None,
        };
        let calls = repeat_n(bodiless, bodies.len()).zip(bodies);
        Ok(Filled {
            calls: calls.map(|(call, body)| Call { body, ..call }).collect(),
            token,
            words,
        })
    }

    /// The bodies of the calls that are made at once; one that is nothing where the step has none.
    fn bodies(
        &self,
        step: &Step,
        scope: &Scope,
        words: &mut Vec<String>,
    ) -> Result<Vec<Option<String>>, Missing> {
        let mut json = |template: &JsonTemplate| -> Result<Option<String>, Missing> {
            let mut value_of = |expression: &Expression| scope.value(expression);
            let body = fill_json(template, &mut value_of)?;
            // Made up for this call or not: what stands for a secret in a request is one.
            self.secrets.add_from(&body);
            if let Some(members) = body.as_object() {
                words.extend(members.values().map(|value| as_text(value).into_owned()));
            }
            Ok(Some(body.to_string()))
        };
        match &step.bodies {
            Bodies::None => Ok(vec![None]),
            Bodies::Json(template) => Ok(vec![json(template)?]),
            Bodies::Concurrent(templates) => templates.iter().map(json).collect(),
            Bodies::Raw(template) => Ok(vec![Some(scope.text(template)?)]),
        }
    }
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

fn is_missing(status: u16) -> bool {
    matches!(status, 404 | 405)
}

enum Repetition {
    GoesOn,
    Ends,
    TooSlow(String),
}

fn repetition(
    repeat: &Repeat,
    most: u32,
    status: u16,
    calls: u32,
    elapsed: Duration,
) -> Repetition {
    if repeat.until.contains(status) || calls >= most {
        Repetition::Ends
    } else if elapsed >= repeat.within {
        Repetition::TooSlow(format!(
            "the server answered only {calls} of {most} calls within {} s",
            repeat.within.as_secs()
        ))
    } else {
        Repetition::GoesOn
    }
}

/// Whether a token of the step was refused earlier where it should have worked.
pub(super) fn lost_token(step: &Step, scope: &Scope) -> bool {
    if !scope.has_lost_any() {
        return false;
    }
    let token = step.token.as_ref().and_then(|token| scope.text(token).ok());
    token.is_some_and(|token| scope.has_lost(&token))
}

#[cfg(test)]
mod tests;
