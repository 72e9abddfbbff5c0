//! What an operation answers: statuses, and the schemas of bodies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::body_schemas::reference;
use super::calls::{Call, Code};
use crate::contract::Contract;
use crate::suite::Statuses;

/// A status that is expected, and a schema that is expected with it.
type Answer<'a> = (Code, Option<&'a str>);

/// The answers that the calls of an operation expect, by status.
pub(super) fn responses(contract: &Contract, calls: &[Call<'_>]) -> Value {
    let answers = narrowed(&calls.iter().flat_map(answers_of).collect());
    if answers.is_empty() {
        let description = "No scenario says how this operation is answered.";
        return json!({ "default": { "description": description } });
    }
    let by_status: BTreeMap<String, Value> = answers
        .iter()
        .map(|(code, _)| {
            let schemas: BTreeSet<&str> = answers
                .iter()
                .filter(|(other, _)| other.has(*code))
                .filter_map(|(_, schema)| *schema)
                .collect();
            let mut response = json!({ "description": description(contract, *code, calls) });
            if let Some(schema) = any_of(&schemas) {
                response["content"] = json!({ "application/json": { "schema": schema } });
            }
            (code.to_string(), response)
        })
        .collect();
    json!(by_status)
}

fn answers_of<'a>(call: &Call<'a>) -> Vec<Answer<'a>> {
    let schemas: Vec<Option<&str>> = match call.schemas().map(Some).collect::<Vec<_>>() {
        none if none.is_empty() => vec![None],
        schemas => schemas,
    };
    [call.success, call.refusal]
        .into_iter()
        .flatten()
        .flat_map(|code| schemas.iter().map(move |schema| (code, *schema)))
        .collect()
}

/// Without what is said more closely elsewhere: most calls only need to succeed, with whatever status and body.
fn narrowed<'a>(answers: &BTreeSet<Answer<'a>>) -> BTreeSet<Answer<'a>> {
    let is_said_elsewhere = |answer: &Answer<'a>| {
        let (code, schema) = answer;
        matches!(code, Code::Class(_))
            && code.is_success()
            && answers
                .iter()
                .filter(|other| *other != answer && code.has(other.0))
                .any(|(_, its_schema)| schema.is_none() || its_schema == schema)
    };
    answers
        .iter()
        .filter(|answer| !is_said_elsewhere(answer))
        .copied()
        .collect()
}

fn any_of(schemas: &BTreeSet<&str>) -> Option<Value> {
    let mut references = schemas.iter().map(|name| reference(name));
    match schemas.len() {
        0 | 1 => references.next(),
        _ => Some(json!({ "anyOf": references.collect::<Vec<_>>() })),
    }
}

/// The clauses that ask for just that status.
fn description(contract: &Contract, code: Code, calls: &[Call<'_>]) -> String {
    let Code::One(status) = code else {
        return if code.is_success() {
            "The call succeeds. The contract leaves open with which status."
        } else {
            "The call is refused. The contract leaves open with which status."
        }
        .to_owned();
    };
    let asks = |statuses: Option<&Statuses>| statuses.is_some_and(|set| set.is_just(status));
    let ids: BTreeSet<&str> = calls
        .iter()
        .flat_map(|call| &call.step.expectations)
        .filter(|expectation| asks(expectation.statuses()))
        .flat_map(|expectation| &expectation.verifies)
        .map(String::as_str)
        .collect();
    let texts: Vec<&str> = contract
        .clauses
        .iter()
        .filter(|clause| ids.contains(clause.id.as_str()))
        .map(|clause| clause.text.as_str())
        .collect();
    if !texts.is_empty() {
        return texts.join(" ");
    }
    if code.is_success() {
        "The call succeeds."
    } else {
        "The call is refused."
    }
    .to_owned()
}
