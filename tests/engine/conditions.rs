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

#[tokio::test]
async fn a_header_lists_a_word_in_any_letter_case() {
    let cached = |value: &str| {
        let (status, mut headers, body) = json(200, "{}");
        headers.push(("cache-control", value.to_owned()));
        (status, headers, body)
    };
    let no_store = "header: { name: Cache-Control, has: no-store }";
    assert!(holds(no_store, cached("private, No-Store")).await);
    assert!(!holds(no_store, cached("no-cache, private")).await);
    assert!(!holds(no_store, cached("x-no-store")).await);
    assert!(!holds(no_store, json(200, "{}")).await);
    let any = "header: { name: cache-control }";
    assert!(holds(any, cached("")).await);
    assert!(!holds(any, json(200, "{}")).await);
}

#[tokio::test]
async fn a_body_gives_nothing_of_the_inside_away() {
    check(
        "no_internals: true",
        &[r#"{"message":"Unauthenticated."}"#, ""],
        &[
            r#"{"trace":[{"line":7}]}"#,
            r#"{"message":"SQLSTATE[42S02]: not found"}"#,
            r#"{"file":"\/var\/www\/html\/app\/Login.php"}"#,
        ],
    )
    .await;
}

#[tokio::test]
async fn a_value_lacks_a_text() {
    check(
        r#"at: $.a, lacks: "{{token | secret}}""#,
        &[r#"{"a":"9|another-secret-token"}"#, r#"{"a":9}"#],
        &[r#"{"a":"8|a-very-secret-token"}"#, "{}"],
    )
    .await;
}

#[tokio::test]
async fn a_value_has_room_for_chance() {
    check(
        "at: $.a, random_bits: 128",
        &[
            r#"{"a":"7|oXKxyf3TTmKcWrIYb5ldOHmgQ5sxe9HvTr0zGxkY"}"#,
            r#"{"a":"0123456789abcdef0123456789abcdef"}"#,
        ],
        &[
            r#"{"a":"7|0123456789abcdef"}"#,
            r#"{"a":"oXKxyf3TTmKcWrIYb5ld|7"}"#,
            "{}",
        ],
    )
    .await;
}

#[tokio::test]
async fn two_answers_are_alike_but_for_what_the_calls_said() {
    let yaml = r#"
title: two strangers
accounts: { jane: { registered: false }, john: { registered: false } }
steps:
  - id: first
    call: login
    body: { email: "{{jane.email}}" }
    expect: { status: <500 }
  - call: login
    body: { email: "{{john.email}}" }
    expect: { status: <500, like: first }
    proves: [a.one]
"#;
    let told_apart = async |second: fn(&str) -> Scripted| {
        let server = Server::start(move |seen, before| {
            let email = serde_json::from_str::<serde_json::Value>(&seen.body).unwrap();
            let email = email["email"].as_str().unwrap();
            match before {
                0 => json(
                    401,
                    &format!(r#"{{"error":"{email} may not, request 41f0"}}"#),
                ),
                _ => second(email),
            }
        })
        .await;
        let result = run_one(yaml, &server).await;
        matches!(states(&result, 1)[0], ExpectationState::Failed { .. })
    };
    assert!(
        !told_apart(|email| json(
            401,
            &format!(r#"{{"error":"{email} may not, request 97c2"}}"#)
        ))
        .await
    );
    assert!(
        told_apart(|email| json(
            404,
            &format!(r#"{{"error":"{email} may not, request 97c2"}}"#)
        ))
        .await
    );
    assert!(
        told_apart(|email| json(
            401,
            &format!(r#"{{"error":"{email} is unknown, request 97c2"}}"#)
        ))
        .await
    );
}

#[tokio::test]
async fn of_calls_at_once_as_many_succeed_as_expected() {
    let yaml = r#"
title: two at once
accounts: { jane: { registered: false } }
steps:
  - call: login
    at_once: [{ n: 1 }, { n: 2 }]
    expect: { status: 201, succeeded: 1 }
    proves: [a.one]
    capture: { n: $.n }
  - { call: me, token: "{{n}}-{{jane.name}}", expect: { status: <500 } }
"#;
    let state = async |of_second: u16| {
        let server = Server::start(move |seen, _| {
            let first = seen.body.contains('1');
            json(if first { 500 } else { of_second }, &seen.body)
        })
        .await;
        let result = run_one(yaml, &server).await;
        let sent: Vec<String> = server.seen().into_iter().map(|seen| seen.body).collect();
        assert!(sent.contains(&r#"{"n":1}"#.to_owned()) && sent.contains(&r#"{"n":2}"#.to_owned()));
        (states(&result, 0)[0].clone(), server.seen())
    };
    let (held, seen) = state(201).await;
    assert_eq!(held, ExpectationState::Held);
    // The answer is that of the call that succeeded.
    let last = seen.last().unwrap().headers.get("authorization").unwrap();
    assert!(last.to_str().unwrap().starts_with("Bearer 2-"));
    let (failed, _) = state(500).await;
    assert!(matches!(failed, ExpectationState::Failed { .. }));

    let server = Server::start(|seen, _| json(201, &seen.body)).await;
    let result = run_one(yaml, &server).await;
    let ExpectationState::Failed { failure } = states(&result, 0)[0] else {
        panic!("both succeeded");
    };
    assert_eq!(failure.message, "2 of the calls succeeded, expected 1");
}

#[tokio::test]
async fn json_says_that_it_is_json() {
    let typed = |media_type: &str, body: &str| {
        let headers = vec![("content-type", media_type.to_owned())];
        (200, headers, body.to_owned())
    };
    for good in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/problem+json",
    ] {
        assert!(holds("is_json: true", typed(good, "{}")).await, "{good}");
    }
    assert!(!holds("is_json: true", typed("text/html", "{}")).await);
    assert!(!holds("is_json: true", typed("application/json", "{")).await);
    assert!(!holds("is_json: true", (200, Vec::new(), "{}".to_owned())).await);
}

#[tokio::test]
async fn every_instant_that_is_there_is_near() {
    let body = |list: &str| {
        let (status, mut headers, body) = json(200, &format!(r#"{{"a":[{list}]}}"#));
        headers.push(("date", "Sun, 01 Mar 2020 12:00:00 GMT".to_owned()));
        (status, headers, body)
    };
    let near = r#"at: "$.a[*]", all_near: 0s"#;
    for good in [
        "",
        "null",
        r#"null, "2020-03-01T12:00:00Z", "2020-03-01T13:02:00+01:00""#,
    ] {
        assert!(holds(near, body(good)).await, "{good}");
    }
    for bad in [
        r#""2020-03-01T12:00:00Z", "2020-02-01T12:00:00Z""#,
        r#""never""#,
        "0",
    ] {
        assert!(!holds(near, body(bad)).await, "{bad}");
    }
}
