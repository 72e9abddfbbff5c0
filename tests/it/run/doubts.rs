//! A refusal that may be the harness's own fault: what was sent may not have been good.

use std::sync::Arc;

use conform::accounts::{ProvisionedAccount, TotpSource};
use conform::run::{Plan, Recording, ReplacedAnswer, Selection};
use conform::verdict::{Verdict, Verdicts};

use crate::run::support::{
    Server, json, run, session_of_one, session_to, states, verdicts, verdicts_from,
    verdicts_with_fixed_account, verdicts_with_totp, with,
};

const CODE: &str = r#"
title: a code
accounts: { jane: { totp: true } }
steps:
  - { call: me, expect: { status: 4xx } }
  - { call: login, body: { code: "{{jane.totp}}" }, verifies: [a.one], expect: { status: 200 } }
"#;

#[tokio::test]
async fn a_refused_code_proves_nothing_where_the_clock_is_unknown() {
    let with_date = Server::start(|_, _| json(422, "{}")).await;
    assert_eq!(
        verdicts_with_totp(CODE, &with_date).await["a.one"],
        Verdict::Fail
    );
    let without_date = Server::raw(
        "HTTP/1.1 422 Unprocessable Content\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
    )
    .await;
    assert_eq!(
        verdicts_with_totp(CODE, &without_date).await["a.one"],
        Verdict::Inconclusive
    );
}

#[tokio::test]
async fn what_a_fixed_account_is_refused_proves_nothing() {
    for input in ["password", "recovery_code", "totp"] {
        let yaml = format!(
            r#"
title: a file may be stale
accounts: {{ jane: {{ totp: true }} }}
steps:
  - {{ call: login, body: {{ sent: "{{{{jane.{input}}}}}" }}, verifies: [a.one], expect: {{ status: 200 }} }}
  - {{ call: login, body: {{ sent: "{{{{jane.email}}}}" }}, verifies: [a.two], expect: {{ status: 200 }} }}
"#
        );
        let server = Server::start(|_, _| json(422, "{}")).await;
        let fixed = verdicts_with_fixed_account(&yaml, &server).await;
        assert_eq!(fixed["a.one"], Verdict::Inconclusive, "{input}");
        // Nobody needs a secret to be refused.
        assert_eq!(fixed["a.two"], Verdict::Fail, "{input}");
        // An account that was made for this run has what is sent; but whether this server has the account, its first login
        // tells.
        let made = verdicts_with_totp(&yaml, &server).await;
        let expected = match input {
            "password" => Verdict::Inconclusive,
            _ => Verdict::Fail,
        };
        assert_eq!(made["a.one"], expected, "{input}");
    }
}

#[tokio::test]
async fn an_account_that_was_let_in_once_is_known_to_the_server() {
    let yaml = r#"
title: a wrong password, and the right one twice
accounts: { jane: { totp: true } }
steps:
  - { call: login, body: { password: "{{jane.password | altered}}" }, expect: { status: 401 } }
  - { call: login, body: { password: "{{jane.password}}" }, verifies: [a.one], expect: { status: 200 } }
  - { call: login, body: { password: "{{jane.password}}" }, verifies: [a.two], expect: { status: 200 } }
"#;
    let server = Server::start(|_, before| json(if before == 1 { 200 } else { 401 }, "{}")).await;
    let verdicts = verdicts_with_totp(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Pass);
    assert_eq!(verdicts["a.two"], Verdict::Fail);
}

#[tokio::test]
async fn a_fixed_account_that_fails_by_more_than_a_refusal_is_judged() {
    let yaml = r#"
title: the server breaks
accounts: { jane: { totp: true } }
steps:
  - { call: login, body: { password: "{{jane.password}}" }, verifies: [a.one], expect: { status: 200 } }
"#;
    let server = Server::start(|_, _| json(500, "{}")).await;
    let fixed = verdicts_with_fixed_account(yaml, &server).await;
    assert_eq!(fixed["a.one"], Verdict::Fail);
}

#[tokio::test]
async fn a_fixed_account_that_is_refused_in_the_wrong_way_is_judged() {
    let yaml = r#"
title: the wrong refusal
accounts: { jane: { totp: true } }
steps:
  - { call: login, body: { password: "{{jane.password}}" }, verifies: [a.one], control: works, expect: { status: 401 } }
  - { id: works, call: me, expect: { status: 200 } }
"#;
    let server = Server::start(|seen, _| {
        let refused = seen.path == "/login";
        json(if refused { 422 } else { 200 }, "{}")
    })
    .await;
    let fixed = verdicts_with_fixed_account(yaml, &server).await;
    assert_eq!(fixed["a.one"], Verdict::Fail);
}

const ASSUMED: &str = r#"
title: an assumed operation
steps:
  - { call: item, path: { id: "7" }, token: "some-token", verifies: [a.one], expect: { status: 200 } }
"#;

#[tokio::test]
async fn a_path_that_is_only_assumed_and_not_there_blames_nobody() {
    for missing in [404, 405] {
        let server = Server::start(move |_, _| json(missing, "{}")).await;
        assert_eq!(
            verdicts(ASSUMED, &server).await["a.one"],
            Verdict::Inconclusive
        );
        // Where a stranger is told to sign in, the operation is there and itself at fault.
        let server = Server::start(move |seen, _| {
            let signed_in = seen.headers.contains_key("authorization");
            json(if signed_in { missing } else { 401 }, "{}")
        })
        .await;
        assert_eq!(verdicts(ASSUMED, &server).await["a.one"], Verdict::Fail);
    }
}

#[tokio::test]
async fn a_path_that_was_there_is_not_doubted_when_the_run_is_gone_through_again() {
    let server = Server::start(|_, _| json(200, "{}")).await;
    let session = session_of_one(ASSUMED, &server);
    let session = Arc::new(Arc::into_inner(session).unwrap().recording());
    let id = run(&session).await.remove(0).id;
    let recording = Recording::of(&session).unwrap();
    let mut answer = recording.answer(&id, 0).unwrap().clone();
    answer.status = 404;
    let change = ReplacedAnswer {
        position: 0,
        answer,
    };
    let again = recording.replay(&session.plan, 0, Some(change)).await;
    assert!(states(&again.unwrap(), 0)[0].is_failed());
}

/// An account with a second factor whose codes live for ten seconds.
fn short_codes() -> TotpSource {
    TotpSource::function(|| async {
        Ok(ProvisionedAccount {
            email: "jane@mail.example".to_owned(),
            password: "a-good-password".to_owned(),
            totp_secret: "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=10".to_owned(),
            recovery_codes: Vec::new(),
        })
    })
}

#[tokio::test]
async fn a_code_that_ran_out_before_it_could_be_sent_again_is_tried_in_a_fresh_scenario() {
    let yaml = r#"
title: a code works once
accounts: { jane: { totp: true } }
steps:
  - { id: once, call: login, body: { code: "{{jane.totp}}" }, expect: { status: 200 } }
  - { call: register, expect: { status: 200 } }
  - { call: login, body: { code: "{{jane.sent_totp}}" }, verifies: [a.one], expect: { status: 4xx }, control: once }
"#;
    // The pause in between is longer than the code lives, the first time; after that the server takes it a second time.
    let server = Server::start(|seen, before| match (seen.path.as_str(), before) {
        ("/register", 0) => with(429, "retry-after", "9", "{}"),
        ("/login", 1) => json(422, "{}"),
        _ => json(200, "{}"),
    })
    .await;
    let verdicts = verdicts_from(yaml, &server, short_codes()).await;
    assert_eq!(verdicts["a.one"], Verdict::Fail);
    assert_eq!(server.seen().len(), 3 + 1 + 3);
}

#[tokio::test]
async fn what_a_call_from_the_same_machine_says_of_its_origin_may_be_believed() {
    let yaml = r"
title: a limit stays
steps:
  - { call: login, headers: { x-forwarded-for: 198.51.100.7 }, verifies: [a.one], expect: { status: 429 } }
";
    let server = Server::start(|_, _| json(401, "{}")).await;
    let judged = |distrusts| {
        let server = &server;
        async move {
            let session = session_of_one(yaml, server);
            let mut target = session.target.clone();
            target.distrusts_loopback = distrusts;
            let suite = &session.plan.suite;
            let plan = Plan::new(suite, &Selection::default());
            let session = session_to(target, plan, TotpSource::None);
            let results = run(&session).await;
            Verdicts::of(&session.plan, &session.plan.scenarios, &results).clauses[0].verdict
        }
    };
    assert_eq!(judged(false).await, Verdict::Inconclusive);
    assert_eq!(judged(true).await, Verdict::Fail);
}
