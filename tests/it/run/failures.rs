//! What a failure says: what was expected, and what was there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use conform::run::{ExpectationState, Failure, Outcome};

use crate::run::support::{Scripted, Server, failure, json, page, run_one, with};

/// The failure of an expectation of the body or of the headers, whatever the status.
async fn of_content(expectation: &str, answer: Scripted) -> Failure {
    let server = Server::start(move |_, _| answer.clone()).await;
    failure("call: me", &format!("status: <599, {expectation}"), &server).await
}

fn dated(body: &str) -> Scripted {
    with(200, "date", "Sun, 01 Mar 2020 12:00:00 GMT", body)
}

async fn all_say<const N: usize>(cases: [(&str, Scripted, &str); N]) {
    for (expectation, answer, message) in cases {
        assert_eq!(of_content(expectation, answer).await.message, message);
    }
}

#[tokio::test]
async fn a_status_says_what_was_expected_and_what_came() {
    let server = Server::start(|_, _| json(200, "{}")).await;
    let failure = failure("call: me", "status: [201, 4xx]", &server).await;
    assert_eq!(failure.message, "expected status 201 or 4xx, got 200");
    assert_eq!(failure.expected, "status 201 or 4xx");
    assert_eq!(failure.actual, "status 200");
}

#[tokio::test]
async fn an_answer_says_what_is_wrong_with_it_as_a_whole() {
    all_say([
        (
            "body: empty",
            json(200, "{}"),
            "expected no body, got 2 bytes",
        ),
        (
            "contains: word",
            json(200, "{}"),
            "the body does not contain `word`",
        ),
        (
            "is_json: true",
            json(200, "{"),
            "expected JSON that says so, got no JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            "is_json: true",
            (200, Vec::new(), "{}".to_owned()),
            "expected JSON that says so, got JSON without a content type",
        ),
        (
            "is_json: true",
            with(200, "content-type", "text/plain", "{}"),
            "expected JSON that says so, got JSON that says to be text/plain",
        ),
        (
            "schema: session",
            (200, Vec::new(), String::new()),
            "expected JSON of the schema `session`, got no JSON",
        ),
        (
            "schema: session",
            page(200),
            "expected JSON of the schema `session`, got no JSON but text/html",
        ),
        (
            "schema: session",
            json(200, "{}"),
            r#"the body does not satisfy the schema `session`: at /, "token" is a required property"#,
        ),
        (
            "schema: session",
            json(200, r#"{"token":1}"#),
            r#"the body does not satisfy the schema `session`: at /token, value is not of type "string""#,
        ),
        (
            "header: { name: Cache-Control, has: no-store }",
            with(200, "cache-control", "private", "{}"),
            "expected the header `Cache-Control: no-store`, got Cache-Control: private",
        ),
        (
            "header: { name: Cache-Control }",
            json(200, "{}"),
            "expected the header `Cache-Control`, got no Cache-Control",
        ),
    ])
    .await;
}

#[tokio::test]
async fn values_are_shown_a_member_a_line_so_that_lines_can_be_compared() {
    let answer = json(200, r#"{"a":{"b":2,"c":3}}"#);
    let failure = of_content("at: $.a, equals: { b: 1, c: 3 }", answer).await;
    assert_eq!(failure.expected, "{\n  \"b\": 1,\n  \"c\": 3\n}");
    assert_eq!(failure.actual, "{\n  \"b\": 2,\n  \"c\": 3\n}");
}

#[tokio::test]
async fn a_place_says_what_is_there() {
    all_say([
        (
            "at: $.a, equals: 7",
            json(200, r#"{"a":8}"#),
            "expected 7 at $.a, got 8",
        ),
        (
            "at: $.a, equals: 7",
            json(200, "{}"),
            "there is nothing at $.a",
        ),
        (
            r#"at: "$.a[*]", equals: 7"#,
            json(200, r#"{"a":[7,7]}"#),
            "expected one value at $.a[*], got 2",
        ),
        (
            "at: $.a, not_contains: b",
            json(200, r#"{"a":"abc"}"#),
            "expected another value at $.a than b",
        ),
        (
            "at: $.a, min_entropy_bits: 64",
            json(200, r#"{"a":"0123456789abcde"}"#),
            "the value at $.a has room for 60 bits of chance, expected 64",
        ),
        (
            r#"at: "$.a[*]", count: 2"#,
            json(200, r#"{"a":[7]}"#),
            "expected 2 at $.a[*], got 1",
        ),
        (
            "at: $.a, absent: true",
            json(200, r#"{"a":7}"#),
            "expected nothing at $.a",
        ),
        (
            r#"at: "$.a[*]", unique: true"#,
            json(200, r#"{"a":[1,2,1]}"#),
            "expected different values at $.a[*], got 1 twice",
        ),
        (
            r#"at: "$.a[*]", sorted: descending"#,
            json(200, r#"{"a":[2,1,3]}"#),
            "$.a[*] is not in descending order: 1 stands before 3",
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_instant_says_how_far_off_it_is() {
    all_say([
        (
            r#"at: $.a, same_instant: "2026-01-01T00:00:00Z""#,
            json(200, r#"{"a":"2026-01-01T01:00:00Z"}"#),
            r#"expected the instant 2026-01-01T00:00:00Z at $.a, got "2026-01-01T01:00:00Z""#,
        ),
        (
            "at: $.a, approx: 0s",
            dated(r#"{"a":"soon"}"#),
            r#"expected an instant (RFC 3339) at $.a, got "soon""#,
        ),
        (
            "at: $.a, approx: 0s, within: 5m",
            dated(r#"{"a":"2020-03-01T12:42:30Z"}"#),
            r#"$.a is 42 min too late: "2020-03-01T12:42:30Z""#,
        ),
        (
            "at: $.a, approx: +1h",
            dated(r#"{"a":"2020-03-01T10:15:00Z"}"#),
            r#"$.a is 2 h 45 min too early: "2020-03-01T10:15:00Z""#,
        ),
        (
            "at: $.a, approx: 0s",
            dated(r#"{"a":"2020-03-04T17:30:00Z"}"#),
            r#"$.a is 3 d 5 h too late: "2020-03-04T17:30:00Z""#,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_mistake_in_a_shape_is_told_with_its_place_in_body_and_schema() {
    let failure = of_content("schema: session", json(200, r#"{"token":1}"#)).await;
    let [detail] = failure.details.as_slice() else {
        panic!("{failure:?}");
    };
    assert!(
        detail.starts_with(r#"at /token of the body: value is not of type "string" ("#),
        "{detail}"
    );
    assert!(
        detail.ends_with("schemas/session.json#/properties/token/type)"),
        "{detail}"
    );
}

#[tokio::test]
async fn of_many_mistakes_in_a_shape_the_first_eight_are_told() {
    let eight = of_content("schema: words", json(200, "[1,2,3,4,5,6,7,8]")).await;
    assert_eq!(eight.details.len(), 8);
    assert!(eight.details[7].starts_with("at /7 of the body: "));
    let ten = of_content("schema: words", json(200, "[1,2,3,4,5,6,7,8,9,10]")).await;
    assert!(ten.details[7].starts_with("at /7 of the body: "));
    assert_eq!(ten.details[8..], ["and 2 more"]);
}

#[tokio::test]
async fn an_instant_is_expected_in_words() {
    let failure = of_content(
        "at: $.a, approx: +30d",
        dated(r#"{"a":"2020-03-01T12:00:00Z"}"#),
    )
    .await;
    let expected = "2020-03-31T12:00:00Z (30 d after the answer, give or take 65 min)";
    assert_eq!(failure.expected, expected);
    assert_eq!(failure.actual, "2020-03-01T12:00:00Z");
}

/// A server that hangs up on the first calls of a path, as many as that, and answers everything else; and how often that
/// path was called.
async fn dying(path: &'static str, times: usize) -> (Server, Arc<AtomicUsize>) {
    let calls = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&calls);
    let server = Server::raw_to(move |request| {
        let is_path = request.split(' ').nth(1) == Some(path);
        if is_path && counted.fetch_add(1, Ordering::Relaxed) < times {
            return String::new();
        }
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
            .to_owned()
    });
    (server.await, calls)
}

const DEADLY: &str = r"
title: a call of which a server may die
steps:
  - { call: login, verifies: [a.one], expect: { status: 200 } }
";

#[tokio::test]
async fn a_call_of_which_the_server_dies_is_made_once_more_and_then_violates_its_clause() {
    let (server, calls) = dying("/login", usize::MAX).await;
    let result = run_one(DEADLY, &server).await;
    assert_eq!(result.outcome, Outcome::Failed);
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    let ExpectationState::Failed { failure } = &result.steps[0].expectations[0].state else {
        panic!("{result:?}");
    };
    assert!(
        failure.message.contains("does it die of it?"),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_call_whose_connection_ended_by_chance_blames_nobody() {
    let (server, calls) = dying("/login", 1).await;
    let result = run_one(DEADLY, &server).await;
    assert_eq!(result.outcome, Outcome::Passed);
    // Twice, as nobody knows what it has done; and then in a fresh scenario.
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}
