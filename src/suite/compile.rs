//! From a scenario file to a [`Scenario`]: every name is resolved, every notation parsed, every mistake found.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::compile_expectation::Expectations;
use super::compiler::{Compiler, Definitions};
use super::file::{AccountFile, ScenarioFile, StepFile};
use super::look_around::{CHALLENGE, TOKEN, look_around};
use super::notation::{self, OneOrMany};
use super::scenario::{
    AccountKind, AccountNeed, Bodies, Capture, Repeat, Scenario, SessionNeed, Step, When,
};
use super::template::{ATTEMPT, FIELDS, Reference, Template, is_name};
use crate::contract::{Operation, Role, parameters};
use crate::diagnostic::{Diagnostic, Located, Source, did_you_mean};

/// The scenario in `file`, or every mistake in it.
pub(super) fn compile(
    id: &str,
    source: &Arc<Source>,
    file: &ScenarioFile,
    known: Definitions<'_>,
) -> (Option<Scenario>, Vec<Diagnostic>) {
    let mut compiler = Compiler {
        source,
        known,
        accounts: Vec::new(),
        continues: file.continues.is_some(),
        captures: BTreeSet::new(),
        opened: BTreeSet::new(),
        diagnostics: Vec::new(),
    };
    compiler.accounts(file);
    let files = with_one_token(&file.steps);
    let step_ids = compiler.step_ids(&files);
    let mut steps = Vec::new();
    for position in 0..files.len() {
        steps.extend(compiler.step(position, &files, &step_ids));
    }
    if file.steps.is_empty() {
        compiler.mistake(&(0..0), "the scenario has no step");
    }
    let mut scenario = Scenario {
        id: id.to_owned(),
        title: file.title.clone(),
        source: Arc::clone(source),
        continues: file.continues.clone(),
        accounts: compiler.accounts,
        exclusive: file.exclusive,
        profile: file.profile,
        steps,
    };
    let complete = compiler.diagnostics.is_empty();
    if complete {
        look_around(known.contract, &mut scenario);
    }
    (complete.then_some(scenario), compiler.diagnostics)
}

/// A step for each token of a step that has several.
fn with_one_token(steps: &[Located<StepFile>]) -> Vec<Located<StepFile>> {
    let each = |step: &Located<StepFile>| match &step.token {
        Some(tokens) if tokens.0.len() > 1 => {
            let one = |token: &String| {
                let token = Some(tokens.with(OneOrMany(vec![token.clone()])));
                step.with(StepFile {
                    token,
                    ..step.value.clone()
                })
            };
            tokens.0.iter().map(one).collect()
        }
        _ => vec![step.clone()],
    };
    steps.iter().flat_map(each).collect()
}

impl Compiler<'_> {
    fn accounts(&mut self, file: &ScenarioFile) {
        for (name, account) in &file.accounts {
            let kind = match (account.registered, account.totp) {
                (true, false) => AccountKind::Registered,
                (false, false) => AccountKind::Unregistered,
                (true, true) => AccountKind::Totp,
                (false, true) => {
                    let message = "an account with a second factor is always registered";
                    self.mistake(&account.span, message);
                    continue;
                }
            };
            if !is_name(name) {
                self.mistake(&account.span, format!("`{name}` is no name for an account"))
                    .help = "write lower-case letters, digits and underscores".into();
            }
            let sessions = self.sessions(account, kind);
            self.roles(account, kind);
            self.accounts.push(AccountNeed {
                name: name.clone(),
                kind,
                sessions,
                is_followed: account.sessions.is_some(),
            });
        }
    }

    /// What makes the account ready has to be in the contract.
    fn roles(&mut self, account: &Located<AccountFile>, kind: AccountKind) {
        let has_sessions = account.sessions.as_ref().is_some_and(|all| !all.is_empty());
        let is_challenged = kind == AccountKind::Totp && has_sessions;
        let needed = [
            (kind == AccountKind::Registered, Role::Register),
            (has_sessions, Role::LogIn),
            (has_sessions, Role::DescribeCaller),
            (is_challenged, Role::SecondFactor),
        ];
        for (_, role) in needed.into_iter().filter(|(is_needed, _)| *is_needed) {
            if self.known.contract.operation_of(role).is_none() {
                let message = format!("no operation of the contract has the role `{role}`");
                self.mistake(&account.span, message).help =
                    format!("an account of this kind needs it: give one operation `role: {role}`");
            }
        }
    }

    /// The client types of the sessions that an account has before the first step.
    fn sessions(&mut self, account: &AccountFile, kind: AccountKind) -> Vec<SessionNeed> {
        let mut sessions: Vec<SessionNeed> = Vec::new();
        for client in account.sessions.iter().flatten() {
            let is_field = FIELDS.iter().any(|(field, _)| *field == client.value);
            if !is_name(client) || is_field {
                let message = format!("`{}` is no name for a session", client.value);
                self.mistake(&client.span, message).help = "write a client type: cli".into();
            }
            if kind == AccountKind::Unregistered {
                let message = "an account that is not registered has no sessions";
                self.mistake(&client.span, message).help = "log in in a step".into();
            }
            if sessions.iter().any(|one| one.client == client.value) {
                let message = format!("the session `{}` is asked for twice", client.value);
                self.mistake(&client.span, message).help =
                    "a client type has one session at a time".into();
            }
            sessions.push(SessionNeed {
                client: client.value.clone(),
                span: client.span.clone(),
                needs_id: false,
            });
        }
        sessions
    }

    fn step_ids(&mut self, steps: &[Located<StepFile>]) -> Vec<Option<String>> {
        let mut ids: Vec<Option<String>> = Vec::new();
        for step in steps {
            let id = step.id.as_ref();
            if let Some(id) = id
                && ids.iter().flatten().any(|other| *other == id.value)
            {
                self.mistake(
                    &id.span,
                    format!("the step id `{}` is used twice", id.value),
                )
                .help = "give each step an id of its own".into();
            }
            ids.push(id.map(|id| id.value.clone()));
        }
        ids
    }

    fn step(
        &mut self,
        position: usize,
        all: &[Located<StepFile>],
        ids: &[Option<String>],
    ) -> Option<Step> {
        let step = &all[position].value;
        let operation = self.operation(&step.call);
        let path = self.path(step, operation.as_ref());
        let client = step.client.as_ref().and_then(|text| self.template(text));
        let (own_token, usual_body) = self.caller(step, operation.as_ref());
        let named = step.token.as_ref();
        let named = named.and_then(|tokens| Some(tokens.with(tokens.0.first()?.clone())));
        let token = named.or(own_token);
        let token = token.and_then(|text| self.template(&text));
        let headers = self.headers(step);
        let bodies = self.bodies(step, usual_body);
        let repeat = step.repeat.as_ref().and_then(|repeat| {
            let Ok(within) = notation::duration(&repeat.within) else {
                let message = format!("`{}` is no duration", repeat.within.value);
                self.mistake(&repeat.within.span, message).help = "write 60s or 2m".into();
                return None;
            };
            Some(Repeat {
                max: repeat.max,
                within,
                until: repeat.until.clone(),
            })
        });
        let expectations = Expectations {
            step,
            call: &step.call,
            ids,
            own_position: position,
            token: token.as_ref(),
            steps: all,
        }
        .compile(self);
        let when = step.when.as_ref().map(|text| {
            let absent = text.value.strip_prefix("not ");
            let capture = absent.unwrap_or(&text.value).trim().to_owned();
            self.reference(&Reference::Capture(capture.clone()), &text.span);
            When {
                capture,
                has_value: absent.is_none(),
            }
        });
        let captures = self.captures(step);
        let role = operation?.role.map(|role| role.value);
        Some(Step {
            role,
            id: step.id.as_ref().map(|id| id.value.clone()),
            span: step.call.span.clone(),
            operation: step.call.value.clone(),
            path,
            client,
            token,
            headers,
            bodies,
            when,
            after: step.after,
            repeat,
            unused: step.unused,
            expectations,
            captures,
            look: None,
        })
    }

    fn operation(&mut self, call: &Located<String>) -> Option<Operation> {
        let operations = &self.known.contract.operations;
        let found = operations.get(&call.value).cloned();
        if found.is_none() {
            let help = did_you_mean(call, operations.keys().map(String::as_str));
            self.mistake_with_help(
                &call.span,
                format!("unknown operation `{}`", call.value),
                help,
            );
        }
        found
    }

    fn path(&mut self, step: &StepFile, operation: Option<&Operation>) -> Vec<(String, Template)> {
        let mut values = Vec::new();
        for (name, text) in &step.path {
            if operation.is_some_and(|operation| !parameters(&operation.path).any(|p| p == name)) {
                let message = format!("`{}` has no parameter `{name}`", step.call.value);
                self.mistake(&text.span, message);
            }
            if let Some(template) = self.template(text) {
                values.push((name.clone(), template));
            }
        }
        for name in operation
            .iter()
            .flat_map(|operation| parameters(&operation.path))
        {
            if !step.path.contains_key(name) {
                let message = format!("`{}` needs a value for `{name}`", step.call.value);
                self.mistake(&step.call.span, message).help =
                    format!("add `path: {{ {name}: … }}`");
            }
        }
        values
    }

    fn headers(&mut self, step: &StepFile) -> Vec<(String, Template)> {
        let mut headers = Vec::new();
        for (name, text) in &step.headers {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if name.is_empty() || !name.chars().all(is_name) {
                self.mistake(&text.span, format!("`{name}` is no name of a header"));
            }
            if let Some(template) = self.template(text) {
                headers.push((name.to_ascii_lowercase(), template));
            }
        }
        headers
    }

    /// The token and the body of whoever makes a call: a session has a token, and an account a body.
    fn caller(
        &mut self,
        step: &StepFile,
        operation: Option<&Operation>,
    ) -> (Option<Located<String>>, Option<Located<Value>>) {
        let Some(caller) = &step.caller else {
            return (None, None);
        };
        if caller.contains('.') {
            if let Some(token) = &step.token {
                let message = "a step has one of `token` and a session in `as`";
                self.mistake(&token.span, message);
            }
            return (Some(caller.with(format!("{{{{{}}}}}", caller.value))), None);
        }
        let usual = operation.and_then(|operation| operation.usual_body_of(&caller.value));
        let Some(body) = usual else {
            let call = &step.call.value;
            let message = format!("`{call}` has no usual body");
            self.mistake(&caller.span, message).help =
                format!("name a session of the account: `as: {}.cli`", caller.value);
            return (None, None);
        };
        if self.account(&caller.value, &caller.span).is_none() {
            return (None, None);
        }
        (None, Some(caller.with(body.value)))
    }

    fn bodies(&mut self, step: &StepFile, usual: Option<Located<Value>>) -> Bodies {
        let given = usize::from(step.body.is_some() || usual.is_some())
            + usize::from(step.raw.is_some())
            + usize::from(!step.concurrent.is_empty());
        if given > 1 {
            let message = "a step has one of `body`, `raw` and `concurrent`";
            self.mistake(&step.call.span, message);
        }
        if let (Some(_), [first, ..]) = (&step.repeat, step.concurrent.as_slice()) {
            self.mistake(&first.span, "`concurrent` cannot be repeated");
        }
        if let [only] = step.concurrent.as_slice() {
            let message = "calls at the same time are two or more";
            self.mistake(&only.span, message).help = "write `body` for a single one".into();
        }
        let body = match (usual, &step.body) {
            (Some(mut usual), Some(body)) => {
                let own = body.as_object().cloned().unwrap_or_default();
                if let Some(members) = usual.value.as_object_mut() {
                    members.extend(own);
                }
                Some(body.with(usual.value))
            }
            (usual, body) => usual.or_else(|| body.clone()),
        };
        if let Some(body) = &body {
            return self.json(body).map_or(Bodies::None, Bodies::Json);
        }
        if let Some(text) = &step.raw {
            return self.template(text).map_or(Bodies::None, Bodies::Raw);
        }
        if step.concurrent.is_empty() {
            return Bodies::None;
        }
        let bodies = step.concurrent.iter();
        Bodies::Concurrent(bodies.filter_map(|body| self.json(body)).collect())
    }

    fn captures(&mut self, step: &StepFile) -> Vec<Capture> {
        let mut captures = Vec::new();
        for (name, text) in &step.capture {
            let counted = text
                .strip_prefix("count(")
                .and_then(|rest| rest.strip_suffix(')'));
            let path = self.json_path(&text.with(counted.unwrap_or(&text.value).to_owned()));
            if !is_name(name) {
                self.mistake(&text.span, format!("`{name}` is no name for a capture"))
                    .help = "write lower-case letters, digits and underscores".into();
            }
            if name == ATTEMPT {
                let message = format!("`{ATTEMPT}` is the number of the call");
                self.mistake(&text.span, message).help = "give the capture another name".into();
            }
            if !self.captures.insert(name.clone()) {
                self.mistake(&text.span, format!("`{name}` is captured twice"))
                    .help = "give each capture a name of its own".into();
            }
            let is_followed = |caller: &Located<String>| {
                let mut accounts = self.accounts.iter();
                accounts.any(|need| need.name == caller.value && need.is_followed)
            };
            if [TOKEN, CHALLENGE].contains(&text.value.as_str())
                && !step.unused
                && step.caller.as_ref().is_some_and(is_followed)
            {
                self.opened.insert(name.clone());
            }
            if let Some(path) = path {
                captures.push(Capture {
                    name: name.clone(),
                    path,
                    count: counted.is_some(),
                    is_derived: false,
                });
            }
        }
        captures
    }
}
