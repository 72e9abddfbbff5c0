//! The part of compilation that deals with what a step expects.

use std::sync::OnceLock;
use std::time::Duration;

use super::compiler::Compiler;
use super::file::{ExpectationFile, StepFile};
use super::notation::{self, Statuses};
use super::scenario::{AccountKind, AccountNeed, Condition, Expectation, Test};
use super::template::{Reference, SessionPart, Template};
use crate::contract::Role;
use crate::diagnostic::{Diagnostic, Located, Span, did_you_mean, did_you_mean_or};

/// Room for one hour of daylight saving and a few minutes of work.
const DEFAULT_TOLERANCE: Duration = Duration::from_mins(65);

/// The expectations of one step.
pub(super) struct Expectations<'a> {
    pub(super) step: &'a StepFile,
    pub(super) call: &'a Located<String>,
    pub(super) ids: &'a [Option<String>],
    pub(super) own_position: usize,
    pub(super) token: Option<&'a Template>,
    pub(super) steps: &'a [Located<StepFile>],
}

impl Expectations<'_> {
    pub(super) fn compile(&self, compiler: &mut Compiler<'_>) -> Vec<Expectation> {
        for clause in &self.step.verifies {
            known_clause(clause, compiler);
        }
        let Some(expected) = &self.step.expect else {
            let succeeds = ExpectationFile {
                status: Some(self.call.with(Statuses::success())),
                ..ExpectationFile::default()
            };
            return vec![self.one(&succeeds, compiler)];
        };
        let files = &expected.0;
        if files.iter().all(|file| file.status.is_none()) {
            let message = "the step expects no status";
            compiler.mistake(&self.call.span, message).help =
                "add a status, so that an error page is never taken for an answer".into();
        }
        files.iter().map(|file| self.one(file, compiler)).collect()
    }

    fn one(&self, file: &ExpectationFile, compiler: &mut Compiler<'_>) -> Expectation {
        for clause in &file.verifies {
            known_clause(clause, compiler);
        }
        let mut conditions = conditions(file, compiler);
        conditions.extend(self.same_response_as(file, compiler));
        conditions.extend(self.of_concurrent(file, compiler));
        if conditions.is_empty() && !file.has_condition() {
            let message = "the expectation has no condition";
            compiler.mistake(&self.call.span, message).help =
                "add one, such as `status: 200`".into();
        }
        let named = |clauses: &[Located<String>]| -> Vec<String> {
            clauses.iter().map(|clause| clause.value.clone()).collect()
        };
        let verifies = if file.verifies.is_empty() {
            named(&self.step.verifies)
        } else {
            named(&file.verifies)
        };
        let named = file.control.as_ref().or(self.step.control.as_ref());
        // Where a 429 is reckoned with, being throttled is a reason as good as any.
        let refuses = file
            .status
            .as_ref()
            .filter(|status| status.is_refusal() && !status.names(429));
        if let (Some(status), false, None) = (refuses, verifies.is_empty(), named)
            && !self.was_accepted_before(compiler)
        {
            let message = "a refusal verifies nothing without its positive control";
            compiler.mistake(&status.span, message).help =
                "name a step that differs in that one thing and succeeds: `control: STEP-ID`"
                    .into();
        }
        let (mut requires, mut masked_by) = (
            self.requires(file, compiler),
            self.masked_by(file, compiler),
        );
        // A precondition fails no clause: what it requires changes nothing.
        if verifies.is_empty() {
            requires.clear();
            masked_by.clear();
        }
        Expectation {
            conditions,
            control: named.and_then(|name| self.control(name, compiler)),
            verifies,
            requires,
            masked_by,
            in_words: OnceLock::new(),
        }
    }

    /// Whether what made the accounts of the scenario ready is as good as a control: the session was seen alive, or an account
    /// was registered.
    fn was_accepted_before(&self, compiler: &Compiler<'_>) -> bool {
        let token = self.token.and_then(Template::plain);
        let is_session = match token {
            Some(Reference::Session(.., SessionPart::Token)) => true,
            Some(Reference::Capture(name)) => compiler.opened.contains(name),
            _ => false,
        };
        let is_registered = |need: &AccountNeed| need.kind == AccountKind::Registered;
        is_session
            || compiler.known.contract.role_of(self.call) == Some(Role::Register)
                && compiler.accounts.iter().any(is_registered)
    }

    fn control(&self, name: &Located<String>, compiler: &mut Compiler<'_>) -> Option<usize> {
        let position = self.position(name, compiler)?;
        if position == self.own_position || !self.steps[position].may_succeed() {
            let message = format!(
                "`{}` expects no success, so it is no positive control",
                name.value
            );
            compiler.mistake(&name.span, message).help =
                "a control differs in one thing and succeeds".into();
        }
        Some(position)
    }

    fn same_response_as(
        &self,
        file: &ExpectationFile,
        compiler: &mut Compiler<'_>,
    ) -> Option<(Condition, Span)> {
        let name = file.same_response_as.as_ref()?;
        let position = self.position(name, compiler)?;
        if position >= self.own_position {
            let message = format!("`{}` is no earlier step", name.value);
            compiler.mistake(&name.span, message).help =
                "an answer is compared with one that has come before".into();
        }
        Some((Condition::SameResponse(position), name.span.clone()))
    }

    /// What is expected of all calls that are made at once.
    fn of_concurrent(
        &self,
        file: &ExpectationFile,
        compiler: &mut Compiler<'_>,
    ) -> Vec<(Condition, Span)> {
        let succeeded = (file.succeeded.as_ref())
            .map(|count| (Condition::Succeeded(count.value), count.span.clone()));
        let others = (file.others.as_ref())
            .map(|others| (Condition::Others(others.value.clone()), others.span.clone()));
        let conditions: Vec<_> = succeeded.into_iter().chain(others).collect();
        if let (Some((_, span)), true) = (conditions.first(), self.step.concurrent.is_empty()) {
            let message = "`succeeded` and `others` are about the calls of `concurrent`";
            compiler.mistake(span, message).help = "write `status: 2xx` for a single call".into();
        }
        conditions
    }

    fn requires(&self, file: &ExpectationFile, compiler: &mut Compiler<'_>) -> Vec<usize> {
        let mut positions = Vec::new();
        for name in self.step.requires.iter().chain(&file.requires) {
            let Some(position) = self.position(name, compiler) else {
                continue;
            };
            if position >= self.own_position {
                let message = format!("`{}` is no earlier step", name.value);
                compiler.mistake(&name.span, message).help =
                    "what is given has happened before; of a later step write `masked_by`".into();
            }
            positions.push(position);
        }
        positions
    }

    fn masked_by(&self, file: &ExpectationFile, compiler: &mut Compiler<'_>) -> Vec<usize> {
        let mut positions = Vec::new();
        for name in self.step.masked_by.iter().chain(&file.masked_by) {
            let Some(position) = self.position(name, compiler) else {
                continue;
            };
            if position == self.own_position {
                let message = format!("`{}` is the step itself", name.value);
                compiler.mistake(&name.span, message).help = "name another step".into();
            }
            positions.push(position);
        }
        positions
    }

    fn position(&self, name: &Located<String>, compiler: &mut Compiler<'_>) -> Option<usize> {
        let position = self
            .ids
            .iter()
            .position(|id| id.as_deref() == Some(&name.value));
        if position.is_none() {
            let known = self.ids.iter().flatten().map(String::as_str);
            let help = did_you_mean(name, known);
            let message = format!("no step of this scenario has the id `{}`", name.value);
            compiler.mistake_with_help(&name.span, message, help);
        }
        position
    }
}

fn known_clause(clause: &Located<String>, compiler: &mut Compiler<'_>) {
    let contract = compiler.known.contract;
    if contract.clause(clause).is_none() {
        let ids = contract.clauses.iter().map(|clause| clause.id.as_str());
        let help = did_you_mean_or(clause, ids, "the clauses are in specs/contract.yaml");
        compiler.mistake_with_help(
            &clause.span,
            format!("unknown clause `{}`", clause.value),
            help,
        );
    }
}

fn conditions(file: &ExpectationFile, compiler: &mut Compiler<'_>) -> Vec<(Condition, Span)> {
    let mut conditions = Vec::new();
    if let Some(status) = &file.status {
        conditions.push((Condition::Status(status.value.clone()), status.span.clone()));
    }
    if let Some(schema) = &file.schema {
        if !compiler.known.schemas.contains(&schema.value) {
            let known = compiler.known.schemas.iter().map(String::as_str);
            let help = did_you_mean(schema, known);
            let message = format!("unknown schema `{}`", schema.value);
            compiler.mistake_with_help(&schema.span, message, help);
        }
        conditions.push((Condition::Schema(schema.value.clone()), schema.span.clone()));
    }
    if let Some(yes) = &file.is_json {
        only_true(yes, compiler);
        conditions.push((Condition::IsJson, yes.span.clone()));
    }
    if let Some(yes) = &file.not_html {
        only_true(yes, compiler);
        conditions.push((Condition::NotHtml, yes.span.clone()));
    }
    if let Some(body) = &file.body {
        conditions.push((Condition::EmptyBody, body.span.clone()));
    }
    if let Some(text) = &file.contains
        && let Some(template) = compiler.template(text)
    {
        conditions.push((Condition::Contains(template), text.span.clone()));
    }
    if let Some(yes) = &file.no_secrets {
        only_true(yes, compiler);
        conditions.push((Condition::NoSecrets, yes.span.clone()));
    }
    if let Some(yes) = &file.no_internals {
        only_true(yes, compiler);
        conditions.push((Condition::NoInternals, yes.span.clone()));
    }
    if let Some(header) = &file.header {
        let condition = Condition::Header(header.name.clone(), header.has.clone());
        conditions.push((condition, header.span.clone()));
    }
    let tests = tests(file, compiler);
    match &file.at {
        None => {
            if let Some((_, span)) = tests.first() {
                let message = "this condition speaks of a place in the body";
                compiler.mistake(span, message).help = "name the place: `at: $.user.email`".into();
            }
        }
        Some(at) => {
            if tests.is_empty() {
                compiler
                    .mistake(&at.span, "nothing is expected of this place")
                    .help =
                    "add equals, not_contains, min_entropy_bits, count, absent, unique, sorted, approx, all_approx, same_instant or same_email"
                        .into();
            }
            for (test, span) in tests {
                if let Some(path) = compiler.json_path(at) {
                    conditions.push((Condition::At(path, test), span));
                }
            }
        }
    }
    conditions
}

fn tests(file: &ExpectationFile, compiler: &mut Compiler<'_>) -> Vec<(Test, Span)> {
    let mut tests = Vec::new();
    if let Some(value) = &file.equals
        && let Some(template) = compiler.json(value)
    {
        tests.push((Test::Equals(template), value.span.clone()));
    }
    if let Some(text) = &file.not_contains
        && let Some(template) = compiler.template(text)
    {
        tests.push((Test::NotContains(template), text.span.clone()));
    }
    if let Some(bits) = &file.min_entropy_bits {
        tests.push((Test::MinEntropyBits(bits.value), bits.span.clone()));
    }
    if let Some(value) = &file.count
        && let Some(template) = compiler.json(value)
    {
        if !(value.is_u64() || value.is_string()) {
            compiler.mistake(&value.span, "a count is a number or a template");
        }
        tests.push((Test::Count(template), value.span.clone()));
    }
    if let Some(yes) = &file.absent {
        only_true(yes, compiler);
        tests.push((Test::Absent, yes.span.clone()));
    }
    if let Some(yes) = &file.unique {
        only_true(yes, compiler);
        tests.push((Test::Unique, yes.span.clone()));
    }
    if let Some(order) = &file.sorted {
        tests.push((Test::Sorted(order.value), order.span.clone()));
    }
    for (text, of_all) in [(&file.approx, false), (&file.all_approx, true)] {
        if let Some(text) = text
            && let Some((offset, within)) = near(text, file.within.as_ref(), compiler)
        {
            let test = if of_all {
                Test::AllApprox { offset, within }
            } else {
                Test::Approx { offset, within }
            };
            tests.push((test, text.span.clone()));
        }
    }
    if let (Some(within), None, None) = (&file.within, &file.approx, &file.all_approx) {
        compiler.mistake(&within.span, "`within` goes with `approx` or `all_approx`");
    }
    if let Some(text) = &file.same_instant
        && let Some(template) = compiler.template(text)
    {
        tests.push((Test::SameInstant(template), text.span.clone()));
    }
    if let Some(text) = &file.same_email
        && let Some(template) = compiler.template(text)
    {
        tests.push((Test::SameEmail(template), text.span.clone()));
    }
    tests
}

fn near(
    text: &Located<String>,
    within: Option<&Located<String>>,
    compiler: &mut Compiler<'_>,
) -> Option<(i64, Duration)> {
    let Some(offset) = notation::signed_seconds(text) else {
        let message = format!("`{}` is no distance in time", text.value);
        compiler.mistake(&text.span, message).help = "write +30d, -1h or 0s".into();
        return None;
    };
    let within = match within.map(|within| (notation::duration(within), within)) {
        None => DEFAULT_TOLERANCE,
        Some((Ok(within), _)) => within,
        Some((Err(message), within)) => {
            compiler.mistake(&within.span, message);
            return None;
        }
    };
    Some((offset, within))
}

fn only_true(flag: &Located<bool>, compiler: &mut Compiler<'_>) {
    if !flag.value {
        let diagnostic: &mut Diagnostic =
            compiler.mistake(&flag.span, "`false` expects nothing here");
        diagnostic.help = "write `true`, or leave the key out".into();
    }
}
