//! What an operation is sent: parameters, the token, and the body.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::calls::{Call, succeeding};
use crate::contract::{Contract, Operation, parameters as names_in};
use crate::suite::{Bodies, Field, JsonTemplate, Reference, Suite, Template};

/// The name of the security scheme.
pub(super) const BEARER: &str = "bearer";

/// The client types of calls that have to succeed, and of the sessions that accounts have.
pub(super) fn client_types(suite: &Suite) -> BTreeSet<&str> {
    let sent = suite
        .scenarios
        .iter()
        .flat_map(|scenario| &scenario.steps)
        .filter(|step| step.client.is_some() && Call::of(step).must_succeed())
        .filter_map(|step| step.client.as_ref()?.as_text());
    let opened = suite
        .scenarios
        .iter()
        .flat_map(|scenario| &scenario.accounts)
        .flat_map(|need| &need.sessions)
        .map(|session| session.client.as_str());
    sent.chain(opened).collect()
}

/// The parameters in the path; and the client header, if some call of the operation sends it.
pub(super) fn parameters(
    contract: &Contract,
    operation: &Operation,
    calls: &[Call<'_>],
    client_types: &BTreeSet<&str>,
) -> Vec<Value> {
    let in_path = names_in(&operation.path).map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    });
    let sends_client = calls.iter().any(|call| call.step.client.is_some());
    let in_header = sends_client.then(|| {
        json!({
            "name": contract.client_header.value,
            "in": "header",
            "required": false,
            "description": "The type of the client.",
            // Not an `enum`: how a server answers any other type is for the clauses to say.
            "schema": { "type": "string", "examples": client_types },
        })
    });
    in_path.chain(in_header).collect()
}

/// A bearer token, if the calls that succeed send one; it is optional if only some of them do.
pub(super) fn security(calls: &[Call<'_>]) -> Option<Value> {
    let succeeding = succeeding(calls);
    let with_token = succeeding.iter().filter(|call| sends_token(call)).count();
    if with_token == 0 {
        None
    } else if with_token == succeeding.len() {
        Some(json!([{ BEARER: [] }]))
    } else {
        Some(json!([{}, { BEARER: [] }]))
    }
}

fn sends_token(call: &Call<'_>) -> bool {
    let is_authorization = |(name, _): &(String, Template)| name == "authorization";
    call.step.token.is_some() || call.step.headers.iter().any(is_authorization)
}

/// The body: its members are those of the usual body, which are required, and those that calls send which succeed.
/// Without a usual body, the members are required that all of these calls send.
pub(super) fn body(operation: &Operation, calls: &[Call<'_>]) -> Option<Value> {
    let usual = operation
        .usual_body
        .as_ref()
        .and_then(|body| JsonTemplate::parse(body).ok());
    let usual = usual.as_ref().and_then(members_of);
    let succeeding = succeeding(calls);
    let sent: Vec<Members<'_>> = succeeding
        .iter()
        .flat_map(|call| bodies_of(call))
        .filter_map(members_of)
        .collect();
    let mut members: Vec<Member<'_>> = Vec::new();
    for (name, value) in usual.iter().chain(&sent).copied().flatten() {
        let (kind, is_usual) = (Kind::of(value), has(usual, name));
        match members.iter_mut().find(|member| member.name == name) {
            // What is usually sent says it best.
            Some(_) if is_usual => {}
            Some(member) => member.kind.widen(kind),
            None => members.push(Member {
                name,
                kind,
                is_required: is_usual
                    || usual.is_none() && sent.iter().all(|body| has(Some(body), name)),
            }),
        }
    }
    if usual.is_none() && sent.is_empty() {
        return None;
    }
    let required: Vec<&str> = members
        .iter()
        .filter(|member| member.is_required)
        .map(|member| member.name)
        .collect();
    let properties: Map<String, Value> = members
        .iter()
        .map(|member| (member.name.to_owned(), member.kind.schema()))
        .collect();
    let schema = json!({ "type": "object", "required": required, "properties": properties });
    let is_always_sent = succeeding
        .iter()
        .all(|call| !matches!(call.step.bodies, Bodies::None));
    Some(json!({
        "required": is_always_sent,
        "content": { "application/json": { "schema": schema } },
    }))
}

/// The members of a body that is an object.
type Members<'a> = &'a [(String, JsonTemplate)];

struct Member<'a> {
    name: &'a str,
    kind: Kind,
    is_required: bool,
}

/// What a value is, in the words of JSON Schema.
struct Kind {
    types: BTreeSet<&'static str>,
    format: Option<&'static str>,
}

fn has(members: Option<Members<'_>>, name: &str) -> bool {
    members.is_some_and(|members| members.iter().any(|(other, _)| other == name))
}

fn members_of(body: &JsonTemplate) -> Option<Members<'_>> {
    match body {
        JsonTemplate::Object(members) => Some(members),
        _ => None,
    }
}

fn bodies_of<'a>(call: &Call<'a>) -> &'a [JsonTemplate] {
    match &call.step.bodies {
        Bodies::Json(body) => std::slice::from_ref(body),
        Bodies::Concurrent(bodies) => bodies,
        Bodies::None | Bodies::Raw(_) => &[],
    }
}

impl Kind {
    fn of(value: &JsonTemplate) -> Self {
        let (name, format) = match value {
            JsonTemplate::Literal(value) => (type_of(value), None),
            JsonTemplate::Text(template) => ("string", format_of(template)),
            JsonTemplate::List(_) => ("array", None),
            JsonTemplate::Object(_) => ("object", None),
        };
        Self {
            types: BTreeSet::from([name]),
            format,
        }
    }

    fn widen(&mut self, other: Self) {
        self.types.extend(other.types);
        self.format = self.format.filter(|format| other.format == Some(format));
    }

    fn schema(&self) -> Value {
        let mut schema = Map::new();
        let types: Vec<&str> = self.types.iter().copied().collect();
        let types = match types.as_slice() {
            [only] => json!(only),
            several => json!(several),
        };
        schema.insert("type".to_owned(), types);
        if let Some(format) = self.format {
            schema.insert("format".to_owned(), format.into());
        }
        schema.into()
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The format of a part of an account, if it has one.
fn format_of(template: &Template) -> Option<&'static str> {
    match template.plain()? {
        Reference::Account(_, Field::Email) => Some("email"),
        Reference::Account(_, Field::Password) => Some("password"),
        _ => None,
    }
}
