//! Looking around: what a call does to the sessions that a scenario knows is seen after it.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use conform::verdict::Verdict;

use crate::run::support::{Scripted, Seen, Server, json, run_one, verdicts, with};

const LOGOUT: &str = r"
title: a logout ends the session that makes it
accounts: { jane: { sessions: [cli, web] } }
steps:
  - { call: logout, as: jane.cli, verifies: [a.three] }
  - { call: list-tokens, as: jane.web, verifies: [a.should], expect: { status: 200 } }
";

/// What a logout does.
#[derive(Clone, Copy, PartialEq)]
enum Logout {
    EndsCaller,
    EndsNothing,
    EndsAll,
    IsRefused,
}

/// A server with sessions of cli and web; it shows no list unless somebody has logged out.
async fn server(logout: Logout) -> Server {
    let (count, ended) = (AtomicUsize::new(0), Mutex::new(BTreeSet::new()));
    let living = Mutex::new(BTreeSet::new());
    Server::start(move |seen: &Seen, _| -> Scripted {
        let bearer = seen.headers.get("authorization");
        let token = bearer.map(|value| value.to_str().unwrap().replace("Bearer ", ""));
        let is_alive = token
            .as_ref()
            .is_some_and(|token| !ended.lock().unwrap().contains(token));
        match (seen.path.as_str(), token) {
            ("/me" | "/tokens" | "/logout", _) if !is_alive => json(401, "{}"),
            ("/tokens", _) if ended.lock().unwrap().is_empty() => json(404, "{}"),
            ("/me" | "/tokens", _) => json(200, "{}"),
            ("/logout", Some(token)) => {
                let mut ended = ended.lock().unwrap();
                match logout {
                    Logout::EndsCaller => drop(ended.insert(token)),
                    Logout::EndsAll => ended.extend(living.lock().unwrap().iter().cloned()),
                    Logout::EndsNothing => {}
                    Logout::IsRefused => return json(403, "{}"),
                }
                json(204, "")
            }
            (path, _) => {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let token = format!("{}-{number}", &path[1..]);
                living.lock().unwrap().insert(token.clone());
                json(201, &format!(r#"{{ "token": "{token}" }}"#))
            }
        }
    })
    .await
}

async fn verdicts_on(logout: Logout) -> [Verdict; 4] {
    let verdicts = verdicts(LOGOUT, &server(logout).await).await;
    ["a.one", "a.two", "a.three", "a.should"].map(|clause| verdicts[clause])
}

#[tokio::test]
async fn each_session_is_called_with_after_a_call_that_has_an_effect() {
    let server = server(Logout::EndsCaller).await;
    let result = run_one(LOGOUT, &server).await;
    let calls = result.steps.iter().filter(|step| step.position.is_some());
    let calls = calls.map(|step| {
        let exchange = step.exchange.as_ref().unwrap();
        (step.line, step.operation.as_str(), exchange.status())
    });
    assert_eq!(
        calls.collect::<Vec<_>>(),
        [
            (5, "logout", Some(204)),
            (5, "me", Some(200)),
            (5, "me", Some(401)),
            (6, "list-tokens", Some(200)),
        ]
    );
    let pass = Verdict::Pass;
    assert_eq!(verdicts_on(Logout::EndsCaller).await, [pass; 4]);
}

#[tokio::test]
async fn what_lives_and_should_not_and_what_does_not_and_should_fails_its_own_clause() {
    let (pass, fail) = (Verdict::Pass, Verdict::Fail);
    let ends_all = verdicts_on(Logout::EndsAll).await;
    assert_eq!(ends_all[..3], [pass, fail, pass]);
    let ends_nothing = verdicts_on(Logout::EndsNothing).await;
    assert_eq!(ends_nothing[..3], [fail, pass, pass]);
}

#[tokio::test]
async fn after_a_call_that_is_refused_looks_show_nothing_and_failures_follow_from_it() {
    let [ends, spares, succeeds, later] = verdicts_on(Logout::IsRefused).await;
    assert_eq!(succeeds, Verdict::Fail);
    assert_eq!([ends, spares, later], [Verdict::Inconclusive; 3]);
}

#[tokio::test]
async fn a_session_that_was_lost_is_opened_again_for_the_step_that_it_makes() {
    let server = server(Logout::EndsAll).await;
    let result = run_one(LOGOUT, &server).await;
    let opened = result.steps.iter().filter(|step| step.position.is_none());
    let opened: Vec<&str> = opened.map(|step| step.operation.as_str()).collect();
    assert_eq!(
        opened,
        [
            "register", "login", "me", "login", "me", "me", "login", "me"
        ]
    );
    let last = result.steps.last().unwrap().exchange.as_ref().unwrap();
    assert_eq!(last.status(), Some(200));
}

#[tokio::test]
async fn a_run_that_ends_while_a_session_is_opened_again_has_each_step_once() {
    let server = Server::start({
        let ended = Mutex::new(BTreeSet::new());
        let count = AtomicUsize::new(0);
        move |seen: &Seen, _| -> Scripted {
            let bearer = seen.headers.get("authorization");
            let token = bearer.map(|value| value.to_str().unwrap().to_owned());
            let number = count.load(Ordering::Relaxed);
            match (seen.path.as_str(), token) {
                ("/me", Some(token)) if ended.lock().unwrap().contains(&token) => json(401, "{}"),
                ("/me" | "/tokens", _) => json(200, "{}"),
                // It ends every session, and lets nobody log in for hours.
                ("/logout", _) => {
                    let all = (0..number).map(|number| format!("Bearer t-{number}"));
                    ended.lock().unwrap().extend(all);
                    json(204, "")
                }
                ("/login", _) if !ended.lock().unwrap().is_empty() => {
                    with(429, "retry-after", "9999", "{}")
                }
                _ => {
                    count.fetch_add(1, Ordering::Relaxed);
                    json(201, &format!(r#"{{ "token": "t-{number}" }}"#))
                }
            }
        }
    })
    .await;
    let result = run_one(LOGOUT, &server).await;
    let positions = result.steps.iter().filter_map(|step| step.position);
    assert_eq!(positions.collect::<Vec<_>>(), [0, 1, 2, 3]);
}
