//! What an answer comes to: what is expected of it, what is kept of it, and who is not to blame.

use serde_json::Value;

use super::evaluate::{Evaluation, Evaluator};
use super::hints::{Circumstances, hint};
use super::normalized_answer::NormalizedAnswer;
use super::outcome::{ExpectationResult, ExpectationState, StepOutcome, StepResult};
use super::retry::RetryReason;
use super::run::Session;
use super::scope::{Missing, Scope};
use super::step_run::Answered;
use crate::contract::Contract;
use crate::excerpt::Excerpt;
use crate::http::Answer;
use crate::suite::{
    AccountKind, Condition, Expectation, Expression, Field, PathTemplate, Reference, Scenario,
    Statuses, Step, expected,
};

/// A step with its answer, and what came before it.
pub(super) struct Judgement<'a> {
    pub(super) session: &'a Session,
    pub(super) scenario: &'a Scenario,
    pub(super) position: usize,
    pub(super) step: &'a Step,
    /// Whether nothing was found where the contract only assumes the operation to be.
    pub(super) elsewhere: bool,
    /// The results of the steps before it, by their positions.
    pub(super) earlier: &'a [StepResult],
}

const READY_MADE: &str =
    "the account was there before the run, which so says nothing of its registration";
const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED: &str = "the call came from the server's own machine, where many servers trust a proxy and so believe \
                         X-Forwarded-For: run from another machine to find out";

/// What has failed already in a step.
#[derive(Clone, Copy)]
enum Barrier {
    Status,
    Schema,
}

impl Judgement<'_> {
    /// Tests what the step expects, and keeps what it captures.
    pub(super) fn judge(&self, answered: Answered, scope: &mut Scope) -> StepResult {
        let (step, answer) = (self.step, &answered.answer);
        let words = &answered.filled.words;
        let evaluator = Evaluator {
            suite: &self.session.plan.suite,
            scope,
            answer,
            secrets: &self.session.secrets,
            clock: &self.session.clock,
            words,
            successes: answered.successes,
        };
        let mut barrier: Option<Barrier> = None;
        let mut expectations = Vec::new();
        for expectation in &step.expectations {
            let state = match &answered.undecided {
                _ if self.rests_on_registration(expectation, evaluator.scope) => {
                    ExpectationState::Skipped {
                        reason: READY_MADE.to_owned(),
                    }
                }
                Some(reason) if expectation.needs_every_call() => untried(reason),
                _ => self.expect(expectation, &evaluator, barrier, answered.ran_out),
            };
            if let ExpectationState::Failed { failure } = &state {
                let mut conditions = expectation.conditions.iter();
                let broken = conditions.find(|(_, span)| *span == failure.span);
                if let Some((Condition::Schema(_), _)) = broken {
                    barrier = barrier.or(Some(Barrier::Schema));
                }
            }
            // Whatever is said of it: after another status than the expected one the body says nothing.
            let statuses = expectation.statuses();
            if statuses.is_some_and(|statuses| !statuses.contains(answer.status)) {
                barrier = Some(Barrier::Status);
            }
            expectations.push(ExpectationResult {
                verifies: expectation.verifies.clone(),
                line: self.line(expectation.span().start),
                expects: expected(self.scenario, expectation).to_owned(),
                state,
            });
        }
        self.keep(answer, scope);
        self.let_in(answer, scope);
        if self.step.id.is_some() {
            scope.remember(self.position, NormalizedAnswer::by(answer, words));
        }
        let should_work = step
            .expected_statuses()
            .is_some_and(|statuses| statuses.allows_success() && !statuses.contains(401));
        if let (401, true, Some(token)) = (answer.status, should_work, &answered.filled.token) {
            scope.lose_token(token);
        }
        StepResult {
            position: Some(self.position),
            operation: step.operation.clone(),
            line: self.line(step.span.start),
            outcome: outcome(&expectations),
            reason: answered.undecided,
            calls: answered.calls,
            timing: None,
            exchange: Some(answered.exchange.into()),
            expectations,
        }
    }

    fn expect(
        &self,
        expectation: &Expectation,
        evaluator: &Evaluator<'_>,
        barrier: Option<Barrier>,
        ran_out: bool,
    ) -> ExpectationState {
        if let Some(given) = self.missing_given(expectation) {
            return untried(&format!(
                "it depends on `{}` at line {}, which {}",
                given.operation,
                given.line,
                given.shortfall()
            ));
        }
        // Another set of statuses that has this one is met all the same.
        let statuses = expectation.statuses();
        let is_met = expectation.conditions.len() == 1
            && statuses.is_some_and(|statuses| statuses.contains(evaluator.answer.status));
        if let Some(Barrier::Status) = barrier
            && !is_met
        {
            return untried(
                "the status of the answer is not the expected one, so its body says nothing",
            );
        }
        for (condition, span) in &expectation.conditions {
            match evaluator.test(condition, span) {
                Evaluation::Holds => {}
                Evaluation::Untried(Missing(reason)) => return untried(&reason),
                // A body of another shape has failed already: its parts are not to blame as well.
                Evaluation::Fails(_) if barrier.is_some() => {
                    return untried(
                        "the body does not satisfy its schema, which is reported by itself",
                    );
                }
                Evaluation::Fails(mut failure) => {
                    if let Some(doubt) = self.doubt(condition, evaluator) {
                        return untried(&doubt);
                    }
                    failure.hint = self.hint(evaluator.answer);
                    failure.excerpt = Excerpt::of(&self.scenario.source, span);
                    return ExpectationState::Failed { failure };
                }
            }
        }
        if ran_out && expectation.statuses().is_some_and(Statuses::is_refusal) {
            return untried(&RetryReason::CodeRanOut.to_string());
        }
        ExpectationState::Held
    }

    /// Whether an expectation verifies nothing but what rests on how an account was registered, and the accounts of the
    /// scenario are ready-made.
    fn rests_on_registration(&self, expectation: &Expectation, scope: &Scope) -> bool {
        let contract = &self.session.plan.suite.contract;
        let mut accounts = self.scenario.accounts.iter();
        let is_ready_made = accounts.any(|need| {
            let account = scope.accounts.get(&need.name);
            need.kind == AccountKind::Registered && account.is_some_and(|one| one.is_ready_made)
        });
        is_ready_made && rests_on_registration(contract, self.step, expectation)
    }

    fn missing_given(&self, expectation: &Expectation) -> Option<&StepResult> {
        let given = expectation.requires.iter();
        let mut given = given.filter_map(|position| self.earlier.get(*position));
        given.find(|step| step.outcome != StepOutcome::Passed)
    }

    /// Why a refusal may not be the server's fault: what was sent may not have been good.
    fn doubt(&self, condition: &Condition, evaluator: &Evaluator<'_>) -> Option<String> {
        let status = evaluator.answer.status;
        let expected = self.step.expected_statuses();
        let should_work = expected.is_some_and(Statuses::allows_success);
        let refused = (400..500).contains(&status);
        if !matches!(condition, Condition::Status(_)) {
            return None;
        }
        if self.is_believed_from_here() {
            return Some(FORWARDED.to_owned());
        }
        if !(refused && should_work) {
            return None;
        }
        let reason = || self.unknown_account(status, evaluator.scope);
        self.doubtful_path(status).or_else(reason).or_else(|| {
            let inputs = self.step.inputs();
            inputs.iter().find_map(|input| match &input.reference {
                Reference::Account(name, field) => {
                    self.doubtful_input(name, *field, evaluator.scope)
                }
                Reference::Capture(_) | Reference::Attempt => None,
            })
        })
    }

    /// Where no page states the path of an operation, this server may have it elsewhere.
    fn doubtful_path(&self, status: u16) -> Option<String> {
        let name = &self.step.operation;
        self.elsewhere.then(|| {
            format!(
                "the contract only assumes where `{name}` is, and this server answers {status} there; if it has it \
                 elsewhere, say so with --operation '{name}=METHOD /path'"
            )
        })
    }

    /// Whether a call says where it comes from, and the server may well believe that of a caller on its own machine.
    fn is_believed_from_here(&self) -> bool {
        let target = &self.session.target;
        let mut headers = self.step.headers.iter();
        headers.any(|(name, _)| name.eq_ignore_ascii_case(FORWARDED_FOR))
            && target.base_url.is_loopback()
            && !target.distrusts_loopback
    }

    /// Why the refusal of a right password says nothing: no login of that provisioned account has succeeded before.
    pub(super) fn unknown_account(&self, status: u16, scope: &Scope) -> Option<String> {
        let expected = self.step.expected_statuses();
        let is_refused =
            (400..500).contains(&status) && expected.is_some_and(Statuses::allows_success);
        let is_unknown = |input: &&Expression| {
            let Reference::Account(name, Field::Password) = &input.reference else {
                return false;
            };
            let account = scope.accounts.get(name).filter(|account| !account.shared);
            let factor = account.and_then(|account| account.second_factor.as_ref());
            input.filters.is_empty() && factor.is_some_and(|factor| !factor.is_let_in())
        };
        (is_refused && self.step.inputs().iter().any(is_unknown)).then(|| {
            format!(
                "the first login of an account from --provision was answered {status}: does the server under test have that \
                 account, or did the command make it in another database?"
            )
        })
    }

    fn doubtful_input(&self, account: &str, field: Field, scope: &Scope) -> Option<String> {
        let reason = match field {
            Field::Totp if !self.session.clock.is_known() => {
                "a code was refused, but the server does not tell its time, and so the right code is unknown: say with \
                 --clock-offset how many seconds its clock is ahead"
            }
            Field::Totp if self.session.clock.is_zoned() => {
                "a code was refused, but the server does not tell its time, and those of its list of tokens are off by an hour \
                 or the like: say with --clock-offset how many seconds its clock is ahead"
            }
            Field::Totp if scope.shares(account) => {
                "a code of --totp-account was refused: is the totp_secret in the file still that of the account?"
            }
            Field::Password if scope.shares(account) => {
                "the account of --totp-account was refused: does the server still have it, with that password?"
            }
            Field::RecoveryCode if scope.shares(account) => {
                "a recovery code of --totp-account was refused; it may have been spent by an earlier run"
            }
            _ => return None,
        };
        Some(reason.to_owned())
    }

    fn hint(&self, answer: &Answer) -> Option<String> {
        let (session, step) = (self.session, self.step);
        let operation = session
            .plan
            .suite
            .contract
            .operations
            .get(&step.operation)?;
        let address = session.target.operation(&step.operation, operation);
        let hint = hint(&Circumstances {
            operation: &step.operation,
            known: operation.known,
            overridden: session.target.operations.contains_key(&step.operation),
            expected: step.expected_statuses(),
            answer,
            path: Some(&address.path),
            doubled: session.target.base_url.doubles(&address.path),
        })?;
        Some(session.secrets.redact(&hint))
    }

    /// Notes which accounts were let in by their passwords.
    fn let_in(&self, answer: &Answer, scope: &Scope) {
        if !(200..300).contains(&answer.status) {
            return;
        }
        for input in self.step.inputs() {
            if let Reference::Account(name, Field::Password) = &input.reference
                && input.filters.is_empty()
                && let Some(account) = scope.accounts.get(name)
                && let Some(factor) = &account.second_factor
            {
                factor.let_in();
            }
        }
    }

    fn keep(&self, answer: &Answer, scope: &mut Scope) {
        for capture in &self.step.captures {
            let value = captured(&capture.path, capture.count, answer, scope);
            let value = value.map_err(|what| {
                Missing(format!(
                    "the answer to `{}` at line {} has no value for `{}`: {what}",
                    self.step.operation,
                    self.line(self.step.span.start),
                    capture.name
                ))
            });
            scope.capture(&capture.name, value);
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.scenario.source.line(offset)
    }
}

/// Whether an expectation verifies clauses, each of which rests on what the documentation says of registering, by another
/// call than that.
pub(super) fn rests_on_registration(
    contract: &Contract,
    step: &Step,
    expectation: &Expectation,
) -> bool {
    let rests = |id: &String| {
        let clause = contract.clause(id);
        clause.is_some_and(|clause| clause.sources.iter().any(|id| id.starts_with("register.")))
    };
    let mut verifies = expectation.verifies.iter();
    step.operation != "register" && verifies.len() > 0 && verifies.all(rests)
}

fn outcome(expectations: &[ExpectationResult]) -> StepOutcome {
    let any = |wanted: fn(&ExpectationState) -> bool| {
        expectations
            .iter()
            .any(|expectation| wanted(&expectation.state))
    };
    if any(ExpectationState::is_failed) {
        StepOutcome::Failed
    } else if any(ExpectationState::is_untried) {
        StepOutcome::Blocked
    } else {
        StepOutcome::Passed
    }
}

pub(super) fn untried(reason: &str) -> ExpectationState {
    ExpectationState::Untried {
        reason: reason.to_owned(),
    }
}

pub(super) fn captured(
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
        // `null` is as good as nothing: some servers send every member.
        [Value::Null] => Err(format!("null at {place}")),
        [one] => Ok((*one).clone()),
        other => Err(format!("{} values at {place}", other.len())),
    }
}
