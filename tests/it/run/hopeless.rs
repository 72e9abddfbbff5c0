//! Servers that answer everybody the same: whatever the built-in suite says of one must not flatter it.

use std::time::Duration;

use conform::run::{ExpectationState, Outcome, Plan, ScenarioResult};
use conform::suite::Expectation;
use conform::verdict::{Verdict, Verdicts};

use crate::run::support::{Scripted, Server, json, run, session_of_everything};

/// More requests than a whole run makes where nothing is throttled.
const MOST_REQUESTS: usize = 600;

/// A body that satisfies every schema of the suite at once.
const FLATTERY: &str = r#"{
    "token": "1|oXKxyf3TTmKcWrIYb5ldOHmgQ5sxe9HvTr0zGxkY",
    "requires_totp": true,
    "totp_token": "a-challenge-for-everybody",
    "user": { "id": "1", "email": "jane@mail.example", "name": "Jane", "trial_ends_at": "2026-12-24T00:00:00Z" },
    "id": "1",
    "email": "jane@mail.example",
    "name": "Jane",
    "subscription": { "status": "trialing", "plan": null, "trial_ends_at": "2026-12-24T00:00:00Z" },
    "tokens": [
        { "id": 1, "name": "cli", "created_at": "2026-11-24T00:00:00Z", "last_used_at": null, "is_current": true }
    ],
    "revoked_count": 0,
    "error": "cannot_revoke_current"
}"#;

/// What a whole run says of one server.
struct Assessment {
    plan: Plan,
    results: Vec<ScenarioResult>,
    verdicts: Verdicts,
}

/// Without patience throttling cannot make the run long; with it a fresh code is waited for.
async fn judge(server: &Server, patience: Duration) -> Assessment {
    let session = session_of_everything(server, patience);
    let results = run(&session).await;
    assert_eq!(results.len(), session.plan.scenarios.len());
    let verdicts = Verdicts::of(&session.plan, &session.plan.scenarios, &results);
    Assessment {
        plan: session.plan.clone(),
        results,
        verdicts,
    }
}

async fn judge_answering(answer: Scripted) -> Assessment {
    judge_patiently(answer, Duration::ZERO).await
}

async fn judge_patiently(answer: Scripted, patience: Duration) -> Assessment {
    let server = Server::start(move |_, _| answer.clone()).await;
    let judged = judge(&server, patience).await;
    let requests = server.seen().len();
    assert!(requests <= MOST_REQUESTS, "{requests} requests");
    for result in &judged.results {
        assert_ne!(result.outcome, Outcome::Error, "{result:?}");
    }
    judged
}

impl Assessment {
    fn clauses(&self, verdict: Verdict) -> Vec<&str> {
        let clauses = self.verdicts.clauses.iter();
        let met = clauses.filter(|clause| clause.verdict == verdict);
        met.map(|clause| clause.id.as_str()).collect()
    }

    /// The expectations that hold, with the scenarios in which they stand.
    fn held(&self) -> Vec<(&str, &Expectation)> {
        let mut held = Vec::new();
        for result in &self.results {
            let scenario = self.plan.suite.scenario(&result.id).unwrap();
            for step in &result.steps {
                let Some(position) = step.position else {
                    continue;
                };
                let expected = scenario.steps[position].expectations.iter();
                for (expectation, met) in expected.zip(&step.expectations) {
                    if met.state == ExpectationState::Held {
                        held.push((result.id.as_str(), expectation));
                    }
                }
            }
        }
        held
    }

    /// A server that tells nobody from anybody verifies nothing by what it refuses.
    fn refusals_that_hold(&self) -> Vec<String> {
        let verifies = |expectation: &Expectation| {
            let refuses = expectation
                .statuses()
                .is_some_and(conform::suite::Statuses::is_refusal);
            !expectation.verifies.is_empty() && (refuses || expectation.control.is_some())
        };
        let held = self.held().into_iter();
        held.filter(|(_, expectation)| verifies(expectation))
            .map(|(id, expectation)| format!("{id}: {:?}", expectation.verifies))
            .collect()
    }
}

/// Asserts that a server which answers everybody so passes no clause and verifies no refusal, and that these clauses fail.
async fn assert_satisfies_nothing(answers: &[Scripted], fail: &[&str]) {
    for answer in answers {
        let judged = judge_answering(answer.clone()).await;
        assert_eq!(
            judged.clauses(Verdict::Pass),
            Vec::<&str>::new(),
            "{answer:?}"
        );
        assert_eq!(
            judged.refusals_that_hold(),
            Vec::<String>::new(),
            "{answer:?}"
        );
        let failed = judged.clauses(Verdict::Fail);
        for clause in fail {
            assert!(
                failed.contains(clause),
                "{answer:?}: {clause} in {failed:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_that_accepts_everything_satisfies_what_only_asks_for_that() {
    let html = vec![("content-type", "text/html".to_owned())];
    let answers = [
        json(200, "{}"),
        json(200, "[]"),
        json(201, "null"),
        (200, html, "<p>Welcome!</p>".to_owned()),
        (204, Vec::new(), String::new()),
    ];
    let fail = [
        "register.created",
        "register.rejects-malformed-email",
        "totp.challenge",
    ];
    assert_satisfies_nothing(&answers, &fail).await;
}

#[tokio::test]
async fn a_server_that_refuses_everything_satisfies_nothing() {
    let elsewhere = vec![("location", "/login".to_owned())];
    let answers = [
        json(400, "{}"),
        json(401, r#"{"message":"Unauthenticated."}"#),
        json(403, "{}"),
        json(404, r#"{"message":"Not Found"}"#),
        json(422, r#"{"message":"cannot_revoke_current","errors":{}}"#),
        json(500, r#"{"message":"Server Error"}"#),
        (302, elsewhere, String::new()),
    ];
    let fail = ["register.created", "hardening.long-password"];
    assert_satisfies_nothing(&answers, &fail).await;
}

#[tokio::test]
async fn a_server_whose_every_answer_has_the_right_shape_is_found_out() {
    let judged = judge_patiently(json(200, FLATTERY), Duration::from_mins(2)).await;
    assert_eq!(judged.refusals_that_hold(), Vec::<String>::new());
    // The run comes so far that the shapes were believed.
    let holds = judged.clauses(Verdict::Pass);
    for clause in ["totp.challenge", "me.describes-user", "totp.code-completes"] {
        assert!(holds.contains(&clause), "{clause} in {holds:?}");
    }
    let failed = judged.clauses(Verdict::Fail);
    for clause in [
        "register.created",
        "register.rejects-missing-members",
        "login.same-account",
        "login.rejects-wrong-password",
        "login.rejects-unknown-email",
        "login.ends-same-type",
        "auth.requires-token",
        "auth.rejects-garbage-token",
        "totp.no-token-before",
        "totp.rejects-wrong-code",
        "totp.rejects-unknown-challenge",
        "logout.no-content",
        "logout.ends-token",
        "me.is-caller",
        "revoke.ends-token",
        "revoke.refuses-current",
        "hardening.token-entropy",
        "hardening.recovery-code-once",
        "concurrency.one-registration",
    ] {
        assert!(failed.contains(&clause), "{clause} in {failed:?}");
    }
}

#[tokio::test]
async fn a_server_that_only_throttles_is_judged_in_nothing() {
    let judged = judge_answering(json(429, "{}")).await;
    assert_eq!(judged.clauses(Verdict::Pass), Vec::<&str>::new());
    assert_eq!(judged.clauses(Verdict::Fail), Vec::<&str>::new());
    let outcomes = judged.results.iter().map(|result| result.outcome);
    assert!(
        outcomes
            .into_iter()
            .all(|outcome| outcome == Outcome::Skipped)
    );
}

#[tokio::test]
async fn a_server_that_answers_no_http_is_judged_in_nothing() {
    for answer in [
        "",
        "hello",
        "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{}",
    ] {
        let judged = judge(&Server::raw(answer).await, Duration::ZERO).await;
        assert_eq!(
            judged.clauses(Verdict::Pass),
            Vec::<&str>::new(),
            "{answer}"
        );
        assert_eq!(
            judged.clauses(Verdict::Fail),
            Vec::<&str>::new(),
            "{answer}"
        );
        for result in judged.results {
            let reason = result.reason.unwrap();
            // The one account there is need not have such a code.
            if reason.contains("begins with a zero") {
                continue;
            }
            assert_eq!(result.outcome, Outcome::Error, "{answer}");
            assert!(reason.contains("no usable answer"), "{answer}: {reason}");
        }
    }
}
