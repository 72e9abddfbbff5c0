//! Every condition with an answer on which it holds and one on which it does not.

use conform::engine::{ExpectationState, ScenarioResult};

use crate::support::{Scripted, Server, json, run_one, states};

/// Whether an expectation (as YAML) holds for an answer.
async fn holds(expectation: &str, answer: Scripted) -> bool {
    let result = with(expectation, answer).await;
    match states(&result, 1)[1] {
        ExpectationState::Held => true,
        ExpectationState::Failed { .. } => false,
        ExpectationState::Untried { reason } => panic!("{expectation} is untried: {reason}"),
    }
}

async fn with(expectation: &str, answer: Scripted) -> ScenarioResult {
    let yaml = format!(
        r#"
title: one condition
steps:
  - call: login
    expect: {{ status: 200 }}
    capture: {{ token: $.token, seven: $.seven, moment: $.moment, many: "count($.list[*])" }}
  - call: me
    expect:
      - {{ status: 100, proves: [a.two] }}
      - {{ {expectation}, proves: [a.one] }}
"#
    );
    // The first expectation must not hide the second: it is one that every answer satisfies.
    let yaml = yaml.replace("status: 100", "status: <599");
    let server = Server::start(move |seen, _| match seen.path.as_str() {
        "/login" => json(
            200,
            r#"{ "token": "9|a-very-secret-token", "seven": 7, "moment": "2026-01-01T00:00:00Z", "list": [1, 2, 3] }"#,
        ),
        _ => answer.clone(),
    })
    .await;
    run_one(&yaml, &server).await
}

async fn check(expectation: &str, good: &[&str], bad: &[&str]) {
    for body in good {
        assert!(
            holds(expectation, json(200, body)).await,
            "{expectation} must hold on {body}"
        );
    }
    for body in bad {
        assert!(
            !holds(expectation, json(200, body)).await,
            "{expectation} must fail on {body}"
        );
    }
}

#[tokio::test]
async fn a_status_is_in_a_set() {
    for (set, good, bad) in [
        ("200", 200, 201),
        ("[201, 4xx]", 404, 500),
        ("<500", 499, 503),
    ] {
        let expectation = format!("status: {set}");
        assert!(
            holds(&expectation, json(good, "{}")).await,
            "{set} holds {good}"
        );
        assert!(
            !holds(&expectation, json(bad, "{}")).await,
            "{set} holds {bad}"
        );
    }
}

#[tokio::test]
async fn a_body_satisfies_a_schema() {
    check(
        "schema: session",
        &[r#"{"token":"t","more":1}"#],
        &["{}", r#"{"token":1}"#, "", "<p>"],
    )
    .await;
}

#[tokio::test]
async fn an_empty_body_has_no_byte() {
    check("body: empty", &[""], &["{}", " "]).await;
}

#[tokio::test]
async fn a_text_stands_anywhere_in_the_body() {
    check(
        "contains: some_word",
        &[r#"{"a":{"b":"x some_word y"}}"#],
        &["{}", r#"{"a":"some word"}"#],
    )
    .await;
}

#[tokio::test]
async fn a_value_is_equal_whatever_its_notation() {
    check(
        "at: $.a, equals: 7",
        &[r#"{"a":7}"#, r#"{"a":7.0}"#],
        &[r#"{"a":"7"}"#, r#"{"a":8}"#, "{}"],
    )
    .await;
    check(
        r#"at: $.a, equals: "{{seven}}""#,
        &[r#"{"a":7}"#],
        &[r#"{"a":"7"}"#],
    )
    .await;
    check(
        r#"at: $.a, equals: "{{seven - 1}}""#,
        &[r#"{"a":6}"#],
        &[r#"{"a":7}"#],
    )
    .await;
    check(
        r#"at: "$.a[*]", equals: 1"#,
        &[r#"{"a":[1]}"#],
        &[r#"{"a":[1,1]}"#, r#"{"a":[]}"#],
    )
    .await;
}

#[tokio::test]
async fn places_are_counted() {
    check(
        r#"at: "$.a[*]", count: 2"#,
        &[r#"{"a":[1,2]}"#],
        &[r#"{"a":[1]}"#, "{}", ""],
    )
    .await;
    check(
        r#"at: "$.a[*]", count: "{{many - 1}}""#,
        &[r#"{"a":[1,2]}"#],
        &[r#"{"a":[1,2,3]}"#],
    )
    .await;
    let filtered = r#"at: "$.a[?@.id == {{seven}}]", count: 1"#;
    check(
        filtered,
        &[r#"{"a":[{"id":7},{"id":8}]}"#],
        &[r#"{"a":[{"id":"7"}]}"#],
    )
    .await;
}

#[tokio::test]
async fn null_is_as_good_as_absent() {
    check(
        "at: $.a, absent: true",
        &["{}", r#"{"a":null}"#, ""],
        &[r#"{"a":false}"#],
    )
    .await;
}

#[tokio::test]
async fn values_are_unique() {
    check(
        r#"at: "$.a[*]", unique: true"#,
        &[r#"{"a":[1,2]}"#, "{}"],
        &[r#"{"a":[1,2,1]}"#],
    )
    .await;
}

#[tokio::test]
async fn values_are_sorted_as_instants() {
    let sorted =
        r#"{"a":["2026-01-01T02:00:00+01:00","2026-01-01T01:00:00Z","2026-01-01T00:59:59.9Z"]}"#;
    let unsorted = r#"{"a":["2026-01-01T01:30:00+01:00","2026-01-01T01:00:00Z"]}"#;
    check(
        r#"at: "$.a[*]", sorted: descending"#,
        &[sorted],
        &[unsorted],
    )
    .await;
    check(r#"at: "$.a[*]", sorted: ascending"#, &[unsorted], &[sorted]).await;
}

#[tokio::test]
async fn an_instant_is_near_the_time_of_the_answer() {
    let body = |text: &str| {
        let (status, mut headers, body) = json(200, &format!(r#"{{"a":"{text}"}}"#));
        // Years away from the clock of this machine: the server's own time counts.
        headers.push(("date", "Sun, 01 Mar 2020 12:00:00 GMT".to_owned()));
        (status, headers, body)
    };
    let near = "at: $.a, near: +30d";
    assert!(holds(near, body("2020-03-31T13:00:00+00:00")).await);
    assert!(holds(near, body("2020-03-31T09:55:01-01:00")).await);
    assert!(!holds(near, body("2020-03-31T13:06:00Z")).await);
    assert!(!holds(near, body("2020-03-30T12:00:00Z")).await);
    assert!(!holds(near, body("soon")).await);
    assert!(
        !holds(
            "at: $.a, near: 0s, within: 2m",
            body("2020-03-01T12:02:01Z")
        )
        .await
    );
}

#[tokio::test]
async fn the_same_instant_may_be_written_otherwise() {
    let good = [
        r#"{"a":"2026-01-01T00:00:00.000000Z"}"#,
        r#"{"a":"2025-12-31T23:00:00-01:00"}"#,
    ];
    let bad = [
        r#"{"a":"2026-01-01T00:00:01Z"}"#,
        r#"{"a":"2026-01-01"}"#,
        "{}",
    ];
    check(r#"at: $.a, same_instant: "{{moment}}""#, &good, &bad).await;
}

#[tokio::test]
async fn a_secret_shows_in_clear_and_by_its_hash() {
    let hash = |text: &str| {
        use sha2::{Digest, Sha256};
        data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
    };
    let hashed = format!(r#"{{"hash":"{}"}}"#, hash("a-very-secret-token"));
    let harmless = format!(r#"{{"hash":"{}","name":"cli"}}"#, hash("something else"));
    let clear = r#"{"a":["x a-very-secret-token"]}"#;
    check("no_secrets: true", &["{}", &harmless], &[clear, &hashed]).await;
}
