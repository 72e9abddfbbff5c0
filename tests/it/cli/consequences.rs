//! A clause that is masked by another is not blamed for what that one is blamed for already.

use std::fs;

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{Finished, Reference, Suite, conform, suite};

const CONTRACT: &str = "specs/contract.yaml";
const CLAUSE: &str = "    text: The answer describes the current user.";

/// The small suite, where `me.describes` is masked by `logout.no-content`.
fn standing_back() -> Suite {
    let unless = format!("    masked_by: [logout.no-content]\n{CLAUSE}");
    suite().changed(CONTRACT, CLAUSE, &unless)
}

/// A server that breaks both.
fn broken() -> Reference {
    Reference::answering(|seen, mut response| {
        if seen.path == "/api/auth/me" || seen.path == "/api/auth/logout" {
            *response.status_mut() = StatusCode::IM_A_TEAPOT;
        }
        response
    })
}

#[track_caller]
fn run(suite: &Suite, server: &Reference, arguments: &[&str]) -> Finished {
    conform(["--base-url", server.base_url(), "--suite"])
        .arg(suite.path())
        .args(arguments)
        .run()
}

#[track_caller]
fn verdicts(finished: &Finished) -> [String; 2] {
    ["me.describes", "logout.no-content"].map(|clause| finished.verdict(clause))
}

#[test]
fn one_cause_is_blamed_once_and_the_run_still_fails() {
    let finished = run(&standing_back(), &broken(), &[]).expect(1);
    assert_eq!(verdicts(&finished), ["inconclusive", "fail"]);
    let report = finished.report();
    assert_eq!(report["count"]["fail"], 1);
    let scenarios = report["scenarios"].as_array().unwrap();
    let me = scenarios.iter().find(|one| one["id"] == "account/me");
    assert_eq!(me.unwrap()["outcome"], "blocked");
    finished.says("because logout.no-content failed: fix that first me.describes");
    let junit = finished.report_file("junit.xml");
    assert_eq!(junit.matches("<failure").count(), 1, "{junit}");
    // Without such a word both are blamed.
    let finished = run(&suite(), &broken(), &[]).expect(1);
    assert_eq!(verdicts(&finished), ["fail", "fail"]);
}

#[test]
fn a_cause_that_holds_excuses_nothing() {
    let server = Reference::replacing("GET", "/api/auth/me", 418, "{}");
    let finished = run(&standing_back(), &server, &[]).expect(1);
    assert_eq!(verdicts(&finished), ["fail", "pass"]);
}

#[test]
fn a_cause_that_is_not_tried_or_waived_hides_no_violation() {
    let finished = run(&standing_back(), &broken(), &["account::me"]).expect(1);
    assert_eq!(finished.verdict("me.describes"), "fail");
    let server = broken();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target.yaml");
    let waiver = "{ clause: logout.no-content, reason: ticket 17, until: 9999-12-31 }";
    let base_url = server.base_url();
    fs::write(
        &target,
        format!("base_url: {base_url}\nwaivers: [{waiver}]\n"),
    )
    .unwrap();
    let finished = conform(["--target"])
        .arg(&target)
        .arg("--suite")
        .arg(standing_back().path())
        .run()
        .expect(1);
    assert_eq!(verdicts(&finished), ["fail", "fail"]);
}

#[test]
fn slices_are_settled_when_they_are_merged() {
    let (suite, server) = (standing_back(), broken());
    let slice = |slice| run(&suite, &server, &["--partition", slice]).expect(1);
    let slices = ["slice:1/2", "slice:2/2"].map(slice);
    let alone = |finished: &Finished| -> Vec<Value> {
        let report = finished.report();
        let clauses = report["clauses"].as_array().unwrap().iter();
        clauses.map(|clause| clause["verdict"].clone()).collect()
    };
    for finished in &slices {
        assert_eq!(alone(finished), ["fail"], "of one clause each");
    }
    let merged = conform(["merge", "--suite"])
        .arg(suite.path())
        .args(slices.iter().map(Finished::reports))
        .run()
        .expect(1);
    assert_eq!(verdicts(&merged), ["inconclusive", "fail"]);
}

#[test]
fn an_explanation_names_the_causes() {
    conform(["explain", "me.describes", "--suite"])
        .arg(standing_back().path())
        .run_as_is()
        .expect(0)
        .says("not reported if one of these fails\n  logout.no-content\n");
}
