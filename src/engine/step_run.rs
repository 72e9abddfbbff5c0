//! One step: fill in, call, wait where the server throttles, and test what is expected.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::evaluate::{Evaluator, Verdict};
use super::hints::{Circumstances, hint};
use super::outcome::{ExpectationResult, ExpectationState, StepOutcome, StepResult};
use super::run::Session;
use super::scope::{Missing, Scope};
use crate::diagnostic::Source;
use crate::suite::{
    After, Condition, Expectation, Expression, Field, PathTemplate, Reference, Repeat, Statuses,
    Step, as_text, fill_json,
};
use crate::target::{Answer, Call, Exchange, SecretKind, Throttle, TransportError};

/// Longer than a second, so that the server's clock shows another one.
const NEXT_SECOND: Duration = Duration::from_millis(1_050);

/// Why a step has no answer.
pub(super) enum Unanswered {
    /// Something it needs is missing.
    Missing(String),
    /// The server throttles for longer than the run waits.
    OutOfPatience(String),
    /// The harness or the network failed.
    Transport(TransportError),
}

/// A step with an answer.
pub(super) struct Answered {
    pub(super) answer: Answer,
    pub(super) exchange: Exchange,
    pub(super) token: Option<String>,
    pub(super) calls: u32,
    /// A repetition ran out of time before it had made all its calls.
    pub(super) too_slow: Option<String>,
}

impl Session {
    /// Makes the calls of a step.
    pub(super) async fn call(
        &self,
        step: &Step,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered> {
        if let Some(After::NextSecond) = step.after {
            tokio::time::sleep(NEXT_SECOND).await;
        }
        let asks_for_429 = |statuses: &Statuses| statuses.contains(429);
        let proves_throttling = step.repeat.as_ref().is_some_and(|r| asks_for_429(&r.until));
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
            if Throttle::is_asked_by(&answer) && !proves_throttling {
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
            scope.end_step();
            return Ok(Answered {
                exchange: Exchange::record(&call, Some(&answer), sent, &self.secrets),
                answer,
                token,
                calls,
                too_slow,
            });
        }
    }

    fn fill(&self, step: &Step, scope: &Scope) -> Result<(Call, Option<String>), Missing> {
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
        let call = self.client.complete(Call {
            operation: step.operation.clone(),
            method: address.method,
            url: self.target.base_url.join(&address.path),
            headers,
            body,
        });
        Ok((call, token))
    }

    /// Tests what a step expects, and keeps what it captures.
    pub(super) fn judge(
        &self,
        position: usize,
        step: &Step,
        source: &Source,
        answered: Answered,
        scope: &mut Scope,
    ) -> StepResult {
        let answer = &answered.answer;
        let evaluator = Evaluator {
            suite: &self.plan.suite,
            scope,
            answer,
            secrets: &self.secrets,
            clock: &self.clock,
        };
        let mut barrier: Option<Barrier> = None;
        let mut expectations = Vec::new();
        for expectation in &step.expectations {
            let state = match &answered.too_slow {
                Some(reason) => untried(reason),
                None => self.expect(step, expectation, &evaluator, barrier),
            };
            if let ExpectationState::Failed { failure } = &state {
                let broken = expectation
                    .conditions
                    .iter()
                    .find(|(_, span)| *span == failure.span);
                barrier = match broken.map(|(condition, _)| condition) {
                    Some(Condition::Status(_)) => Some(Barrier::Status),
                    Some(Condition::Schema(_)) => barrier.or(Some(Barrier::Schema)),
                    _ => barrier,
                };
            }
            expectations.push(ExpectationResult {
                proves: expectation.proves.clone(),
                line: source.line_column(expectation.span().start).0,
                state,
            });
        }
        Self::keep(step, answer, scope, source);
        let should_work = step
            .expected_statuses()
            .is_some_and(Statuses::allows_success);
        if let (401, true, Some(token)) = (answer.status, should_work, &answered.token) {
            scope.lose_token(token);
        }
        let passed = expectations
            .iter()
            .all(|result| result.state == ExpectationState::Held);
        StepResult {
            position: Some(position),
            operation: step.operation.clone(),
            line: source.line_column(step.span.start).0,
            outcome: if passed {
                StepOutcome::Passed
            } else {
                StepOutcome::Failed
            },
            reason: answered.too_slow,
            calls: answered.calls,
            exchange: Some(answered.exchange),
            expectations,
        }
    }

    fn expect(
        &self,
        step: &Step,
        expectation: &Expectation,
        evaluator: &Evaluator<'_>,
        barrier: Option<Barrier>,
    ) -> ExpectationState {
        if let Some(Barrier::Status) = barrier {
            return untried(
                "the status of the answer is not the expected one, so its body says nothing",
            );
        }
        for (condition, span) in &expectation.conditions {
            match evaluator.test(condition, span) {
                Verdict::Holds => {}
                Verdict::Untried(Missing(reason)) => return untried(&reason),
                // A body of another shape has failed already: its parts are not to blame as well.
                Verdict::Fails(_) if barrier.is_some() => {
                    return untried(
                        "the body does not satisfy its schema, which is reported by itself",
                    );
                }
                Verdict::Fails(mut failure) => {
                    failure.hint = self.hint(step, evaluator.answer);
                    return ExpectationState::Failed { failure };
                }
            }
        }
        ExpectationState::Held
    }

    fn hint(&self, step: &Step, answer: &Answer) -> Option<String> {
        let operation = self.plan.suite.contract.operations.get(&step.operation)?;
        let address = self.target.operation(&step.operation, operation);
        let hint = hint(&Circumstances {
            operation: &step.operation,
            known: operation.known,
            overridden: self.target.operations.contains_key(&step.operation),
            expected: step.expected_statuses(),
            answer,
            doubled: self.target.base_url.doubles(&address.path),
            used_recovery_code: step.inputs().iter().any(|input| {
                matches!(&input.reference, Reference::Account(_, Field::RecoveryCode))
            }),
        })?;
        Some(self.secrets.redact(&hint))
    }

    fn keep(step: &Step, answer: &Answer, scope: &mut Scope, source: &Source) {
        for capture in &step.captures {
            let value = captured(&capture.path, capture.count, answer, scope);
            let line = source.line_column(step.span.start).0;
            let value = value.map_err(|what| {
                let name = &capture.name;
                Missing(format!(
                    "the answer to the step at line {line} has no value for `{name}`: {what}"
                ))
            });
            scope.capture(&capture.name, value);
        }
    }
}

/// What has failed already in a step.
#[derive(Clone, Copy)]
enum Barrier {
    Status,
    Schema,
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

fn captured(
    path: &PathTemplate,
    count: bool,
    answer: &Answer,
    scope: &Scope,
) -> Result<Value, String> {
    let mut value_of = |expression: &_| scope.value(expression);
    let place = path.text(&mut value_of).map_err(|Missing(reason)| reason)?;
    let body = answer.json.as_ref().ok_or("it is no JSON")?;
    let found = path
        .select(body, &mut value_of)
        .map_err(|Missing(reason)| reason)?;
    if count {
        return Ok(Value::from(found.len()));
    }
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        other => Err(format!("{} values at {place}", other.len())),
    }
}

pub(super) fn untried(reason: &str) -> ExpectationState {
    ExpectationState::Untried {
        reason: reason.to_owned(),
    }
}

/// Whether a token of the step was refused earlier where it should have worked.
pub(super) fn lost_token(step: &Step, scope: &Scope) -> bool {
    let token = step.token.as_ref().and_then(|token| scope.text(token).ok());
    token.is_some_and(|token| scope.has_lost(&as_text(&Value::String(token))))
}
