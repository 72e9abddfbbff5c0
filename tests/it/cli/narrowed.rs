//! `--clause` and `--rerun-failed`: a part of the suite, by what it verifies or by how it ended.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use crate::cli::usage::refused;
use crate::support::{Conform, Reference, conform, reference, suite};

#[track_caller]
fn clauses(report: &Value) -> Vec<&str> {
    let clauses = report["clauses"].as_array().unwrap().iter();
    clauses
        .map(|clause| clause["id"].as_str().unwrap())
        .collect()
}

#[track_caller]
fn scenarios(report: &Value) -> Vec<&str> {
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    scenarios
        .map(|scenario| scenario["id"].as_str().unwrap())
        .collect()
}

#[test]
fn a_clause_alone_is_proven_by_its_scenarios() {
    let suite = suite();
    let run = conform(["--clause", "me.describes", "--suite"]).arg(suite.path());
    let finished = run.run().expect(0);
    let report = finished.report();
    assert_eq!(clauses(&report), ["me.describes"]);
    assert_eq!(scenarios(&report), ["account/me"]);
    assert_eq!(report["partial"], true);
}

#[test]
fn a_violation_of_another_clause_is_not_told() {
    let server = Reference::replacing("POST", "/api/auth/logout", 200, "{}");
    let both = r#"title: both
accounts: { jane: {} }
steps:
  - call: me
    token: "{{jane.token}}"
    expect: { status: 200, schema: user }
    verifies: [me.describes]
  - call: logout
    token: "{{jane.token}}"
    expect: { status: 204 }
    verifies: [logout.no-content]
"#;
    let suite = suite().with("specs/account/both.yaml", both);
    let of = |clause: &str| {
        let run = conform([
            "--base-url",
            server.base_url(),
            "--clause",
            clause,
            "--suite",
        ]);
        run.arg(suite.path()).run()
    };
    of("me.describes").expect(0).never_says("failed:");
    of("logout.no-content").expect(1).says("failed:");
}

#[test]
fn a_clause_of_a_profile_that_must_be_claimed_is_claimed_by_name() {
    let clause = "concurrency.one-registration";
    let finished = conform(["--clause", clause]).run().expect(0);
    assert_eq!(clauses(&finished.report()), [clause]);
}

#[test]
fn an_unknown_clause_is_refused_with_one_that_is_near() {
    assert_snapshot!(refused(&["--clause", "login.succeds"]), @"error: --clause: the contract has no clause `login.succeds`: did you mean `login.succeeds`?");
}

#[test]
fn the_list_is_narrowed_like_the_run() {
    let finished = conform(["--list", "--clause", "tokens.newest-first"]).run_as_is();
    let finished = finished.expect(0);
    finished.says("login::").never_says("register::");
}

/// A run of the small suite that reports into `reports`.
fn small_run(server: &Reference, suite: &Path, reports: &Path) -> Conform {
    conform(["--base-url", server.base_url(), "--suite"])
        .arg(suite)
        .arg("--report-dir")
        .arg(reports)
}

fn report_in(reports: &Path) -> Value {
    let text = fs::read_to_string(reports.join("report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn what_failed_is_run_again_until_it_passes() {
    let (suite, reports) = (suite(), tempfile::tempdir().unwrap());
    let broken = Reference::replacing("POST", "/api/auth/logout", 200, "{}");
    let run = |server: &Reference| small_run(server, suite.path(), reports.path());
    run(&broken).run_as_is().expect(1);
    run(&broken).arg("--rerun-failed").run_as_is().expect(1);
    assert_eq!(scenarios(&report_in(reports.path())), ["account/logout"]);
    let whole = reference();
    run(&whole).arg("--rerun-failed").run_as_is().expect(0);
    let report = report_in(reports.path());
    assert_eq!(scenarios(&report), ["account/logout"]);
    assert_eq!(report["partial"], true);
    let finished = run(&whole).arg("--rerun-failed").run_as_is().expect(2);
    finished.says("every scenario as passed");
}

#[test]
fn what_is_blocked_or_was_not_run_is_run_again() {
    let (suite, reports) = (suite(), tempfile::tempdir().unwrap());
    let broken = Reference::replacing("POST", "/api/auth/register", 500, "{}");
    let run = |server: &Reference| small_run(server, suite.path(), reports.path());
    run(&broken).run_as_is().expect(4);
    let file = reports.path().join("report.json");
    let mut report = report_in(reports.path());
    // As if the run had been interrupted before one of them.
    report["scenarios"]
        .as_array_mut()
        .unwrap()
        .retain(|scenario| scenario["id"] != "account/me");
    report["not_run"] = serde_json::json!(["account/me"]);
    fs::write(&file, report.to_string()).unwrap();
    run(&reference())
        .arg("--rerun-failed")
        .run_as_is()
        .expect(0);
    let report = report_in(reports.path());
    assert_eq!(scenarios(&report), ["account/logout", "account/me"]);
}

#[test]
fn a_report_that_cannot_be_used_is_refused() {
    let (suite, reports) = (suite(), tempfile::tempdir().unwrap());
    let run = || small_run(&reference(), suite.path(), reports.path()).arg("--rerun-failed");
    run().run_as_is().expect(2).says("run the suite once");
    let file = reports.path().join("report.json");
    fs::write(&file, "{}").unwrap();
    run()
        .run_as_is()
        .expect(2)
        .says("is no report of this program");
    fs::remove_file(&file).unwrap();
    small_run(&reference(), suite.path(), reports.path())
        .run_as_is()
        .expect(0);
    let mut other = report_in(reports.path());
    other["suite"]["digest"] = serde_json::json!("abc");
    let other = other.to_string();
    fs::write(&file, &other).unwrap();
    run()
        .run_as_is()
        .expect(2)
        .says("is the report of another suite");
    assert_eq!(fs::read_to_string(&file).unwrap(), other);
}
