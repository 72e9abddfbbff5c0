//! One call: fill in, send, wait where the server throttles, repeat where the step says so.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::run::Session;
use super::scope::{Leases, Missing, Scope};
use crate::contract::Known;
use crate::suite::{After, Expression, Repeat, Step, as_text, fill_json};
use crate::target::{Answer, Call, Exchange, SecretKind, Throttle, TransportError};

/// Longer than a second, so that the server's clock shows another one.
const NEXT_SECOND: Duration = Duration::from_millis(1_050);

/// Why a step has no answer.
#[derive(Clone)]
pub(super) enum Unanswered {
    /// Something it needs is missing.
    Missing(String),
    /// The server throttles for longer than the run waits.
    OutOfPatience(String),
    /// The harness or the network failed.
    Transport(TransportError),
}

/// A step with an answer.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) call: Call,
    pub(super) leases: Leases,
    pub(super) answer: Answer,
    pub(super) exchange: Exchange,
    pub(super) token: Option<String>,
    pub(super) calls: u32,
    /// A repetition ran out of time before it had made all its calls.
    pub(super) too_slow: Option<String>,
}

impl Session {
    /// Makes the calls of a step, over the network.
    pub(super) async fn send(
        &self,
        step: &Step,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered> {
        if let Some(After::NextSecond) = step.after {
            tokio::time::sleep(NEXT_SECOND).await;
        }
        let expects_throttling = step.expects_throttling();
        let start = Instant::now();
        let mut calls = 0;
        let mut kept = 0;
        loop {
            self.throttle.ready().await;
            let inputs = step.inputs();
            let leased = scope.lease(&inputs, &self.clock, &self.secrets).await;
            leased.map_err(|Missing(reason)| Unanswered::Missing(reason))?;
            let (call, token) = self
                .fill(step, scope)
                .map_err(|Missing(reason)| Unanswered::Missing(reason))?;
            let sent = jiff::Timestamp::now();
            let answer = self
                .client
                .send(&call)
                .await
                .map_err(Unanswered::Transport)?;
            calls += 1;
            self.clock.observe(&answer);
            if Throttle::is_asked_by(&answer) && !expects_throttling {
                let patience = self.throttle.pause(&answer);
                patience.map_err(|error| Unanswered::OutOfPatience(error.to_string()))?;
                continue;
            }
            self.throttle.relax();
            kept += 1;
            let too_slow = match &step.repeat {
                None => None,
                Some(repeat) => match repetition(repeat, answer.status, kept, start.elapsed()) {
                    Repetition::GoesOn => continue,
                    Repetition::Ends => None,
                    Repetition::TooSlow(reason) => Some(reason),
                },
            };
            return Ok(Answered {
                exchange: Exchange::record(&self.client, &call, Some(&answer), sent, &self.secrets),
                call,
                leases: scope.end_step(),
                answer,
                token,
                calls,
                too_slow,
            });
        }
    }

    /// Whether an answer may say that an operation is not where the contract only assumes it to be.
    pub(super) fn may_be_elsewhere(&self, step: &Step, answer: &Answer) -> bool {
        let operation = self.plan.suite.contract.operations.get(&step.operation);
        let assumed = operation.is_some_and(|operation| operation.known == Known::Assumed)
            && !self.target.operations.contains_key(&step.operation);
        assumed && is_missing(answer.status)
    }

    /// Whether a stranger gets that 404 or 405 too: where the operation exists, a stranger is told to sign in.
    pub(super) async fn is_missing_for_strangers(&self, step: &Step, scope: &Scope) -> bool {
        let Ok((mut call, _)) = self.fill(step, scope) else {
            return false;
        };
        call.headers.retain(|(name, _)| name != "authorization");
        let stranger = self.client.send(&call).await;
        stranger.is_ok_and(|answer| is_missing(answer.status))
    }

    /// The call of a step, its templates filled in, and its token.
    pub(super) fn fill(
        &self,
        step: &Step,
        scope: &Scope,
    ) -> Result<(Call, Option<String>), Missing> {
        let contract = &self.plan.suite.contract;
        let mut address = match contract.operations.get(&step.operation) {
            Some(operation) => self.target.operation(&step.operation, operation),
            None => return Err(Missing(format!("unknown operation `{}`", step.operation))),
        };
        for (name, value) in &step.path {
            let value = scope.text(value)?;
            let value =
                percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
            address.path = address
                .path
                .replace(&format!("{{{name}}}"), &value.to_string());
        }
        let mut headers = Vec::new();
        if let Some(client) = &step.client {
            headers.push((
                contract.client_header.to_ascii_lowercase(),
                scope.text(client)?,
            ));
        }
        let token = step
            .token
            .as_ref()
            .map(|token| scope.text(token))
            .transpose()?;
        if let Some(token) = &token {
            self.secrets.add(SecretKind::Token, token);
            headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        let body = match &step.body {
            Some(body) => Some(fill_json(body, &mut |expression: &Expression| {
                scope.value(expression)
            })?),
            None => None,
        };
        // Made up for this call or not: what stands for a secret in a request is one.
        if let Some(body) = &body {
            self.secrets.add_from(body);
        }
        let call = Call {
            operation: step.operation.clone(),
            method: address.method,
            url: self.target.base_url.join(&address.path),
            headers,
            body,
        };
        Ok((call, token))
    }
}

fn is_missing(status: u16) -> bool {
    matches!(status, 404 | 405)
}

enum Repetition {
    GoesOn,
    Ends,
    TooSlow(String),
}

fn repetition(repeat: &Repeat, status: u16, calls: u32, elapsed: Duration) -> Repetition {
    if repeat.until.contains(status) || calls >= repeat.max {
        Repetition::Ends
    } else if elapsed >= repeat.within {
        Repetition::TooSlow(format!(
            "the server answered only {calls} of {} calls within {} s",
            repeat.max,
            repeat.within.as_secs()
        ))
    } else {
        Repetition::GoesOn
    }
}

/// Whether a token of the step was refused earlier where it should have worked.
pub(super) fn lost_token(step: &Step, scope: &Scope) -> bool {
    let token = step.token.as_ref().and_then(|token| scope.text(token).ok());
    token.is_some_and(|token| scope.has_lost(&as_text(&Value::String(token))))
}
