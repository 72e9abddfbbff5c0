//! The judge of one step, without I/O: which expectations an answer meets, what is kept of it, and which failures it
//! does not explain.

use super::call::{Answered, RetryReason};
use super::evaluate::{Evaluation, Evaluator};
use super::hints::{Circumstances, hint};
use super::normalized_answer::NormalizedAnswer;
use super::outcome::{ExpectationResult, ExpectationState, StepOutcome, StepResult};
use super::reported_answer::ReportedAnswer;
use super::scope::{Missing, Scope, captured};
use crate::accounts::Account;
use crate::contract::{Contract, Role};
use crate::excerpt::Excerpt;
use crate::http::{Answer, Exchange, Secrets, ServerClock, Target};
use crate::suite::{
    AccountKind, Condition, Expectation, Field, Reference, Scenario, Statuses, Step, Suite,
    expected, step_line,
};

/// A step, what came before it, and what its answer is judged by.
pub(super) struct Judgement<'a> {
    pub(super) suite: &'a Suite,
    pub(super) secrets: &'a Secrets,
    pub(super) clock: &'a ServerClock,
    pub(super) evidence: Evidence<'a>,
    pub(super) scenario: &'a Scenario,
    pub(super) position: usize,
    /// The results of the steps before it, by their positions.
    pub(super) earlier: &'a [StepResult],
}

/// Where the answer of a step comes from.
#[derive(Clone, Copy)]
pub(super) enum Evidence<'a> {
    /// A call to this target.
    Call(&'a Target),
    /// A report, which hides secrets and cuts what is long. It does not have the answers of the steps at these positions
    /// as they were.
    Report(&'a [usize]),
}

/// What a report cannot tell. Nothing else is said of an expectation with these words.
pub(super) const NOT_IN_REPORT: &str = "the report says too little of the answer";

const READY_MADE: &str =
    "the account was there before the run, which so says nothing of its registration";
const SHARED_REFUSED: &str =
    "the account of --totp-account was refused: does the server still have it, with that password?";
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
    /// What the expectations of the step come to. What it captures is kept.
    pub(super) fn judge(&self, answered: &Answered, scope: &mut Scope) -> Vec<ExpectationResult> {
        let (step, answer) = (self.step(), &answered.answer);
        let evaluator = Evaluator {
            suite: self.suite,
            scope,
            answer,
            secrets: self.secrets,
            clock: self.clock,
            words: &answered.filled.words,
            successes: answered.successes,
            others: &answered.others,
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
                Some(reason) if expectation.needs_every_call() => ExpectationState::untried(reason),
                _ => self.expect(expectation, &evaluator, barrier, answered),
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
        if step.id.is_some() {
            let said = NormalizedAnswer::by(answer, &answered.filled.words);
            scope.remember(self.position, said);
        }
        let should_work = step
            .expected_statuses()
            .is_some_and(|statuses| statuses.allows_success() && !statuses.contains(401));
        if let (401, true, Some(token)) = (answer.status, should_work, &answered.filled.token) {
            scope.lose_token(token);
        }
        expectations
    }

    fn step(&self) -> &Step {
        &self.scenario.steps[self.position]
    }

    fn expect(
        &self,
        expectation: &Expectation,
        evaluator: &Evaluator<'_>,
        barrier: Option<Barrier>,
        answered: &Answered,
    ) -> ExpectationState {
        if let Some(given) = self.missing_given(expectation) {
            return ExpectationState::untried(&format!(
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
            return ExpectationState::untried(&format!(
                "`{}` at line {} was not answered with the expected status, so its body says nothing",
                self.step().operation,
                step_line(self.scenario, self.step())
            ));
        }
        let mut is_known = true;
        for (condition, span) in &expectation.conditions {
            let evaluation = evaluator.test(condition, span);
            let evaluation = match self.evidence {
                Evidence::Call(_) => evaluation,
                Evidence::Report(changed) => {
                    let reported = ReportedAnswer::new(evaluator, self.step(), changed);
                    reported.weigh(condition, evaluation)
                }
            };
            match evaluation {
                Evaluation::Holds => {}
                Evaluation::Unknown => is_known = false,
                Evaluation::Untried(Missing(reason)) => return ExpectationState::untried(&reason),
                // A body of another shape has failed already: its parts are not to blame as well.
                Evaluation::Fails(_) if barrier.is_some() => {
                    return ExpectationState::untried(&format!(
                        "the body of `{}` at line {} does not satisfy its schema, which is reported by itself",
                        self.step().operation,
                        step_line(self.scenario, self.step())
                    ));
                }
                Evaluation::Fails(mut failure) => {
                    if let Evidence::Call(target) = self.evidence {
                        let doubt = self.doubt(target, condition, evaluator, answered.elsewhere);
                        if let Some(doubt) = doubt {
                            return ExpectationState::untried(&doubt);
                        }
                        failure.hint = self.hint(target, evaluator.answer);
                    }
                    if let Some(look) = &self.step().look {
                        let cause = &self.scenario.steps[look.cause].operation;
                        let (session, message) = (&look.session, &failure.message);
                        failure.message =
                            format!("`{session}`, looked at after `{cause}`: {message}");
                    }
                    failure.excerpt = Excerpt::of(&self.scenario.source, span);
                    return ExpectationState::Failed { failure };
                }
            }
        }
        if !is_known {
            return ExpectationState::untried(NOT_IN_REPORT);
        }
        if answered.ran_out && expectation.statuses().is_some_and(Statuses::is_refusal) {
            return ExpectationState::untried(&RetryReason::CodeRanOut.to_string());
        }
        ExpectationState::Held
    }

    /// Whether an expectation verifies nothing but what rests on how an account was registered, and the accounts of the
    /// scenario are ready-made.
    fn rests_on_registration(&self, expectation: &Expectation, scope: &Scope) -> bool {
        let mut accounts = self.scenario.accounts.iter();
        let is_ready_made = accounts.any(|need| {
            let account = scope.accounts.get(&need.name);
            need.kind == AccountKind::Registered && account.is_some_and(|one| one.is_ready_made)
        });
        let contract = &self.suite.contract;
        is_ready_made && rests_on_registration(contract, self.step(), expectation)
    }

    fn missing_given(&self, expectation: &Expectation) -> Option<&StepResult> {
        let given = expectation.requires.iter().filter_map(|position| {
            let step = self.scenario.steps.get(*position)?;
            Some((step, self.earlier.get(*position)?))
        });
        let contract = &self.suite.contract;
        let mut missing = given.filter(|(step, done)| !has_taken_effect(contract, step, done));
        missing.next().map(|(_, done)| done)
    }

    /// Why a refusal may not be the server's fault: what was sent may not have been good.
    fn doubt(
        &self,
        target: &Target,
        condition: &Condition,
        evaluator: &Evaluator<'_>,
        elsewhere: bool,
    ) -> Option<String> {
        let status = evaluator.answer.status;
        let expected = self.step().expected_statuses();
        let should_work = expected.is_some_and(Statuses::allows_success);
        let refused = (400..500).contains(&status);
        if !matches!(condition, Condition::Status(_)) {
            return None;
        }
        if self.is_believed_from_here(target) {
            return Some(FORWARDED.to_owned());
        }
        if !(refused && should_work) {
            return None;
        }
        let reason = || self.unknown_account(status, evaluator.scope);
        let path = elsewhere.then(|| self.doubtful_path(status));
        path.or_else(reason).or_else(|| {
            let inputs = self.step().inputs();
            inputs.iter().find_map(|input| match &input.reference {
                Reference::Account(name, field) => {
                    self.doubtful_input(name, *field, evaluator.scope)
                }
                Reference::Capture(_) | Reference::Session(..) | Reference::Attempt => None,
            })
        })
    }

    /// Where no page states the path of an operation, this server may have it elsewhere.
    fn doubtful_path(&self, status: u16) -> String {
        let name = &self.step().operation;
        format!(
            "the contract only assumes where `{name}` is, and this server answers {status} there; if it has it \
             elsewhere, say so with --operation '{name}=METHOD /path'"
        )
    }

    /// Whether a call says where it comes from, and the server may well believe that of a caller on its own machine.
    fn is_believed_from_here(&self, target: &Target) -> bool {
        let mut headers = self.step().headers.iter();
        headers.any(|(name, _)| name.eq_ignore_ascii_case(FORWARDED_FOR))
            && target.base_url.is_loopback()
            && !target.distrusts_loopback
    }

    /// Why the refusal of a right password says nothing: no login of that provisioned account has succeeded before.
    pub(super) fn unknown_account(&self, status: u16, scope: &Scope) -> Option<String> {
        let expected = self.step().expected_statuses();
        let is_refused =
            (400..500).contains(&status) && expected.is_some_and(Statuses::allows_success);
        let inputs = self.step().inputs();
        let accounts = inputs.iter().filter_map(|input| match &input.reference {
            Reference::Account(name, Field::Password) if input.filters.is_empty() => {
                scope.accounts.get(name)
            }
            _ => None,
        });
        let reason = accounts
            .filter(|account| !account.shared && account.second_factor.is_some())
            .find_map(|account| unknown_account(account, status));
        reason.filter(|_| is_refused)
    }

    fn doubtful_input(&self, account: &str, field: Field, scope: &Scope) -> Option<String> {
        let reason = match field {
            Field::Totp | Field::TotpWithZero if !self.clock.is_known() => {
                "a code was refused, but the server does not tell its time, and so the right code is unknown: say with \
                 --clock-offset how many seconds its clock is ahead"
            }
            Field::Totp | Field::TotpWithZero if self.clock.is_zoned() => {
                "a code was refused, but the server does not tell its time, and those of its list of tokens are off by an hour \
                 or the like: say with --clock-offset how many seconds its clock is ahead"
            }
            Field::Totp | Field::TotpWithZero if scope.shares(account) => {
                "a code of --totp-account was refused: is the totp_secret in the file still that of the account?"
            }
            Field::Password if scope.shares(account) => SHARED_REFUSED,
            Field::RecoveryCode if scope.shares(account) => {
                "a recovery code of --totp-account was refused; it may have been spent by an earlier run"
            }
            _ => return None,
        };
        Some(reason.to_owned())
    }

    fn hint(&self, target: &Target, answer: &Answer) -> Option<String> {
        let step = self.step();
        let operation = self.suite.contract.operations.get(&step.operation)?;
        let address = target.operation(&step.operation, operation);
        let hint = hint(&Circumstances {
            operation: &step.operation,
            role: step.role,
            known: operation.known,
            overridden: target.operations.contains_key(&step.operation),
            expected: step.expected_statuses(),
            answer,
            path: Some(&address.path),
            doubled: target.base_url.doubled(&address.path),
        })?;
        Some(self.secrets.redact(&hint))
    }

    /// Notes which accounts were let in by their passwords.
    fn let_in(&self, answer: &Answer, scope: &Scope) {
        if !(200..300).contains(&answer.status) {
            return;
        }
        for input in self.step().inputs() {
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
        let step = self.step();
        for capture in &step.captures {
            let value = captured(&capture.path, capture.count, answer, scope);
            let value = value.map_err(|what| {
                Missing(format!(
                    "the answer to `{}` at line {} has no value for `{}`: {what}",
                    step.operation,
                    self.line(step.span.start),
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
fn rests_on_registration(contract: &Contract, step: &Step, expectation: &Expectation) -> bool {
    let rests = |id: &String| {
        let clause = contract.clause(id);
        clause.is_some_and(|clause| clause.sources.iter().any(|id| id.starts_with("register.")))
    };
    let mut verifies = expectation.verifies.iter();
    step.role != Some(Role::Register) && verifies.len() > 0 && verifies.all(rests)
}

/// Why the refusal of its right password says nothing, if no login of a provisioned account has succeeded.
pub(super) fn unknown_account(account: &Account, status: u16) -> Option<String> {
    let factor = account.second_factor.as_ref();
    let is_let_in = factor.is_some_and(|factor| factor.is_let_in());
    (!is_let_in).then(|| {
        if account.shared {
            return SHARED_REFUSED.to_owned();
        }
        format!(
            "the first login of an account from --provision was answered {status}: does the server under test have that account, \
             or did the command make it in another database?"
        )
    })
}

/// Whether later steps can rest on a step. A defect in how its answer describes something, such as a member that is missing
/// or a wrong order, takes nothing away from what the call did; of one that changes sessions, the status says that.
pub(super) fn has_taken_effect(contract: &Contract, step: &Step, done: &StepResult) -> bool {
    let Some(status) = done.exchange.as_deref().and_then(Exchange::status) else {
        return false;
    };
    if contract.has_effect(&step.operation) {
        return step.comes_out(status);
    }
    let is_expected = |statuses: &Statuses| statuses.contains(status);
    let expectations = step.expectations.iter().zip(&done.expectations);
    let mut about_state = expectations.filter(|(expectation, _)| expectation.is_about_state());
    step.expected_statuses().is_some_and(is_expected)
        && about_state.all(|(_, recorded)| {
            matches!(
                recorded.state,
                ExpectationState::Held | ExpectationState::Skipped { .. }
            )
        })
}

/// Whether a call that changes sessions came out otherwise than expected, so that what comes later in the scenario may fail
/// for that.
pub(super) fn goes_astray(contract: &Contract, step: &Step, done: &StepResult) -> bool {
    let status = done.exchange.as_deref().and_then(Exchange::status);
    contract.has_effect(&step.operation) && status.is_some_and(|status| !step.comes_out(status))
}

pub(super) fn outcome(expectations: &[ExpectationResult]) -> StepOutcome {
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
