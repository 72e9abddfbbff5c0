//! A server that asks for patience gets it, within bounds; a check of 429 is no throttling.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use conform::run::Outcome;
use conform::verdict::Verdict;

use crate::run::support::{
    Scripted, Server, json, page, run, run_one, session, session_limited, strict_session, suite,
    verdicts,
};

const ONE_LOGIN: &str = r"
title: one call
steps:
  - { call: login, verifies: [a.one], expect: { status: 200 } }
";

fn throttled(retry_after: &str) -> Scripted {
    let (status, mut headers, body) = json(429, r#"{"message":"Too Many Attempts."}"#);
    headers.push(("retry-after", retry_after.to_owned()));
    (status, headers, body)
}

#[tokio::test]
async fn a_throttled_call_is_made_again() {
    let server = Server::start(|_, before| {
        if before < 2 {
            throttled("0")
        } else {
            json(200, "{}")
        }
    })
    .await;
    let result = run_one(ONE_LOGIN, &server).await;
    assert_eq!(result.outcome, Outcome::Passed);
    assert_eq!(result.steps[0].calls, 3);
    assert_eq!(server.seen().len(), 3);
    // Two pauses, of a margin each.
    let timing = result.steps[0].timing.unwrap();
    assert!(timing.throttled_milliseconds > 400.0, "{timing:?}");
    assert!(
        timing.throttled_milliseconds < timing.milliseconds,
        "{timing:?}"
    );
}

#[tokio::test]
async fn the_wait_of_one_step_is_not_that_of_the_next() {
    let yaml = r"
title: a call that is throttled, and one that is not
steps:
  - { call: login, verifies: [a.one], expect: { status: 200 } }
  - { call: me, verifies: [a.two], expect: { status: 200 } }
";
    let server = Server::start(|seen, before| match (seen.path.as_str(), before) {
        ("/login", 0) => throttled("0"),
        _ => json(200, "{}"),
    })
    .await;
    let result = run_one(yaml, &server).await;
    let waited = |step: usize| result.steps[step].timing.unwrap().throttled_milliseconds;
    assert!(waited(0) > 200.0, "{}", waited(0));
    assert!(waited(1) < waited(0), "{}", waited(1));
}

#[tokio::test]
async fn each_of_the_calls_that_provoke_a_limit_can_be_another() {
    let yaml = r#"
title: a number in every call
steps:
  - call: login
    body: { email: "{{attempt}}" }
    repeat: { max: 5, within: 60s, until: [429] }
    expect: { status: 429 }
    verifies: [a.one]
"#;
    let server = Server::start(|_, before| match before {
        0..=2 => json(401, "{}"),
        _ => throttled("0"),
    })
    .await;
    assert_eq!(run_one(yaml, &server).await.outcome, Outcome::Passed);
    let bodies: Vec<String> = server.seen().into_iter().map(|seen| seen.body).collect();
    let expected = [1, 2, 3, 4].map(|attempt| format!(r#"{{"email":{attempt}}}"#));
    assert_eq!(bodies, expected);
}

const TWO_CALLS: &str = r"
title: two calls after a registration, and one that cannot be made
accounts: { jane: {} }
steps:
  - { call: me, expect: { status: 200 }, capture: { id: $.id } }
  - { call: me, expect: { status: 200 }, verifies: [a.one] }
  - { call: item, path: { id: '{{id}}' }, expect: { status: 200 }, verifies: [a.two] }
";

#[tokio::test]
async fn every_call_that_was_made_has_its_time_within_the_scenario() {
    let server = Server::start(|_, _| json(200, r#"{"token":"1|abcdefghijkl"}"#)).await;
    let result = run_one(TWO_CALLS, &server).await;
    let timings: Vec<_> = result.steps.iter().map(|step| step.timing).collect();
    assert_eq!(timings.len(), 4);
    // Nothing was captured for the last one.
    assert_eq!(timings[3], None);
    let mut end = 0.0;
    for timing in timings.into_iter().flatten() {
        assert!(
            timing.offset_milliseconds >= end,
            "{timing:?} begins before {end}"
        );
        assert!(timing.milliseconds > 0.0, "{timing:?}");
        end = timing.offset_milliseconds + timing.milliseconds;
    }
    assert!(end <= result.milliseconds, "{end}");
}

#[tokio::test]
async fn impatience_leaves_the_clause_unproven() {
    let server = Server::start(|_, _| throttled("3600")).await;
    let result = run_one(ONE_LOGIN, &server).await;
    assert_eq!(result.outcome, Outcome::Skipped);
    assert!(result.reason.unwrap().contains("--max-wait"));
    assert_eq!(
        verdicts(ONE_LOGIN, &server).await["a.one"],
        Verdict::Inconclusive
    );
}

const PROVOKED: &str = r"
title: a 429 is provoked
steps:
  - call: login
    verifies: [a.one]
    repeat: { max: 5, within: 60s, until: 429 }
    expect: { status: 429 }
";

#[tokio::test]
async fn a_provoked_429_is_not_waited_for() {
    let server = Server::start(|_, before| {
        if before < 3 {
            json(401, "{}")
        } else {
            throttled("3600")
        }
    })
    .await;
    let result = run_one(PROVOKED, &server).await;
    assert_eq!(result.outcome, Outcome::Passed);
    assert_eq!(result.steps[0].calls, 4);
}

#[tokio::test]
async fn a_503_that_asks_for_patience_is_no_call_of_those_that_provoke() {
    let server = Server::start(|_, before| {
        let (_, headers, body) = throttled("0");
        (if before == 0 { 503 } else { 429 }, headers, body)
    })
    .await;
    let once = PROVOKED.replace("max: 5", "max: 1");
    assert_eq!(verdicts(&once, &server).await["a.one"], Verdict::Pass);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_limit_that_never_comes_is_a_violation_after_all_calls() {
    let server = Server::start(|_, _| json(401, "{}")).await;
    assert_eq!(verdicts(PROVOKED, &server).await["a.one"], Verdict::Fail);
    assert_eq!(server.seen().len(), 10);
}

#[tokio::test]
async fn a_server_too_slow_for_all_calls_proves_nothing() {
    let server = Server::start(|_, _| json(401, "{}")).await;
    let hurried = PROVOKED.replace("60s", "0s");
    assert_eq!(
        verdicts(&hurried, &server).await["a.one"],
        Verdict::Inconclusive
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_server_too_slow_for_all_calls_is_judged_in_what_one_call_shows() {
    let yaml = r"
title: the limit is one thing, the refusal another
steps:
  - call: login
    repeat: { max: 5, within: 0s, until: 429 }
    expect:
      - { status: <500, verifies: [a.two] }
      - { status: 429, verifies: [a.one] }
  - { call: me, verifies: [a.three], expect: { status: <500 } }
";
    let server = Server::start(|_, _| json(401, "{}")).await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Inconclusive);
    assert_eq!(verdicts["a.two"], Verdict::Pass);
    assert_eq!(verdicts["a.three"], Verdict::Pass);
}

#[tokio::test]
async fn what_runs_last_runs_after_all_others_and_alone() {
    let last = "exclusive: true\ntitle: last\nsteps:\n  - { call: me, verifies: [a.two], expect: { status: 200 } }\n";
    let suite = suite(&[
        ("a-last", last),
        ("b", ONE_LOGIN),
        ("c", ONE_LOGIN),
        ("d", ONE_LOGIN),
    ]);
    let server = Server::start(|_, _| json(200, "{}")).await;
    let results = run(&session(&suite, &server, Duration::from_secs(1))).await;
    assert_eq!(results.len(), 4);
    assert_eq!(results[3].id, "test/a-last");
    let paths: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/login", "/login", "/login", "/me"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn scenarios_overlap() {
    // Each answer waits for the others: one after another they would wait for ever.
    let barrier = std::sync::Arc::new(std::sync::Barrier::new(3));
    let scenario = ONE_LOGIN;
    let suite = suite(&[("a", scenario), ("b", scenario), ("c", scenario)]);
    let server = Server::start(move |_, _| {
        tokio::task::block_in_place(|| barrier.wait());
        json(200, "{}")
    });
    let server = server.await;
    let session = session(&suite, &server, Duration::from_secs(1));
    let results = run(&session).await;
    assert!(
        results
            .iter()
            .all(|result| result.outcome == Outcome::Passed)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_at_a_time_they_run_in_order_and_the_first_failure_ends_the_run() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let suite = suite(&names.map(|name| (name, ONE_LOGIN)));
    let server = Server::start(|_, before| json(if before == 3 { 500 } else { 200 }, "{}")).await;
    let results = run(&strict_session(&suite, &server)).await;
    let ran: Vec<&str> = results.iter().map(|result| result.id.as_str()).collect();
    assert_eq!(ran, ["test/a", "test/b", "test/c", "test/d"]);
    assert_eq!(results[3].outcome, Outcome::Failed);
}

/// A session of three calls of one operation, which is declared to allow two in a time.
fn declared(server: &Server, limit: &str) -> std::sync::Arc<conform::run::Session> {
    let suite = suite(&["a", "b", "c"].map(|name| (name, ONE_LOGIN)));
    session_limited(&suite, server, limit)
}

#[tokio::test]
async fn a_declared_limit_is_kept_and_nothing_but_throttled_calls_waits() {
    let server = Server::start(|_, _| json(200, "{}")).await;
    let session = declared(&server, "2/s");
    let results = run(&session).await;
    assert!(results.iter().all(|one| one.outcome == Outcome::Passed));
    let waited = session.throttle.waited();
    assert_eq!(waited.answers, 0);
    // Half a second lies between two calls.
    assert!(waited.paced > Duration::from_millis(900), "{waited:?}");
    assert!(waited.paced < Duration::from_secs(2), "{waited:?}");
    assert_eq!(waited.total, waited.paced);
}

#[tokio::test]
async fn a_declared_limit_beyond_the_patience_leaves_unproven_what_it_holds_back() {
    let server = Server::start(|_, _| json(200, "{}")).await;
    let results = run(&declared(&server, "2/h")).await;
    let with = |outcome| results.iter().filter(|one| one.outcome == outcome).count();
    assert_eq!((with(Outcome::Passed), with(Outcome::Skipped)), (2, 1));
    assert_eq!(server.seen().len(), 2);
}

const REGISTERED: &str = r"
title: a call that changes something
steps:
  - { call: item, path: { id: '1' }, expect: { status: 200 } }
  - { call: OPERATION, verifies: [a.one], expect: { status: 200 } }
";

/// The paths that are called where the first call of an operation is answered so, and all others with 200.
async fn called_after(operation: &str, refusal: Scripted) -> Vec<String> {
    let path = format!("/{operation}");
    let refused = AtomicBool::new(false);
    let server = Server::start(move |seen, _| {
        if seen.path == path && !refused.swap(true, Ordering::Relaxed) {
            refusal.clone()
        } else {
            json(200, "{}")
        }
    })
    .await;
    let yaml = REGISTERED.replace("OPERATION", operation);
    assert_eq!(verdicts(&yaml, &server).await["a.one"], Verdict::Pass);
    server.seen().into_iter().map(|seen| seen.path).collect()
}

#[tokio::test]
async fn a_scenario_starts_over_where_nobody_knows_what_a_call_has_done() {
    let twice = ["/items/1", "/register", "/items/1", "/register"];
    let again = ["/items/1", "/register", "/register"];
    let (_, later, body) = throttled("1");
    let maintenance = (503, later.clone(), body.clone());
    assert_eq!(called_after("register", maintenance).await, twice);
    // A gateway that does not say for how long.
    assert_eq!(called_after("register", page(502)).await, twice);
    // Nobody has looked at what met a 429, and a call that changes nothing may be made twice.
    assert_eq!(called_after("register", (429, later, body)).await, again);
    let safe = called_after("me", page(504)).await;
    assert_eq!(safe, ["/items/1", "/me", "/me"]);
}

#[tokio::test]
async fn a_gateway_that_never_lets_a_call_through_blames_nobody() {
    let server = Server::start(|_, _| page(503)).await;
    let yaml = REGISTERED.replace("OPERATION", "me");
    let session = session(&suite(&[("a", &yaml)]), &server, Duration::from_secs(2));
    let results = run(&session).await;
    assert_eq!(results[0].outcome, Outcome::Skipped);
    let reason = results[0].reason.as_deref().unwrap();
    assert!(
        reason.starts_with("a gateway answered 503 to 2 calls"),
        "{reason}"
    );
}

#[tokio::test]
async fn calls_at_once_that_were_throttled_in_part_are_made_again_in_a_fresh_scenario() {
    let yaml = r"
title: two at once
steps:
  - { call: login, concurrent: [{ a: 1 }, { a: 2 }], verifies: [a.one], expect: { status: 200, succeeded: 2 } }
";
    let server = Server::start(|_, before| match before {
        0 => throttled("1"),
        _ => json(200, "{}"),
    })
    .await;
    // Whether they were under way at the same time is up to chance; that one was throttled blames nobody.
    assert_ne!(verdicts(yaml, &server).await["a.one"], Verdict::Fail);
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_proof_of_429_goes_beyond_the_limit_that_the_server_announces() {
    let announcing = |limit: usize, enforced: bool| async move {
        let server = Server::start(move |_, before| {
            let (_, mut headers, body) = json(401, "{}");
            headers.push(("ratelimit", format!("limit={limit}, remaining=1, reset=60")));
            let status = if enforced && before >= limit {
                429
            } else {
                401
            };
            (status, headers, body)
        })
        .await;
        let verdict = verdicts(PROVOKED, &server).await["a.one"];
        (verdict, server.seen().len())
    };
    assert_eq!(announcing(7, true).await, (Verdict::Pass, 8));
    // Who announces a limit and has none is found out, and so is who announces more than anybody tries.
    assert_eq!(announcing(7, false).await, (Verdict::Fail, 15));
    assert_eq!(announcing(1_000, true).await, (Verdict::Fail, 10));
}

#[tokio::test]
async fn a_limit_is_met_although_its_window_ends_in_between() {
    let server = Server::start(|_, before| {
        let in_window = if before < 3 { before } else { before - 3 };
        json(if in_window < 5 { 401 } else { 429 }, "{}")
    })
    .await;
    assert_eq!(verdicts(PROVOKED, &server).await["a.one"], Verdict::Pass);
    assert_eq!(server.seen().len(), 9);
}
