//! What goes over the wire: what a Laravel needs to see, and what it must not see.

use std::time::Instant;

use conform::run::ExpectationState;
use conform::verdict::Verdict;

use crate::run::support::{Server, json, run_one, states, verdicts_with_totp};

#[tokio::test]
async fn a_call_carries_what_the_step_says_and_asks_for_json() {
    let yaml = r#"
title: one call
accounts: { jane: { registered: false } }
steps:
  - call: login
    client: cli
    token: "1|some-token"
    body: { email: "{{jane.email}}", password: "{{jane.password}}", code: 012345, n: 1 }
    verifies: [a.one]
    expect: { status: 200 }
  - { call: item, path: { id: "a/b c?" }, expect: { status: 200 } }
  - { call: login, expect: { status: 200 } }
"#;
    let server = Server::start(|_, _| json(200, "{}")).await;
    run_one(yaml, &server).await;
    let seen = server.seen();
    let header = |index: usize, name: &str| {
        let value = seen[index].headers.get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(seen[0].method, "POST");
    assert_eq!(header(0, "accept").as_deref(), Some("application/json"));
    assert_eq!(
        header(0, "content-type").as_deref(),
        Some("application/json")
    );
    assert_eq!(header(0, "x-client").as_deref(), Some("cli"));
    assert_eq!(
        header(0, "authorization").as_deref(),
        Some("Bearer 1|some-token")
    );
    for absent in ["origin", "referer", "cookie"] {
        assert_eq!(header(0, absent), None);
    }
    let body: serde_json::Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(body["code"], "012345");
    assert_eq!(body["n"], 1);
    assert!(body["email"].as_str().unwrap().ends_with("@mail.example"));
    assert_eq!(seen[1].path, "/items/a%2Fb%20c%3F");
    for absent in [
        "authorization",
        "content-type",
        "x-client",
        "content-length",
    ] {
        assert_eq!(header(1, absent), None);
    }
    // A POST without a body says so: some gateways ask for a length.
    assert_eq!(seen[2].method, "POST");
    assert_eq!(header(2, "content-length").as_deref(), Some("0"));
    assert_eq!(header(2, "content-type"), None);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let yaml = "title: t\nsteps:\n  - { call: me, verifies: [a.one], expect: { status: 302 } }\n";
    let server = Server::start(|_, _| {
        let (_, mut headers, body) = json(302, "{}");
        headers.push(("location", "/login".to_owned()));
        (302, headers, body)
    })
    .await;
    run_one(yaml, &server).await;
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn nothing_secret_is_kept() {
    let yaml = r#"
title: secrets
accounts: { jane: {} }
steps:
  - call: login
    body: { email: "{{jane.email}}", password: "{{jane.password | shortened}}" }
    expect: { status: 200 }
    capture: { token: $.token }
  - { call: me, token: "{{token}}", verifies: [a.one], expect: { status: 204 } }
"#;
    let server = Server::start(|_, _| json(200, r#"{"token":"1|some-secret-token"}"#)).await;
    let result = run_one(yaml, &server).await;
    let kept = format!("{result:?}{}", serde_json::to_string(&result).unwrap());
    let sent: serde_json::Value = serde_json::from_str(&server.seen()[0].body).unwrap();
    let password = sent["password"].as_str().unwrap();
    assert!(password.len() > 10);
    assert!(!kept.contains(password) && !kept.contains(&password[..password.len() - 1]));
    assert!(!kept.contains("some-secret-token"));
    assert!(kept.contains("<token-1>") && kept.contains("<password-1>"));
}

#[tokio::test]
async fn the_place_of_a_failure_is_told_without_its_secret() {
    let yaml = r#"
title: a secret stands in a path
steps:
  - { call: login, expect: { status: 200 }, capture: { token: $.token } }
  - call: me
    expect:
      - { status: 200 }
      - { at: "$.tokens[?@.id == {{token}}].id", equals: other, verifies: [a.one] }
"#;
    let body = r#"{ "token": "1|some-secret-token", "tokens": [{ "id": "1|some-secret-token" }] }"#;
    let server = Server::start(|_, _| json(200, body)).await;
    let result = run_one(yaml, &server).await;
    let ExpectationState::Failed { failure } = states(&result, 1)[1] else {
        panic!("{result:?}");
    };
    assert!(
        !format!("{failure:?}").contains("some-secret-token"),
        "{failure:?}"
    );
    assert!(
        failure.path.as_ref().unwrap().contains("<token-1>"),
        "{failure:?}"
    );
}

#[tokio::test]
async fn what_was_expected_and_where_a_shape_is_wrong_is_told_without_its_secret() {
    let yaml = r#"
title: a secret is expected, and a secret names a member
steps:
  - { call: login, expect: { status: 200 }, capture: { token: $.token } }
  - call: me
    expect:
      - { status: 200, at: $.other, equals: "{{token}}", verifies: [a.one] }
      - { schema: counts, verifies: [a.two] }
"#;
    let body = r#"{ "token": "some-secret-token", "other": 1, "some-secret-token": true }"#;
    let server = Server::start(|_, _| json(200, body)).await;
    let result = run_one(yaml, &server).await;
    for state in states(&result, 1) {
        let ExpectationState::Failed { failure } = state else {
            panic!("{state:?}");
        };
        let told = format!("{failure:?}");
        assert!(told.contains("<token-1>"), "{told}");
        assert!(!told.contains("some-secret-token"), "{told}");
    }
}

#[tokio::test]
async fn a_step_may_send_headers_and_bodies_of_its_own() {
    let yaml = r#"
title: not as usual
accounts: { jane: { registered: false } }
steps:
  - call: login
    token: "1|some-token"
    headers: { authorization: "bearer {{jane.email}}", content-type: text/plain, x-more: "1" }
    raw: '{"email": "{{jane.email}}",'
    expect: { status: 200 }
    verifies: [a.one]
"#;
    let server = Server::start(|_, _| json(200, "{}")).await;
    run_one(yaml, &server).await;
    let seen = server.seen().remove(0);
    let all = |name: &str| -> Vec<&str> {
        let values = seen.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    };
    assert!(all("authorization")[0].starts_with("bearer "));
    assert_eq!(all("authorization").len(), 1);
    assert_eq!(all("content-type"), ["text/plain"]);
    assert_eq!(all("x-more"), ["1"]);
    assert!(seen.body.starts_with(r#"{"email": "conform-"#) && seen.body.ends_with("\","));
}

#[tokio::test]
async fn a_code_that_was_sent_can_be_sent_again() {
    let yaml = r#"
title: once more
accounts: { jane: { totp: true } }
steps:
  - { call: login, body: { code: "{{jane.totp}}" }, expect: { status: 200 } }
  - { call: me, expect: { status: 200 }, verifies: [a.one] }
  - { call: login, body: { code: "{{jane.sent_totp}}" }, expect: { status: 200 } }
"#;
    let server = Server::start(|_, _| json(200, "{}")).await;
    let holds = verdicts_with_totp(yaml, &server).await["a.one"];
    assert_eq!(holds, Verdict::Pass);
    let bodies: Vec<String> = server.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies[0], bodies[2]);
    assert_eq!(bodies[0].len(), r#"{"code":"123456"}"#.len());
}

const REGISTERED: &str = r#"
title: an account is registered
accounts: { jane: {} }
steps:
  - { call: me, token: "{{jane.token}}", verifies: [a.one], expect: { status: 200 } }
"#;

#[tokio::test]
async fn a_token_that_no_server_would_take_is_never_sent() {
    for (length, calls) in [(16 * 1024, 2), (16 * 1024 + 1, 1)] {
        let token = serde_json::json!({ "token": "t".repeat(length) }).to_string();
        let server = Server::start(move |_, _| json(200, &token)).await;
        run_one(REGISTERED, &server).await;
        assert_eq!(server.seen().len(), calls, "{length}");
    }
}

#[tokio::test]
async fn the_time_of_a_step_lies_within_that_of_its_scenario_and_that_within_the_run() {
    let server = Server::start(|_, _| json(200, r#"{ "token": "some-token" }"#)).await;
    let start = Instant::now();
    let result = run_one(REGISTERED, &server).await;
    let run = start.elapsed().as_secs_f64() * 1e3;
    for step in &result.steps {
        let timing = step.timing.unwrap();
        let end = timing.offset_milliseconds + timing.milliseconds;
        assert!(end <= result.milliseconds, "{end} {}", result.milliseconds);
    }
    assert!(result.milliseconds <= run, "{} {run}", result.milliseconds);
}
