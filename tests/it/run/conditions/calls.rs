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
