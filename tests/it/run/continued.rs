//! Sessions that a scenario needs, and scenarios that go on where others end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use conform::run::{Outcome, Run, ScenarioResult, UnderWay};

use crate::run::support::{Scripted, Seen, Server, json, session, suite};

const FIRST: &str = r#"
title: two sessions live
accounts: { jane: { sessions: [cli, web] } }
steps:
  - { call: me, token: "{{jane.cli}}", verifies: [a.one], expect: { status: 200 } }
  - { call: me, token: "{{jane.web}}", verifies: [a.one], expect: { status: 200 } }
"#;

const NEXT: &str = r#"
title: they still live
continues: test/first
accounts: { jane: { sessions: [cli] } }
steps:
  - { call: me, token: "{{jane.cli}}", verifies: [a.two], expect: { status: 200 } }
"#;

/// A server that gives each session a token of its own, and refuses those that `is_dead` names.
async fn server(is_dead: impl Fn(&str) -> bool + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |seen: &Seen, _| -> Scripted {
        let bearer = seen.headers.get("authorization");
        let token = bearer.map(|value| value.to_str().unwrap().replace("Bearer ", ""));
        match (seen.path.as_str(), token) {
            ("/me", Some(token)) if is_dead(&token) => json(401, "{}"),
            ("/me", Some(_)) => json(200, "{}"),
            ("/me", None) => json(401, "{}"),
            (path, _) => {
                let client = seen.headers.get("x-client");
                let client = client.map_or("none", |value| value.to_str().unwrap());
                let number = count.fetch_add(1, Ordering::Relaxed);
                json(
                    201,
                    &format!(r#"{{ "token": "{}-{client}-{number}" }}"#, &path[1..]),
                )
            }
        }
    })
    .await
}

/// Runs these scenarios: the first is at 0, the one that continues it at 1. The results in the order in which they came.
async fn results(scenarios: &[usize], server: &Server) -> Vec<ScenarioResult> {
    let suite = suite(&[("first", FIRST), ("next", NEXT)]);
    let session = session(&suite, server, Duration::from_secs(30));
    let results = Mutex::new(Vec::new());
    let done = |_, result| results.lock().unwrap().push(result);
    Run::new(&session).scenarios(scenarios, done).await;
    results.into_inner().unwrap()
}

fn calls(server: &Server) -> Vec<String> {
    let seen = server.seen().into_iter();
    seen.map(|seen| seen.path[1..].to_owned()).collect()
}

fn outcomes(results: &[ScenarioResult]) -> Vec<Outcome> {
    results.iter().map(|result| result.outcome).collect()
}

#[tokio::test]
async fn a_session_is_opened_and_each_is_seen_alive_before_the_first_step() {
    let server = server(|_| false).await;
    let results = results(&[0], &server).await;
    assert_eq!(outcomes(&results), [Outcome::Passed]);
    let opened = ["register", "login", "me", "login", "me", "me", "me", "me"];
    assert_eq!(calls(&server), opened);
    let account: Vec<_> = results[0]
        .steps
        .iter()
        .map(|step| step.account.as_deref())
        .collect();
    assert_eq!(account[..6], [Some("jane"); 6]);
    assert_eq!(account[6..], [None; 2]);
}

#[tokio::test]
async fn a_session_that_does_not_live_blocks_the_scenario_and_fails_nothing() {
    let server = server(|token| token.starts_with("login-cli")).await;
    let results = results(&[0], &server).await;
    assert_eq!(outcomes(&results), [Outcome::Blocked]);
    let reason = results[0].reason.clone().unwrap();
    assert_eq!(reason, "the session `jane.cli` does not live: status 401");
}

#[tokio::test]
async fn a_scenario_goes_on_with_the_sessions_of_the_one_before() {
    let server = server(|_| false).await;
    let results = results(&[0, 1], &server).await;
    assert_eq!(outcomes(&results), [Outcome::Passed; 2]);
    // The one session is seen alive once more, and nobody registers or logs in again.
    assert_eq!(calls(&server)[8..], ["me", "me"]);
    assert_eq!(results[0].accounts, results[1].accounts);
}

#[tokio::test]
async fn after_a_scenario_that_fails_the_next_begins_with_an_account_of_its_own() {
    let server = server(|token| token.starts_with("login-web")).await;
    let mut results = results(&[0, 1], &server).await;
    // The one that is blocked is begun once more, alone, and so comes last.
    results.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(outcomes(&results), [Outcome::Blocked, Outcome::Passed]);
    assert_ne!(results[0].accounts, results[1].accounts);
}

#[tokio::test]
async fn a_session_that_the_scenario_before_has_used_up_is_opened_anew() {
    let server = server({
        let uses = AtomicUsize::new(0);
        // The session of cli dies after the first scenario.
        move |token| token == "login-cli-1" && uses.fetch_add(1, Ordering::Relaxed) >= 3
    })
    .await;
    let results = results(&[0, 1], &server).await;
    assert_eq!(outcomes(&results), [Outcome::Passed; 2]);
    assert_eq!(calls(&server)[8..], ["me", "login", "me", "me"]);
}

#[tokio::test]
async fn without_the_scenario_before_it_a_scenario_runs_on_an_account_of_its_own() {
    let server = server(|_| false).await;
    let results = results(&[1], &server).await;
    assert_eq!(outcomes(&results), [Outcome::Passed]);
    assert_eq!(calls(&server), ["register", "login", "me", "me"]);
}

#[tokio::test]
async fn a_scenario_is_under_way_from_its_first_call_to_its_end() {
    let (under_way, named) = (Arc::new(OnceLock::<UnderWay>::new()), Arc::default());
    let server = server({
        let (under_way, named) = (Arc::clone(&under_way), Arc::clone(&named));
        move |_| {
            let slowest = under_way.get().unwrap().slowest(Instant::now());
            let named: &Mutex<Vec<String>> = &named;
            named.lock().unwrap().extend(slowest.map(|(id, _)| id));
            false
        }
    })
    .await;
    let suite = suite(&[("first", FIRST), ("next", NEXT)]);
    let session = session(&suite, &server, Duration::from_secs(30));
    under_way.set(session.under_way.clone()).unwrap();
    Run::new(&session).scenarios(&[0, 1], |_, _| {}).await;
    let mut named = named.lock().unwrap().clone();
    named.dedup();
    assert_eq!(named, ["test/first", "test/next"]);
    assert_eq!(session.under_way.slowest(Instant::now()), None);
}
