//! A server that breaks the contract: exit code 1, and a story that leads to the cause.

use axum::http::{StatusCode, header};
use axum::response::Response;
use insta::assert_snapshot;

use crate::support::{Finished, LOGOUT_SCENARIO, Reference, conform, steady, suite};

const LOGIN: &str = "/api/auth/login";
const LOGOUT: &str = "/api/auth/logout";

fn with_status(mut response: Response, status: u16) -> Response {
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// So that all that is printed has its order.
const ONE_AT_A_TIME: [&str; 2] = ["--test-threads", "1"];

/// A server whose logout answers 200 in place of 204.
fn talkative_logout() -> Reference {
    Reference::replacing("POST", LOGOUT, 200, r#"{"message":"bye"}"#)
}

#[track_caller]
fn small_suite_against(server: &Reference, arguments: &[&str]) -> Finished {
    let suite = suite();
    conform(["--base-url", server.base_url(), "--suite"])
        .arg(suite.path())
        .args(arguments)
        .run()
}

#[test]
fn a_violation_is_told_from_clause_to_curl() {
    let finished = small_suite_against(&talkative_logout(), &ONE_AT_A_TIME).expect(1);
    assert_snapshot!(steady(&finished.stdout));
}

#[test]
fn colours_are_the_programs_own_and_only_where_somebody_wants_them() {
    let server = Reference::replacing("POST", LOGOUT, 200, "\u{1b}[31mbye");
    let plain = small_suite_against(&server, &[]).expect(1);
    assert!(!plain.all().contains('\u{1b}'));
    let coloured = small_suite_against(&server, &["--color", "always"]).expect(1);
    coloured
        .says("\u{1b}[32mexpected status 204\u{1b}[0m, \u{1b}[31mgot 200\u{1b}[0m\n")
        .says("\u{1b}[31mFAILED\u{1b}[0m")
        .says("\\u{1b}[31mbye")
        .never_says("\u{1b}[31mbye");
}

#[test]
fn a_violation_blames_its_clause_alone() {
    let finished = small_suite_against(&talkative_logout(), &[]).expect(1);
    assert_eq!(finished.verdict("logout.no-content"), "fail");
    assert_eq!(finished.verdict("me.describes"), "pass");
    let junit = finished.report_file("junit.xml");
    assert_eq!(junit.matches("<failure").count(), 1, "{junit}");
    assert!(junit.contains("logout.no-content"), "{junit}");
    let report = finished.report();
    assert_eq!(report["conclusion"], "violates");
    assert_eq!(report["complete"], true);
}

#[test]
fn a_violation_ends_a_run_that_is_to_fail_fast() {
    let server = talkative_logout();
    // Scenarios under way are not cut short; of so many, most are never begun.
    let mut suite = suite().without("specs/account/me.yaml");
    for number in 0..40 {
        suite = suite.with(&format!("specs/more/{number}.yaml"), LOGOUT_SCENARIO);
    }
    let ran = |arguments: &[&str]| {
        let finished = conform([
            "--test-threads",
            "1",
            "--base-url",
            server.base_url(),
            "--suite",
        ])
        .arg(suite.path())
        .args(arguments)
        .run()
        .expect(1);
        finished.report()["scenarios"].as_array().unwrap().len()
    };
    assert_eq!(ran(&[]), 41);
    let few = ran(&["--fail-fast"]);
    assert!((1..20).contains(&few), "{few} scenarios were run");
}

#[test]
fn the_events_of_a_failing_run_are_json_too() {
    let finished = small_suite_against(&talkative_logout(), &["--format", "json"]).expect(1);
    for line in finished.stdout.lines() {
        let event: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(event.is_ok(), "{event:?}: {line}");
    }
}

#[test]
fn a_body_of_another_shape_is_told_with_its_place() {
    let server = Reference::replacing("GET", "/api/auth/me", 200, r#"{"data":{"email":"x"}}"#);
    let finished = small_suite_against(&server, &ONE_AT_A_TIME).expect(1);
    assert_eq!(finished.verdict("me.describes"), "fail");
    assert_snapshot!(steady(&finished.stdout));
}

/// Runs one scenario of the built-in suite and asserts that it fails.
#[track_caller]
fn built_in_against(server: &Reference, scenario: &str) -> Finished {
    conform([scenario, "--exact", "--base-url", server.base_url()])
        .run()
        .expect(1)
}

#[test]
fn unprocessable_credentials_get_the_hint_about_laravel() {
    let server = Reference::answering(|seen, response| {
        let refused = seen.is("POST", LOGIN) && response.status() == StatusCode::UNAUTHORIZED;
        if refused {
            with_status(response, 422)
        } else {
            response
        }
    });
    let finished = built_in_against(&server, "login::failures");
    assert_eq!(finished.verdict("login.rejects-wrong-password"), "fail");
    // It is refused all the same.
    assert_eq!(finished.verdict("login.failure-ends-nothing"), "pass");
    finished
        .says("expected status 401, got 422")
        .says("Laravel")
        .says("ValidationException");
}

#[test]
fn redirects_get_the_hint_about_the_login_page() {
    let server = Reference::answering(|_, mut response| {
        if response.status() == StatusCode::UNAUTHORIZED {
            let to = "http://127.0.0.1:1/login".parse().unwrap();
            response.headers_mut().insert(header::LOCATION, to);
            return with_status(response, 302);
        }
        response
    });
    let finished = built_in_against(&server, "auth::needs-token");
    assert_eq!(finished.verdict("auth.requires-token"), "fail");
    finished
        .says("expected status 401, got 302")
        .says("redirects to its login page, http://127.0.0.1:1/login");
}

#[test]
fn an_assumed_path_that_is_elsewhere_gets_the_hint_about_operation() {
    let server = Reference::replacing("GET", "/api/auth/tokens", 404, r#"{"message":"Not Found"}"#);
    let suite = suite().with(
        "specs/account/list.yaml",
        "title: t\naccounts: { jane: {} }\nsteps:\n  - call: list-tokens\n    token: \"{{jane.token}}\"\n    expect: { status: 2xx }\n    verifies: [me.describes]\n",
    );
    let run = |arguments: &[&str]| {
        conform(["--base-url", server.base_url(), "--suite"])
            .arg(suite.path())
            .args(arguments)
            .run()
    };
    // No page states that path: nobody is blamed for having it elsewhere.
    run(&[])
        .expect(4)
        .says("--operation 'list-tokens=METHOD /path'");
    // Where it was said already, it is the server's fault.
    run(&["--operation", "list-tokens=GET /api/auth/tokens"])
        .expect(1)
        .never_says("=METHOD /path");
}

#[test]
fn an_operation_that_is_elsewhere_is_called_there() {
    let server = Reference::replacing("PUT", "/sign-out", 204, "");
    let finished = small_suite_against(&server, &["--operation", "logout=PUT /sign-out"]).expect(0);
    assert_eq!(finished.verdict("logout.no-content"), "pass");
}

#[test]
fn an_account_that_cannot_be_registered_blames_nobody() {
    let server = Reference::replacing(
        "POST",
        "/api/auth/register",
        500,
        r#"{"message":"Server Error"}"#,
    );
    let finished = small_suite_against(&server, &ONE_AT_A_TIME).expect(4);
    assert_eq!(finished.verdict("me.describes"), "inconclusive");
    assert_snapshot!(steady(&finished.stdout));
}

#[test]
fn a_call_without_an_answer_blames_nobody() {
    let server = Reference::meeting(|seen| async move {
        if seen.is("POST", LOGOUT) {
            std::future::pending::<()>().await;
        }
    });
    let finished = small_suite_against(&server, &["--timeout", "5s"]).expect(3);
    assert_eq!(finished.verdict("logout.no-content"), "inconclusive");
    assert_eq!(finished.verdict("me.describes"), "pass");
    finished.says("did not answer within 5s");
    let junit = finished.report_file("junit.xml");
    assert_eq!(junit.matches("<error").count(), 1, "{junit}");
}

#[test]
fn what_is_only_advised_is_told_and_fails_nothing_unless_asked_to() {
    let suite = suite().changed(
        "specs/contract.yaml",
        "  - id: logout.no-content\n    level: must",
        "  - id: logout.no-content\n    level: should",
    );
    let server = talkative_logout();
    let run = |arguments: &[&str]| {
        conform(["--base-url", server.base_url(), "--suite"])
            .arg(suite.path())
            .args(ONE_AT_A_TIME)
            .args(arguments)
            .run()
    };
    let finished = run(&[]).expect(0);
    assert_eq!(finished.verdict("logout.no-content"), "fail");
    assert_eq!(finished.report()["conclusion"], "conforms");
    assert_snapshot!(steady(&finished.stdout));
    let strict = run(&["--strict"]).expect(1);
    assert_eq!(strict.report()["conclusion"], "violates");
    assert!(strict.stdout.contains("expected status 204, got 200"));
}
