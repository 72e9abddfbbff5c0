//! The contract as an OpenAPI 3.1 document. The contract has operations and clauses; what is sent and how it is answered
//! follows from the calls that the scenarios make.

mod answers;
mod body_schemas;
mod calls;
mod requests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use self::answers::responses;
use self::body_schemas::components;
use self::calls::{Call, calls_of};
use self::requests::{BEARER, body, client_types, parameters, security};
use crate::contract::{Contract, Effect, Operation, OperationOrigin};
use crate::printable::is_harmful;
use crate::suite::Suite;

/// The methods that OpenAPI 3.1 has.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What the schemas of bodies are written in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

const INTRODUCTION: &str = "This document is made from a suite of `conform`: it says what the scenarios send and expect. \
What the contract leaves open is open here, too: a status may be a class such as 4XX, and an answer may have no schema.";

/// Why a contract has no OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenApiError {
    /// OpenAPI has no such method.
    #[error(
        "OpenAPI 3.1 has no method {method}, so it cannot describe `{operation}`: give that operation another method"
    )]
    Method {
        /// The operation.
        operation: String,
        /// Its method.
        method: String,
    },
    /// A path of OpenAPI has each method once.
    #[error(
        "OpenAPI 3.1 cannot describe both `{first}` and `{second}`, since each is {call}: give one of them another method or path"
    )]
    SameCall {
        /// The operation that comes first by name.
        first: String,
        /// The other one.
        second: String,
        /// Method and path.
        call: String,
    },
}

/// The document as JSON. The same suite gives the same bytes.
///
/// # Errors
/// OpenAPI cannot describe an operation of the contract.
pub fn openapi(suite: &Suite) -> Result<String, OpenApiError> {
    let contract = &suite.contract;
    let client_types = client_types(suite);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for (name, operation) in &contract.operations {
        let method = method(name, operation)?;
        let described = described(suite, name, operation, &client_types);
        let path = paths.entry(&operation.path).or_default();
        if let Some(other) = path.insert(method, described) {
            return Err(OpenApiError::SameCall {
                first: other["operationId"].as_str().unwrap_or_default().to_owned(),
                second: name.clone(),
                call: format!("{} {}", operation.method.value, operation.path.value),
            });
        }
    }
    let has_bearer = paths
        .values()
        .flat_map(Map::values)
        .any(|operation| operation.get("security").is_some());
    let mut parts = json!({ "schemas": components(suite) });
    if has_bearer {
        parts["securitySchemes"] = json!({ BEARER: { "type": "http", "scheme": "bearer" } });
    }
    Ok(printed(&json!({
        "openapi": "3.1.0",
        "info": {
            "title": contract.title,
            "version": contract.version().unwrap_or(&suite.digest),
            "description": format!("{INTRODUCTION}\n\nDigest of the suite: {}", suite.digest),
        },
        "jsonSchemaDialect": DIALECT,
        "paths": paths,
        "components": parts,
    })))
}

fn method(name: &str, operation: &Operation) -> Result<String, OpenApiError> {
    let method = operation.method.to_lowercase();
    if METHODS.contains(&method.as_str()) {
        return Ok(method);
    }
    Err(OpenApiError::Method {
        operation: name.to_owned(),
        method: operation.method.value.clone(),
    })
}

fn described(
    suite: &Suite,
    name: &str,
    operation: &Operation,
    client_types: &BTreeSet<&str>,
) -> Value {
    let contract = &suite.contract;
    let calls = calls_of(suite, name);
    let parameters = parameters(contract, operation, &calls, client_types);
    let parts = [
        ("operationId", Some(name.into())),
        (
            "description",
            Some(description(contract, name, operation, &calls).into()),
        ),
        ("security", security(&calls)),
        (
            "parameters",
            (!parameters.is_empty()).then(|| parameters.into()),
        ),
        ("requestBody", body(operation, &calls)),
        ("responses", Some(responses(contract, &calls))),
    ];
    parts
        .into_iter()
        .filter_map(|(key, part)| Some((key.to_owned(), part?)))
        .collect()
}

/// The clauses that a call of the operation verifies, by its answer or by what is seen after it.
fn description(
    contract: &Contract,
    name: &str,
    operation: &Operation,
    calls: &[Call<'_>],
) -> String {
    let own = calls
        .iter()
        .filter(|call| call.step.look.is_none())
        .flat_map(|call| &call.step.expectations)
        .flat_map(|expectation| &expectation.verifies)
        .map(String::as_str);
    let effects = operation
        .effect
        .iter()
        .flat_map(Effect::clauses)
        .map(|clause| clause.as_str());
    let looked_at = contract
        .look_around
        .iter()
        .filter(|look| *look.call == name)
        .map(|look| look.stays_ended.as_str());
    let ids: BTreeSet<&str> = own.chain(effects).chain(looked_at).collect();
    let mut text = String::new();
    if operation.known == OperationOrigin::Assumed {
        text.push_str("Method and path are assumed: the documentation does not state them.\n\n");
    }
    text.push_str(if ids.is_empty() {
        "No clause is verified by calls of this operation."
    } else {
        "Calls of this operation verify these clauses:\n"
    });
    for clause in contract
        .clauses
        .iter()
        .filter(|clause| ids.contains(clause.id.as_str()))
    {
        let (id, level, profile) = (&clause.id.value, clause.level, clause.profile);
        let _ = write!(text, "\n- `{id}` ({level}, {profile}): {}", clause.text);
    }
    text
}

/// JSON in which everything is escaped that a terminal does not print as it is.
fn printed(document: &Value) -> String {
    let json = format!("{document:#}\n").replace("##", "#\\u0023");
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_harmful(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text
}
