//! Checks and preconditions, controls, lost tokens, missing values.

use conform::run::{ExpectationState, Outcome, StepOutcome};
use conform::verdict::Verdict;

use std::time::Duration;

use crate::run::support::{Server, json, run, run_one, session, states, suite, verdicts};

const GROUND: &str = r"
title: a step that verifies nothing is a precondition
steps:
  - { call: login, expect: { status: 2xx } }
  - { call: me, verifies: [a.one], expect: { status: 200 } }
";

#[tokio::test]
async fn missing_ground_blocks_what_rests_on_it_and_blames_nobody() {
    let server = Server::start(|_, _| json(500, "{}")).await;
    let result = run_one(GROUND, &server).await;
    assert_eq!(result.outcome, Outcome::Blocked);
    assert!(
        result
            .reason
            .unwrap()
            .contains("expected status 2xx, got 500")
    );
    assert_eq!(result.steps[1].outcome, StepOutcome::Blocked);
    assert_eq!(server.seen().len(), 1);
    assert_eq!(
        verdicts(GROUND, &server).await["a.one"],
        Verdict::Inconclusive
    );
}

#[tokio::test]
async fn a_failed_proof_blames_its_clause_and_the_scenario_goes_on() {
    let yaml = r"
title: two checks
steps:
  - { call: login, verifies: [a.one], expect: { status: 200 } }
  - { call: me, verifies: [a.two], expect: { status: 200 } }
";
    let status = |path: &str| if path == "/login" { 418 } else { 200 };
    let server = Server::start(move |seen, _| json(status(&seen.path), "{}")).await;
    assert_eq!(run_one(yaml, &server).await.outcome, Outcome::Failed);
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Fail);
    assert_eq!(verdicts["a.two"], Verdict::Pass);
}

#[tokio::test]
async fn only_steps_that_need_a_missing_value_are_blocked() {
    let yaml = r#"
title: a value is missing
steps:
  - { call: login, verifies: [a.one], expect: { status: 200 }, capture: { token: $.token } }
  - { call: me, token: "{{token}}", verifies: [a.two], expect: { status: 200 } }
  - { call: me, verifies: [a.three], expect: { status: 200 } }
"#;
    let server = Server::start(|_, _| json(200, r#"{ "other": 1 }"#)).await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Pass);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
    assert_eq!(verdicts["a.three"], Verdict::Pass);
}

#[tokio::test]
async fn a_wrong_status_withdraws_what_is_expected_of_the_body() {
    let yaml = r"
title: the status comes first
steps:
  - call: me
    expect:
      - { status: 200, verifies: [a.one] }
      - { at: $.name, equals: jane, verifies: [a.two] }
";
    let server = Server::start(|_, _| json(404, "{}")).await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Fail);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
}

#[tokio::test]
async fn a_body_of_another_shape_is_reported_once() {
    let yaml = r"
title: the schema comes before the parts
steps:
  - call: login
    expect:
      - { status: 200, schema: session, verifies: [a.one] }
      - { at: $.token, equals: x, verifies: [a.two] }
      - { at: $.extra, equals: 1, verifies: [a.three] }
";
    let server = Server::start(|_, _| json(200, r#"{ "extra": 1 }"#)).await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Fail);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
    assert_eq!(verdicts["a.three"], Verdict::Pass);
}

const TWINS: &str = r"
title: a refusal and its control
steps:
  - { call: me, verifies: [a.one], control: works, expect: { status: 401 } }
  - { id: works, call: login, expect: { status: 200 } }
";

async fn with_statuses(me: u16, login: u16) -> Verdict {
    let status = move |path: &str| if path == "/me" { me } else { login };
    let server = Server::start(move |seen, _| json(status(&seen.path), "{}")).await;
    verdicts(TWINS, &server).await["a.one"]
}

#[tokio::test]
async fn a_refusal_counts_only_where_its_twin_succeeds() {
    assert_eq!(with_statuses(401, 200).await, Verdict::Pass);
    assert_eq!(with_statuses(403, 200).await, Verdict::Fail);
    assert_eq!(with_statuses(401, 500).await, Verdict::Inconclusive);
    assert_eq!(with_statuses(500, 500).await, Verdict::Inconclusive);
}

#[tokio::test]
async fn that_something_was_accepted_stands_without_a_twin() {
    assert_eq!(with_statuses(200, 500).await, Verdict::Fail);
}

#[tokio::test]
async fn that_something_was_accepted_needs_a_twin_that_came_before_it() {
    let yaml = r"
title: the control comes first
steps:
  - { id: works, call: login, verifies: [a.two], expect: { status: 200 } }
  - { call: me, verifies: [a.one], control: works, expect: { status: 401 } }
";
    for (login, verdict) in [(200, Verdict::Fail), (500, Verdict::Inconclusive)] {
        let status = move |path: &str| if path == "/me" { 200 } else { login };
        let server = Server::start(move |seen, _| json(status(&seen.path), "{}")).await;
        assert_eq!(verdicts(yaml, &server).await["a.one"], verdict, "{login}");
    }
}

#[tokio::test]
async fn what_stands_back_for_a_step_counts_unless_that_one_fails() {
    let yaml = r"
title: one step before and one after what they stand back for
accounts: { jane: {} }
steps:
  - { call: me, masked_by: [cause], verifies: [a.one], expect: { status: 201 } }
  - { id: cause, call: login, verifies: [a.two], expect: { status: 200 } }
  - { call: me, masked_by: [cause], verifies: [a.three], expect: { status: 200 } }
";
    for (login, expected) in [
        (200, [Verdict::Fail, Verdict::Pass, Verdict::Pass]),
        (
            500,
            [Verdict::Inconclusive, Verdict::Fail, Verdict::Inconclusive],
        ),
    ] {
        let status = move |path: &str| if path == "/login" { login } else { 200 };
        let token = r#"{ "token": "1|some-token" }"#;
        let server = Server::start(move |seen, _| json(status(&seen.path), token)).await;
        let verdicts = verdicts(yaml, &server).await;
        let all = ["a.one", "a.two", "a.three"].map(|clause| verdicts[clause]);
        assert_eq!(all, expected, "{login}");
    }
}

#[tokio::test]
async fn a_token_that_was_lost_blames_only_once() {
    let yaml = r#"
title: a token dies unexpectedly
steps:
  - { call: login, expect: { status: 200 }, capture: { token: $.token, other: $.other } }
  - { call: me, token: "{{token}}", verifies: [a.one], expect: { status: 200 } }
  - { call: item, path: { id: "7" }, token: "{{token}}", verifies: [a.two], expect: { status: 200 } }
  - { call: list-tokens, token: "{{other}}", verifies: [a.three], expect: { status: 200 } }
"#;
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/login" => json(
            200,
            r#"{ "token": "secret-token", "other": "another-token" }"#,
        ),
        "/tokens" => json(200, "{}"),
        _ => json(401, "{}"),
    })
    .await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Fail);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
    assert_eq!(verdicts["a.three"], Verdict::Pass, "that one was not lost");
}

#[tokio::test]
async fn what_is_captured_may_be_long_but_not_longer_than_is_kept() {
    let yaml = r#"
title: a long token
steps:
  - { call: login, expect: { status: 200 }, capture: { token: $.token } }
  - { call: me, token: "{{token}}", verifies: [a.one], expect: { status: 200 } }
"#;
    for (length, verdict) in [(16_384, Verdict::Pass), (16_385, Verdict::Inconclusive)] {
        let token = format!(r#"{{ "token": "{}" }}"#, "x".repeat(length));
        let server = Server::start(move |_, _| json(200, &token)).await;
        assert_eq!(verdicts(yaml, &server).await["a.one"], verdict, "{length}");
    }
}

#[tokio::test]
async fn an_account_that_cannot_be_registered_is_missing_ground() {
    let yaml = r#"
title: an account
accounts: { jane: {} }
steps:
  - { call: login, body: { email: "{{jane.email}}" }, verifies: [a.one], expect: { status: 200 } }
"#;
    let server = Server::start(|_, _| json(422, "{}")).await;
    let result = run_one(yaml, &server).await;
    assert_eq!(result.outcome, Outcome::Blocked);
    assert!(result.reason.unwrap().contains("--email-domain"));
    let state = states(&run_one(yaml, &server).await, 0)[0].clone();
    assert!(matches!(state, ExpectationState::Untried { .. }));
}

#[tokio::test]
async fn without_a_second_factor_the_scenario_is_unproven_and_sends_nothing() {
    let yaml = r#"
title: a second factor
accounts: { jane: { totp: true } }
steps:
  - { call: login, body: { code: "{{jane.totp}}" }, verifies: [a.one], expect: { status: 200 } }
"#;
    let server = Server::start(|_, _| json(200, "{}")).await;
    assert_eq!(run_one(yaml, &server).await.outcome, Outcome::Skipped);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_broken_connection_is_an_error_and_no_violation() {
    let server = Server::start(|_, _| json(200, "{}")).await;
    let yaml = r"
title: it ends in the middle
steps:
  - { call: me, verifies: [a.one], expect: { status: 200 } }
  - { call: item, path: { id: huge }, verifies: [a.two], expect: { status: 200 } }
  - { call: me, verifies: [a.three], expect: { status: 200 } }
";
    let huge = "x".repeat(5 * 1024 * 1024);
    let breaking = Server::start(move |seen, _| {
        let body = if seen.path == "/items/huge" {
            huge.as_str()
        } else {
            "{}"
        };
        json(200, body)
    })
    .await;
    let result = run_one(yaml, &breaking).await;
    assert_eq!(result.outcome, Outcome::Error);
    let verdicts_broken = verdicts(yaml, &breaking).await;
    assert_eq!(verdicts_broken["a.one"], Verdict::Pass);
    assert_eq!(verdicts_broken["a.two"], Verdict::Inconclusive);
    assert_eq!(verdicts_broken["a.three"], Verdict::Inconclusive);
    assert_eq!(verdicts(yaml, &server).await["a.three"], Verdict::Pass);
}

#[tokio::test]
async fn what_takes_a_failed_step_for_granted_is_untried() {
    let yaml = r"
title: given
steps:
  - { id: before, call: login, verifies: [a.one], expect: { status: 200 } }
  - call: me
    expect:
      - { status: 200, verifies: [a.two], requires: [before] }
      - { at: $.n, equals: 1, verifies: [a.three] }
";
    let status = |path: &str| if path == "/login" { 204 } else { 200 };
    let server = Server::start(move |seen, _| json(status(&seen.path), r#"{"n":2}"#)).await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Fail);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
    assert_eq!(verdicts["a.three"], Verdict::Fail);
}

#[tokio::test]
async fn what_is_untried_says_what_became_of_the_step_that_it_rests_on() {
    let yaml = r"
title: a control, and something given
steps:
  - { id: works, call: login, verifies: [a.one], expect: { status: 200 } }
  - { call: me, verifies: [a.two], control: works, expect: { status: 401 } }
  - { call: list-tokens, verifies: [a.three], requires: [works], expect: { status: 200 } }
";
    let status = |path: &str| if path == "/login" { 418 } else { 401 };
    let server = Server::start(move |seen, _| json(status(&seen.path), "{}")).await;
    let result = run_one(yaml, &server).await;
    for (position, words) in [
        (
            1,
            "its positive control, `login` at line 4, failed: expected status 200, got 418",
        ),
        (
            2,
            "it depends on `login` at line 4, which failed: expected status 200, got 418",
        ),
    ] {
        let reason = words.to_owned();
        assert_eq!(
            *states(&result, position)[0],
            ExpectationState::Untried { reason }
        );
    }
}

#[tokio::test]
async fn acceptance_does_not_stand_where_its_twin_could_not_be_tried() {
    let yaml = r#"
title: the control needs what never came
steps:
  - { call: login, verifies: [a.two], expect: { status: 200 }, capture: { token: $.token } }
  - { call: me, verifies: [a.one], control: alive, expect: { status: 401 } }
  - { id: alive, call: me, token: "{{token}}", expect: { status: 200 } }
"#;
    let server = Server::start(|_, _| json(200, "{}")).await;
    assert_eq!(
        verdicts(yaml, &server).await["a.one"],
        Verdict::Inconclusive
    );
}

#[tokio::test]
async fn acceptance_stands_where_its_twin_was_called_but_not_judged() {
    let yaml = r"
title: the control rests on the refusal
steps:
  - { id: refused, call: me, verifies: [a.one], control: accepted, expect: { status: 401 } }
  - { id: accepted, call: login, verifies: [a.two], requires: [refused], expect: { status: 200 } }
";
    let server = Server::start(|_, _| json(200, "{}")).await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Fail);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
}

#[tokio::test]
async fn a_401_that_is_reckoned_with_loses_no_token() {
    let yaml = r#"
title: any answer will do
steps:
  - { call: login, expect: { status: 200 }, capture: { token: $.token } }
  - { call: item, path: { id: "7" }, token: "{{token}}", expect: { status: <500 } }
  - { call: me, token: "{{token}}", verifies: [a.one], expect: { status: 200 } }
"#;
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/items/7" => json(401, "{}"),
        _ => json(200, r#"{ "token": "secret-token" }"#),
    })
    .await;
    assert_eq!(verdicts(yaml, &server).await["a.one"], Verdict::Pass);
}

#[tokio::test]
async fn a_clause_that_nothing_proves_is_unproven() {
    let yaml = "title: t\nsteps:\n  - { call: me, verifies: [a.one], expect: { status: 200 } }\n";
    let server = Server::start(|_, _| json(200, "{}")).await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Pass);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
}

#[tokio::test]
async fn a_scenario_is_judged_by_what_was_asked_and_binds() {
    let outcome = async |second: &str| {
        let yaml = format!(
            r"
title: two clauses
steps:
  - {{ call: me, verifies: [a.one], expect: {{ status: 200 }}, capture: {{ token: $.token }} }}
  - {{ {second} }}
"
        );
        let server = Server::start(|_, _| json(200, "{}")).await;
        run_one(&yaml, &server).await.outcome
    };
    for (clause, failed, untried) in [
        ("a.two", Outcome::Failed, Outcome::Blocked),
        ("a.should", Outcome::Passed, Outcome::Blocked),
        ("a.unclaimed", Outcome::Passed, Outcome::Passed),
    ] {
        let step = format!("call: login, verifies: [{clause}], expect: {{ status: 201 }}");
        assert_eq!(outcome(&step).await, failed, "{clause}");
        let step = format!(r#"token: "{{{{token}}}}", {step}"#);
        assert_eq!(outcome(&step).await, untried, "{clause}");
    }
}

#[tokio::test]
async fn a_wrong_refusal_counts_though_its_twin_takes_it_for_granted() {
    let yaml = r"
title: the control rests on the refusal, and succeeds
steps:
  - { id: refused, call: me, verifies: [a.one], control: works, expect: { status: 422 } }
  - { id: works, call: login, verifies: [a.two], requires: [refused], expect: { status: 2xx } }
";
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/me" => json(400, "{}"),
        _ => json(200, "{}"),
    })
    .await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Fail);
    assert_eq!(verdicts["a.two"], Verdict::Inconclusive);
}

#[tokio::test]
async fn a_step_is_made_only_where_an_earlier_answer_had_what_it_needs() {
    let yaml = r#"
title: refused, or taken and then looked at
steps:
  - { call: register, verifies: [a.one], expect: { status: [2xx, 422] }, capture: { token: $.token } }
  - { call: me, when: token, token: "{{token}}", verifies: [a.one, a.two], expect: { status: 200 } }
  - { call: list-tokens, when: not token, verifies: [a.three], expect: { status: 401 }, control: alive }
  - { id: alive, call: item, path: { id: "1" }, expect: { status: 200 } }
"#;
    let judged = |taken: bool| async move {
        let server = Server::start(move |seen, _| match seen.path.as_str() {
            "/register" if taken => json(201, r#"{"token":"1|abc"}"#),
            "/register" => json(422, "{}"),
            "/tokens" => json(401, "{}"),
            _ => json(200, "{}"),
        });
        let server = server.await;
        let verdicts = verdicts(yaml, &server).await;
        (verdicts, server.seen().len())
    };
    let (taken, calls) = judged(true).await;
    assert_eq!(calls, 3);
    assert_eq!([taken["a.one"], taken["a.two"]], [Verdict::Pass; 2]);
    // What nothing was found out about is no gap, unless nothing at all was.
    assert_eq!(taken["a.three"], Verdict::Inconclusive);
    let (refused, calls) = judged(false).await;
    assert_eq!(calls, 3);
    assert_eq!([refused["a.one"], refused["a.three"]], [Verdict::Pass; 2]);
    assert_eq!(refused["a.two"], Verdict::Inconclusive);
}

const LIVES: &str = r#"
title: a session lives
steps:
  - { call: login, expect: { status: 200 }, capture: { token: $.token } }
  - { call: me, token: "{{token}}", verifies: [a.one], expect: { status: 200 } }
"#;

/// The verdict where the first session is dead when it is used first, and all later ones live; and how often a session
/// was used.
async fn first_session_dies(scenarios: &[(&str, &str)]) -> (Verdict, usize) {
    let server = Server::start(|seen, before| match seen.path.as_str() {
        "/login" => json(200, &format!(r#"{{"token":"{before}|abc"}}"#)),
        _ if seen.headers["authorization"] == "Bearer 0|abc" => json(401, "{}"),
        _ => json(200, "{}"),
    });
    let server = server.await;
    let session = session(&suite(scenarios), &server, Duration::from_secs(1));
    let results = run(&session).await;
    let verdicts = conform::verdict::Verdicts::of(&session.plan, &session.plan.scenarios, &results);
    let clause = verdicts.clauses.iter().find(|clause| clause.id == "a.one");
    let used = server.seen().into_iter().filter(|seen| seen.path == "/me");
    (clause.unwrap().verdict, used.count())
}

#[tokio::test]
async fn a_session_that_ends_while_others_are_under_way_is_tried_again_alone() {
    let alone = first_session_dies(&[("a", LIVES)]).await;
    assert_eq!(alone, (Verdict::Fail, 1));
    let together = first_session_dies(&[("a", LIVES), ("b", LIVES)]).await;
    assert_eq!(together, (Verdict::Pass, 3));
}

#[tokio::test]
async fn what_an_answer_describes_wrongly_blocks_nothing_that_rests_on_the_call() {
    let yaml = r#"
title: a session that is described wrongly lives all the same
steps:
  - id: listed
    call: me
    expect:
      - { status: 200 }
      - { at: "$.times[*]", sorted: ascending, verifies: [a.one] }
      - { at: "$.count", equals: 1, verifies: [a.two] }
  - { call: me, requires: [listed], verifies: [a.three], expect: { status: 200 } }
"#;
    let verdicts_of = async |body: &'static str| {
        let server = Server::start(move |_, _| json(200, body)).await;
        verdicts(yaml, &server).await
    };
    let described_wrongly = verdicts_of(r#"{ "times": [2, 1], "count": 1 }"#).await;
    assert_eq!(described_wrongly["a.one"], Verdict::Fail);
    assert_eq!(described_wrongly["a.three"], Verdict::Pass);
    let another_state = verdicts_of(r#"{ "times": [1, 2], "count": 2 }"#).await;
    assert_eq!(another_state["a.two"], Verdict::Fail);
    assert_eq!(another_state["a.three"], Verdict::Inconclusive);
}

#[tokio::test]
async fn a_session_that_has_ended_blocks_only_what_is_called_with_its_token() {
    let yaml = r#"
title: one of two sessions is a precondition
steps:
  - { call: login, expect: { status: 200 }, capture: { first: $.first, second: $.second } }
  - { call: me, token: "{{first}}", expect: { status: 200 } }
  - { call: me, token: "{{first}}", verifies: [a.one], expect: { status: 200 } }
  - { call: me, token: "{{second}}", verifies: [a.two], expect: { status: 200 } }
"#;
    let server = Server::start(|seen, _| {
        let dead = seen
            .headers
            .get("authorization")
            .is_some_and(|value| value == "Bearer dead");
        let status = if dead { 401 } else { 200 };
        json(status, r#"{ "first": "dead", "second": "alive" }"#)
    })
    .await;
    let verdicts = verdicts(yaml, &server).await;
    assert_eq!(verdicts["a.one"], Verdict::Inconclusive);
    assert_eq!(verdicts["a.two"], Verdict::Pass);
}
