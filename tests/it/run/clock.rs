//! The time of a server whose answers have no `Date`: said by the user, inferred, or unknown.

use std::time::Duration;

use conform::http::ClockSource;
use conform::verdict::{Verdict, Verdicts};
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};

use crate::run::support::{Server, run, session_at, suite, verdicts, with};

const NEAR: &str = r"
title: an instant
steps:
  - { call: me, verifies: [a.one], expect: { status: 200, at: $.a, approx: 0s } }
  - { call: me, verifies: [a.two], expect: { status: 200 } }
  - { call: me, verifies: [a.three], expect: { status: 200, at: $.a, approx: 0s } }
";

/// So many minutes from now.
fn minutes(minutes: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_mins(minutes)
}

/// An answer without a `Date`.
fn answer(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// A server that answers everything with this body, without a `Date`.
async fn undated(body: &str) -> Server {
    Server::raw(answer(body)).await
}

/// The verdict on an instant, on a call that needs no clock, and where the time of the server is from.
async fn judged(body: &str, offset: Option<i64>) -> (Verdict, Verdict, Option<ClockSource>) {
    let server = undated(body).await;
    let session = session_at(&suite(&[("near", NEAR)]), &server, offset);
    let results = run(&session).await;
    let verdicts = Verdicts::of(&session.plan, &session.plan.scenarios, &results);
    let of = |id: &str| {
        let mut clauses = verdicts.clauses.iter();
        clauses.find(|clause| clause.id == id).unwrap().verdict
    };
    assert_eq!(of("a.one"), of("a.three"));
    let source = session.clock.difference().map(|known| known.source);
    (of("a.one"), of("a.two"), source)
}

#[tokio::test]
async fn what_rests_on_a_clock_that_nobody_tells_is_unproven() {
    let body = format!(r#"{{"a":"{}"}}"#, minutes(0));
    let (near, other, source) = judged(&body, None).await;
    assert_eq!((near, other), (Verdict::Inconclusive, Verdict::Pass));
    assert_eq!(source, None);
    // What is no instant at all is wrong by any clock.
    assert_eq!(judged(r#"{"a":"soon"}"#, None).await.0, Verdict::Fail);
}

#[tokio::test]
async fn the_user_may_say_how_far_the_clock_is_off() {
    let body = format!(r#"{{"a":"{}"}}"#, minutes(-180));
    for (offset, verdict) in [(-10_800, Verdict::Pass), (0, Verdict::Fail)] {
        let (near, _, source) = judged(&body, Some(offset)).await;
        assert_eq!((near, source), (verdict, Some(ClockSource::Given)));
    }
}

#[tokio::test]
async fn the_time_is_inferred_from_a_fresh_token() {
    let body = |there: i64| {
        let (created, older) = (minutes(607), minutes(0));
        format!(
            r#"{{"token":"1|abc","tokens":[{{"created_at":"{older}"}},{{"created_at":"{created}"}}],"a":"{}"}}"#,
            minutes(there)
        )
    };
    for (there, verdict) in [(607, Verdict::Pass), (0, Verdict::Fail)] {
        let (near, _, source) = judged(&body(there), None).await;
        assert_eq!((near, source), (verdict, Some(ClockSource::CreatedAt)));
    }
    // Where the user says it, nothing is made for it.
    let (near, _, source) = judged(&body(0), Some(0)).await;
    assert_eq!((near, source), (Verdict::Pass, Some(ClockSource::Given)));
}

#[tokio::test]
async fn a_time_that_is_off_by_hours_is_taken_for_one_of_another_zone() {
    let body = |there: i64| {
        let (created, there) = (minutes(60), minutes(there));
        format!(r#"{{"token":"1|abc","tokens":[{{"created_at":"{created}"}}],"a":"{there}"}}"#)
    };
    for (there, verdict) in [(0, Verdict::Pass), (120, Verdict::Fail)] {
        let (near, _, source) = judged(&body(there), None).await;
        assert_eq!((near, source), (verdict, Some(ClockSource::CreatedAt)));
    }
}

#[tokio::test]
async fn the_time_is_read_from_the_list_of_the_account_that_was_registered_for_it() {
    let [created, now] = [minutes(607), minutes(0)];
    let server = Server::raw_to(move |request| {
        let request = request.to_lowercase();
        let may_list =
            request.contains("authorization: bearer 1|abc") && request.ends_with("\r\n\r\n");
        answer(&match request.split(' ').nth(1) {
            Some("/register") => r#"{"token":"1|abc"}"#.to_owned(),
            Some("/tokens") if may_list => {
                format!(r#"{{"tokens":[{{"created_at":"{created}"}}]}}"#)
            }
            _ => format!(r#"{{"a":"{now}"}}"#),
        })
    })
    .await;
    let session = session_at(&suite(&[("near", NEAR)]), &server, None);
    run(&session).await;
    let ahead = session.clock.difference().unwrap().ahead_seconds;
    assert!((35_000.0..37_000.0).contains(&ahead), "{ahead}");
}

#[tokio::test]
async fn one_account_is_registered_to_learn_the_time_and_only_where_a_step_needs_it() {
    let body = format!(r#"{{"token":"1|abc","a":"{}"}}"#, minutes(0));
    let server = undated(&body).await;
    let needs_none =
        "title: t\nsteps:\n  - { call: me, verifies: [a.one], expect: { status: 200 } }\n";
    for (yaml, accounts) in [(NEAR, 1), (needs_none, 0)] {
        let suite = suite(&[("a", yaml), ("b", yaml), ("c", yaml)]);
        let session = session_at(&suite, &server, None);
        let all = run(&session);
        tokio::time::timeout(Duration::from_secs(30), all)
            .await
            .unwrap();
        assert_eq!(session.ledger.created().len(), accounts);
    }
}

#[tokio::test]
async fn an_instant_that_is_near_the_limit_by_an_uncertain_clock_is_unproven() {
    let yaml = r"
title: a clock that jumps, and then is silent
steps:
  - { call: login, expect: { status: 200 } }
  - { call: register, expect: { status: 200 } }
  - { call: me, verifies: [a.one], expect: { status: 200, at: $.in, approx: 0s, within: 2h } }
  - { call: me, verifies: [a.two], expect: { status: 200, at: $.near, approx: 0s, within: 2h } }
  - { call: me, verifies: [a.three], expect: { status: 200, at: $.out, approx: 0s, within: 2h } }
";
    // Two dates that are an hour apart: the time is known give or take half an hour.
    let server = Server::start(|seen, _| {
        let dated = |minutes_off| {
            let there = minutes(minutes_off);
            let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&there);
            with(200, "date", &date.unwrap(), "{}")
        };
        match seen.path.as_str() {
            "/login" => dated(-30),
            "/register" => dated(30),
            _ => {
                let (within, near, out) = (minutes(75), minutes(105), minutes(165));
                // Without one of its own, this server would add the time as it is.
                with(
                    200,
                    "date",
                    "unknown",
                    &format!(r#"{{"in":"{within}","near":"{near}","out":"{out}"}}"#),
                )
            }
        }
    })
    .await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Pass);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
    assert_eq!(verdicts["a.three"], Verdict::Fail);
}
