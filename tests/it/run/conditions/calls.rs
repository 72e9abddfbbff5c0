//! Conditions that speak of several calls, with answers that depend on what was called.

use conform::run::ExpectationState;

use crate::run::support::{Scripted, Server, json, run_one, states};

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
    expect: { status: <500, same_response_as: first }
    verifies: [a.one]
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
    concurrent: [{ n: 1 }, { n: 2 }]
    expect: { status: 201, succeeded: 1 }
    verifies: [a.one]
    capture: { n: $.n }
  - { call: me, token: "{{n}}-{{jane.email}}", expect: { status: <500 } }
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
async fn the_calls_beside_the_one_that_succeeds_have_the_status_that_is_expected() {
    let yaml = r"
title: two at once
accounts: { jane: { registered: false } }
steps:
  - call: login
    concurrent: [{ n: 1 }, { n: 2 }]
    expect:
      - { status: 2xx }
      - { others: 4xx, verifies: [a.one] }
";
    let state = async |of_second: u16| {
        let server = Server::start(move |seen, _| {
            let first = seen.body.contains('1');
            json(if first { 201 } else { of_second }, &seen.body)
        })
        .await;
        states(&run_one(yaml, &server).await, 0)[1].clone()
    };
    assert_eq!(state(422).await, ExpectationState::Held);
    let ExpectationState::Failed { failure } = state(500).await else {
        panic!("the other call was answered 500");
    };
    let message = "expected status 4xx of the other calls, got 500";
    assert_eq!(failure.message, message);
}

#[tokio::test]
async fn letters_beyond_ascii_in_a_header_are_no_utf8() {
    let yaml = r#"
title: a token that is no UTF-8
accounts: { jane: { registered: false } }
steps:
  - { call: me, token: "1|xÿ", verifies: [a.one], expect: { status: <500 } }
"#;
    let server = Server::start(|_, _| json(401, "{}")).await;
    run_one(yaml, &server).await;
    let seen = server.seen();
    let sent = seen[0].headers.get("authorization").unwrap();
    assert_eq!(sent.as_bytes(), b"Bearer 1|x\xff");
}
