//! Each operator makes an answer wrong in the one way that it names, and leaves alone what it does not fit.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use conform::http::Answer;
use conform::selftest::answers::{JsonType, Leak, Operator};
use conform::suite::MemberPath;
use serde_json::{Value, json};

const TOKEN: &str = "7|abcdefgh";

fn answer(status: u16, body: &str) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    Answer {
        status,
        headers,
        json: serde_json::from_str(body).ok(),
        shadowed: Vec::new(),
        body: body.as_bytes().to_vec(),
        sent: "2026-01-01T00:00:00Z".parse().unwrap(),
        elapsed: Duration::ZERO,
    }
}

fn at(path: &[&str]) -> MemberPath {
    let root = MemberPath::default();
    path.iter().fold(root, |path, part| match *part {
        "*" => path.items(),
        name => path.member(name),
    })
}

/// What becomes of the body; nothing where the operator does not fit. Nothing else of the answer changes.
fn body_after(operator: &Operator, body: &Value) -> Option<Value> {
    let answer = answer(200, &body.to_string());
    let wrong = operator.apply(&answer, Some(TOKEN))?;
    assert_eq!((wrong.status, &wrong.headers), (200, &answer.headers));
    assert_eq!(wrong.json, serde_json::from_slice(&wrong.body).ok());
    wrong.json
}

#[test]
fn members_are_made_wrong_one_at_a_time() {
    let body = json!({ "u": { "id": "a", "n": 1 }, "l": [{ "on": true, "x": null }, { "on": false, "x": null }] });
    let with = |pointer: &str, value: Value| {
        let mut body = body.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        Some(body)
    };
    let (drop, null) = (
        |member| Operator::DropMember { member },
        |member| Operator::NullMember { member },
    );
    let retype = |member, to| Operator::RetypeMember { member, to };
    let empty = |member| Operator::EmptyArray { member };
    let alter = |member| Operator::AlterMember { member };
    for (operator, expected) in [
        (drop(at(&["u", "id"])), with("/u", json!({ "n": 1 }))),
        (
            drop(at(&["l", "*", "on"])),
            with("/l", json!([{ "x": null }, { "x": null }])),
        ),
        (drop(at(&["u", "missing"])), None),
        (null(at(&["u"])), with("/u", Value::Null)),
        (null(at(&["l", "*", "x"])), None),
        (
            retype(at(&["u", "id"]), JsonType::Number),
            with("/u/id", json!(7)),
        ),
        (
            retype(at(&["u", "n"]), JsonType::String),
            with("/u/n", json!("1")),
        ),
        (retype(at(&["u"]), JsonType::Array), with("/u", json!([]))),
        (retype(at(&["l"]), JsonType::Object), with("/l", json!({}))),
        (
            retype(at(&["l", "*", "on"]), JsonType::String),
            with(
                "/l",
                json!([{ "on": "true", "x": null }, { "on": "false", "x": null }]),
            ),
        ),
        (retype(at(&["v"]), JsonType::String), None),
        (empty(at(&["l"])), with("/l", json!([]))),
        (empty(at(&["u"])), None),
        (alter(at(&["u", "id"])), with("/u/id", json!("ax"))),
        (alter(at(&["u", "n"])), with("/u/n", json!(2))),
        (alter(at(&["u"])), None),
        (
            alter(at(&["l", "*", "on"])),
            with(
                "/l",
                json!([{ "on": false, "x": null }, { "on": true, "x": null }]),
            ),
        ),
        (
            Operator::ReverseArray { member: at(&["l"]) },
            with(
                "/l",
                json!([{ "on": false, "x": null }, { "on": true, "x": null }]),
            ),
        ),
    ] {
        assert_eq!(body_after(&operator, &body), expected, "{operator}");
    }
    assert_eq!(body_after(&empty(at(&["l"])), &json!({ "l": [] })), None);
    let repeat = Operator::RepeatItems { member: at(&["l"]) };
    let repeated = body_after(&repeat, &json!({ "l": [1, 2] }));
    assert_eq!(repeated, Some(json!({ "l": [1, 1, 2, 2] })));
    let later = body_after(
        &alter(at(&["t"])),
        &json!({ "t": "2026-01-01T01:00:00+01:00" }),
    );
    assert_eq!(later, Some(json!({ "t": "2026-02-10T00:00:00Z" })));
}

#[test]
fn members_that_must_not_be_there_are_added() {
    let forbid = Operator::AddForbidden {
        member: at(&["token"]),
    };
    let leak = |secret| Operator::AddSecret {
        member: at(&["l", "*", "s"]),
        secret,
    };
    let body = json!({ "l": [{ "id": 1 }] });
    assert!(body_after(&forbid, &body).unwrap()["token"].is_string());
    assert!(body_after(&forbid, &json!({ "token": null })).unwrap()["token"].is_string());
    assert_eq!(body_after(&forbid, &json!({ "token": 1 })), None);
    let shown = |secret| body_after(&leak(secret), &body).unwrap()["l"][0]["s"].clone();
    assert_eq!(shown(Leak::Token), TOKEN);
    // printf abcdefgh | sha256sum
    let hash = "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab";
    assert_eq!(shown(Leak::TokenHash), hash);
    assert!(
        shown(Leak::PasswordHash)
            .as_str()
            .unwrap()
            .starts_with("$2y$")
    );
    // A call without a token has none to show.
    let answer = answer(200, &body.to_string());
    assert!(leak(Leak::Token).apply(&answer, None).is_none());
    assert!(leak(Leak::PasswordHash).apply(&answer, None).is_some());
}

#[test]
fn what_is_around_the_members_is_made_wrong() {
    let right = answer(200, r#"{"a":1}"#);
    let status = |from, to| Operator::ReplaceStatus { from, to };
    let wrong = status(200, 202).apply(&right, None).unwrap();
    assert_eq!((wrong.status, &wrong.body), (202, &right.body));
    assert!(status(201, 200).apply(&right, None).is_none());

    let page = Operator::ReplaceMediaType.apply(&right, None).unwrap();
    assert!(page.is_html() && page.json == right.json && page.body == right.body);

    let cut = Operator::TruncateBody.apply(&right, None).unwrap();
    assert_eq!(
        (cut.body.as_slice(), cut.json),
        (br#"{"a"#.as_slice(), None)
    );
    let none = answer(204, "");
    assert!(Operator::TruncateBody.apply(&none, None).is_none());

    let cleared = Operator::ClearBody.apply(&right, None).unwrap();
    assert_eq!(
        (cleared.body.as_slice(), cleared.json),
        (b"{}".as_slice(), Some(json!({})))
    );
    assert!(
        Operator::ClearBody
            .apply(&answer(200, "{}"), None)
            .is_none()
    );

    let body = Operator::AddBody.apply(&none, None).unwrap();
    assert_eq!((body.status, body.json), (204, Some(json!({}))));
    assert!(Operator::AddBody.apply(&right, None).is_none());
}
