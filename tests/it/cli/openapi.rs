//! `conform openapi`: the contract as an OpenAPI document.

use std::collections::BTreeSet;

use conform::suite::Suite;
use insta::assert_snapshot;
use serde_json::{Map, Value, json};

use crate::support::{Suite as Folder, conform, suite};

const CONTRACT: &str = "specs/contract.yaml";

fn printed(arguments: &[&str]) -> String {
    let finished = conform(["openapi"]).args(arguments).run_as_is().expect(0);
    assert_eq!(finished.stderr, "");
    finished.stdout
}

fn document(arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(arguments)).unwrap()
}

fn document_of(folder: &Folder) -> Value {
    document(&["--suite", folder.path().to_str().unwrap()])
}

/// The operations with their methods and paths.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods
                .iter()
                .map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[track_caller]
fn operation<'a>(document: &'a Value, name: &str) -> &'a Value {
    operations(document)
        .into_iter()
        .map(|(_, operation)| operation)
        .find(|operation| operation["operationId"] == name)
        .unwrap_or_else(|| panic!("{name} is not in the document"))
}

/// Every `$ref`, wherever it stands.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[track_caller]
fn assert_references_resolve(document: &Value) -> usize {
    let mut found = Vec::new();
    references(document, &mut found);
    for reference in &found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    found.len()
}

#[test]
fn every_operation_of_the_contract_is_described_once() {
    let (document, suite) = (document(&[]), Suite::built_in().unwrap());
    let named: BTreeSet<(String, String)> = operations(&document)
        .into_iter()
        .map(|(call, operation)| {
            let name = operation["operationId"].as_str().unwrap();
            (name.to_owned(), call)
        })
        .collect();
    let expected = suite.contract.operations.iter().map(|(name, operation)| {
        let method = operation.method.to_lowercase();
        (name.clone(), format!("{method} {}", operation.path.value))
    });
    assert_eq!(named, expected.collect());
    assert_eq!(
        document["info"]["version"],
        suite.contract.version().unwrap()
    );
    // No clause is left out.
    let text = document.to_string();
    let missing = suite
        .contract
        .clauses
        .iter()
        .filter(|clause| !text.contains(&format!("`{}`", clause.id.value)));
    assert_eq!(
        missing.map(|one| one.id.as_str()).collect::<Vec<_>>(),
        [""; 0]
    );
}

#[test]
fn the_same_suite_gives_the_same_bytes() {
    assert_eq!(
        printed(&[]),
        printed(&["--suite", env!("CARGO_MANIFEST_DIR")])
    );
}

#[test]
fn the_schemas_are_those_of_the_suite_and_every_reference_resolves() {
    let (document, suite) = (document(&[]), Suite::built_in().unwrap());
    assert!(assert_references_resolve(&document) > 6);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let expected = suite.schemas.iter().map(|(name, schema)| {
        let mut schema: Value = serde_json::from_str(&schema.source.text).unwrap();
        schema.as_object_mut().unwrap().remove("$schema");
        (name.clone(), schema)
    });
    assert_eq!(*schemas, expected.collect::<Map<_, _>>());
}

#[test]
fn an_operation_tells_what_is_sent_and_how_it_is_answered() {
    let document = document(&[]);
    let login = operation(&document, "login");
    assert_snapshot!(format!("{login:#}"));
}

#[test]
fn members_are_optional_that_only_some_calls_send() {
    let document = document(&[]);
    let body = |name| &operation(&document, name)["requestBody"]["content"]["application/json"];
    let schema = &body("login-totp")["schema"];
    assert_eq!(schema["required"], json!(["totp_token"]));
    let members: BTreeSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let expected = ["code", "recovery_code", "totp_token"].map(str::to_owned);
    assert_eq!(members, expected.iter().collect());
    // What a server need not take is none of them.
    let members = &body("register")["schema"]["properties"];
    assert_eq!(members.as_object().unwrap().len(), 3);
}

#[test]
fn a_token_is_asked_for_where_calls_succeed_with_one() {
    let document = document(&[]);
    let bearer = json!([{ "bearer": [] }]);
    for name in [
        "me",
        "logout",
        "list-tokens",
        "revoke-token",
        "revoke-others",
    ] {
        assert_eq!(operation(&document, name)["security"], bearer, "{name}");
    }
    for name in ["register", "login", "login-totp"] {
        assert_eq!(operation(&document, name).get("security"), None, "{name}");
    }
}

#[test]
fn another_suite_is_described_too() {
    let document = document_of(&suite());
    assert_eq!(assert_references_resolve(&document), 1);
    let revoke = operation(&document, "revoke-token");
    assert_eq!(
        revoke["parameters"],
        json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }])
    );
    // No scenario calls it.
    assert!(revoke["responses"].get("default").is_some());
    assert_eq!(revoke.get("security"), None);
    assert_eq!(
        operation(&document, "me"),
        &json!({
            "operationId": "me",
            "description": "Calls of this operation verify these clauses:\n\n\
                            - `me.describes` (must, core): The answer describes the current user.",
            "security": [{ "bearer": [] }],
            "responses": {
                "200": {
                    "description": "The answer describes the current user.",
                    "content": {
                        "application/json": { "schema": { "$ref": "#/components/schemas/user" } },
                    },
                },
            },
        })
    );
}

const MANY_CALLS: &str = r#"title: calls that agree in part
accounts: { jane: { registered: false } }
steps:
  - call: register
    client: cli
    body: { email: "{{jane.email}}", age: 1 }
    expect: { status: 201, schema: user, verifies: [me.describes] }
  - call: register
    body: { email: "x{{jane.email}}", age: one, tags: [a] }
    expect: { status: 2xx, schema: user }
  - call: register
    client: toaster
    body: { role: admin }
    expect: { status: [2xx, 4xx] }
  - { call: register, body: {}, expect: { status: [409, 422] } }
  - { call: me }
"#;

#[test]
fn what_calls_have_in_common_is_required_and_what_one_of_them_does_is_permitted() {
    let document = document_of(&suite().with("specs/account/many.yaml", MANY_CALLS));
    let register = operation(&document, "register");
    assert_eq!(
        register["requestBody"]["content"]["application/json"]["schema"],
        json!({
            "type": "object",
            // The members of the usual body, and not what only some calls have.
            "required": ["email", "password", "name"],
            "properties": {
                "email": { "type": "string", "format": "email" },
                "password": { "type": "string", "format": "password" },
                "name": { "type": "string" },
                "age": { "type": ["integer", "string"] },
                "tags": { "type": "array" },
            },
        })
    );
    // One status of success is said, and of refusals none.
    let responses = register["responses"].as_object().unwrap();
    assert_eq!(responses.keys().collect::<Vec<_>>(), ["201", "4XX"]);
    // A type that may be refused is none of those that the suite uses.
    assert_eq!(
        register["parameters"][0]["schema"]["examples"],
        json!(["cli"])
    );
    // A token is no duty where a call without one succeeds.
    let security = &operation(&document, "me")["security"];
    assert_eq!(*security, json!([{}, { "bearer": [] }]));
}

#[test]
fn what_a_schema_refers_to_in_its_file_is_found_in_the_document() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/user.json",
        "type": "object",
        "properties": {
            "friends": { "type": "array", "items": { "$ref": "#" } },
            "boss": { "$ref": "https://example.com/user.json" },
            "default": { "$ref": "#/$defs/name" },
            "name": { "$ref": "https://example.com/user.json#/$defs/name" },
            "kind": { "const": { "$ref": "#/$defs/name" } },
        },
        "$defs": { "name": { "type": "string" } },
    });
    let suite = suite().with("schemas/user.json", schema.to_string());
    let document = document_of(&suite);
    let user = &document["components"]["schemas"]["user"];
    assert_eq!(user.get("$id").or(user.get("$schema")), None);
    let members = &user["properties"];
    let name = "#/components/schemas/user/$defs/name";
    assert_eq!(members["default"]["$ref"], name);
    assert_eq!(members["name"]["$ref"], name);
    assert_eq!(members["boss"]["$ref"], "#/components/schemas/user");
    assert_eq!(
        members["friends"]["items"]["$ref"],
        "#/components/schemas/user"
    );
    // What is data refers to nothing.
    assert_eq!(members["kind"]["const"]["$ref"], "#/$defs/name");
    assert!(document.pointer(&name[1..]).is_some());
}

#[test]
fn text_that_a_terminal_would_not_print_is_escaped() {
    let text = "Two ## hashes, ##[error] and a \\u200bblank of no width.";
    let suite = suite().changed(
        CONTRACT,
        "text: Logging out answers 204 without a body.",
        &format!("text: \"{text}\""),
    );
    let document = document_of(&suite);
    let description = &operation(&document, "logout")["description"];
    let text = text.replace("\\u200b", "\u{200b}");
    assert!(
        description.as_str().unwrap().contains(&text),
        "{description}"
    );
}

#[test]
fn what_openapi_has_no_words_for_is_wrong_usage() {
    let refused = |from: &str, to: &str| {
        let suite = suite().changed(CONTRACT, from, to);
        let path = suite.path().to_str().unwrap().to_owned();
        conform(["openapi", "--suite", &path])
            .run_as_is()
            .expect_refusal()
    };
    refused(
        "method: GET, path: /api/auth/me,",
        "method: QUERY, path: /api/auth/me,",
    )
    .says("OpenAPI 3.1 has no method QUERY, so it cannot describe `me`");
    refused("path: /api/auth/me,", "path: /api/auth/tokens,")
        .says("cannot describe both `list-tokens` and `me`, since each is GET /api/auth/tokens");
}
