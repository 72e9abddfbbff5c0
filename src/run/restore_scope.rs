//! What a report still knows of a scenario: its accounts, and what its calls said. Names stand in the place of secrets.

use serde_json::Value;

use super::outcome::{ScenarioResult, StepOutcome, StepResult};
use super::scope::Scope;
use crate::accounts::{Account, Identity};
use crate::contract::{Contract, Role};
use crate::http::{RequestRecord, UNKNOWN};
use crate::suite::{
    AccountKind, AccountNeed, Bodies, Field, JsonTemplate, Piece, Reference, Scenario, Step,
    as_text,
};

/// A value that a call said of an account.
struct SentValue<'a> {
    account: &'a str,
    field: Field,
    text: String,
}

/// The scope in which a scenario began: what its calls said of its accounts, and the tokens of their registrations.
pub(super) fn scope_of(contract: &Contract, scenario: &Scenario, result: &ScenarioResult) -> Scope {
    let mut scope = Scope::default();
    let (openings, steps) = result
        .steps
        .split_at(result.steps.len() - scenario.steps.len());
    let mut said = Vec::new();
    for (step, done) in scenario.steps.iter().zip(steps) {
        if let (Bodies::Json(template), Some(body)) = (&step.bodies, request_body(done)) {
            learn(template, &body, &mut said);
        }
    }
    let mut emails = result.accounts.iter();
    for need in &scenario.accounts {
        let openings = openings.iter();
        let openings = openings.filter(|step| step.account.as_ref() == Some(&need.name));
        let openings: Vec<&StepResult> = openings.collect();
        let passed = openings
            .iter()
            .filter(|step| step.outcome == StepOutcome::Passed);
        let looks: Vec<_> = passed
            .filter_map(|step| Some((token_of_look(step)?, step)))
            .collect();
        // Those before count for nothing: the last ones are made when all sessions are there.
        let looks = looks.into_iter().rev().take(need.sessions.len()).rev();
        for (session, (token, step)) in need.sessions.iter().zip(looks) {
            scope.open_session(&need.name, &session.client, token);
            if let Some(answer) = step.exchange.as_ref().and_then(|kept| kept.answer()) {
                scope.identify_session(&need.name, &session.client, &answer);
            }
        }
        let email = (need.kind != AccountKind::Totp)
            .then(|| emails.next())
            .flatten();
        let is_entry = |step: &&&StepResult| {
            let request = step.exchange.as_ref().map(|exchange| &exchange.request);
            request.is_some_and(|request| {
                request.body.is_some() && header(request, &contract.client_header).is_none()
            })
        };
        let entry = openings.iter().find(is_entry).copied();
        let mut account = account(need, entry, email, &said);
        account.is_ready_made =
            entry.is_some_and(|step| contract.role_of(&step.operation) != Some(Role::Register));
        scope.accounts.insert(need.name.clone(), account);
    }
    scope
}

/// The token with which a session was seen alive before the first step.
fn token_of_look(step: &StepResult) -> Option<&str> {
    let request = &step.exchange.as_ref()?.request;
    header(request, "authorization")?.strip_prefix("Bearer ")
}

fn header<'a>(request: &'a RequestRecord, name: &str) -> Option<&'a str> {
    let mut headers = request.headers.iter();
    let header = headers.find(|header| header.name.eq_ignore_ascii_case(name));
    header.map(|header| header.value.as_str())
}

fn account(
    need: &AccountNeed,
    registration: Option<&StepResult>,
    email: Option<&String>,
    said: &[SentValue<'_>],
) -> Account {
    let body = registration.and_then(request_body);
    let value = |field: Field, member: &str| {
        let registered = body.as_ref().and_then(|body| body[member].as_str());
        let mut said = said.iter();
        let said = said.find(|said| said.account == need.name && said.field == field);
        let text = registered.or(said.map(|said| said.text.as_str()));
        text.unwrap_or(UNKNOWN).to_owned()
    };
    let answer = registration
        .and_then(|step| step.exchange.as_ref())
        .and_then(|exchange| serde_json::from_str::<Value>(&exchange.response.as_ref()?.body).ok());
    let token = answer.and_then(|body| body["token"].as_str().map(str::to_owned));
    let identity = Identity {
        email: email
            .cloned()
            .unwrap_or_else(|| value(Field::Email, "email")),
        password: value(Field::Password, "password"),
        name: value(Field::Name, "name"),
    };
    Account {
        token,
        ..identity.into()
    }
}

/// What stands alone in a place of a body has the value that was sent there.
fn learn<'a>(template: &'a JsonTemplate, sent: &Value, said: &mut Vec<SentValue<'a>>) {
    match (template, sent) {
        (JsonTemplate::Text(text), Value::String(sent)) => {
            let [Piece::Expression(expression)] = text.pieces.as_slice() else {
                return;
            };
            if let Reference::Account(account, field) = &expression.reference
                && expression.filters.is_empty()
            {
                said.push(SentValue {
                    account,
                    field: *field,
                    text: sent.clone(),
                });
            }
        }
        (JsonTemplate::Object(members), Value::Object(sent)) => {
            for (name, template) in members {
                if let Some(sent) = sent.get(name) {
                    learn(template, sent, said);
                }
            }
        }
        (JsonTemplate::List(items), Value::Array(sent)) => {
            for (template, sent) in items.iter().zip(sent) {
                learn(template, sent, said);
            }
        }
        _ => {}
    }
}

/// What the call of a step said: values of its path and its body.
pub(super) fn words(step: &Step, done: &StepResult, scope: &Scope) -> Vec<String> {
    let path = step.path.iter();
    let path = path.filter_map(|(_, value)| scope.text(value).ok());
    let body = request_body(done);
    let members = body.as_ref().and_then(Value::as_object);
    let members = members.into_iter().flat_map(|members| members.values());
    path.chain(members.map(|value| as_text(value).into_owned()))
        .collect()
}

fn request_body(step: &StepResult) -> Option<Value> {
    let exchange = step.exchange.as_ref()?;
    serde_json::from_str(exchange.request.body.as_ref()?).ok()
}
