//! `conform diff` and `--baseline`: what changed from one report to another.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Finished, Reference, conform, reference, suite};

/// A run of the small suite on a server.
fn run(server: &Reference, arguments: &[&str]) -> Finished {
    let suite = suite();
    conform(["--base-url", server.base_url(), "--suite"])
        .arg(suite.path())
        .args(arguments)
        .run()
}

fn broken() -> Reference {
    Reference::replacing("POST", "/api/auth/logout", 200, r#"{"message":"bye"}"#)
}

fn report(finished: &Finished) -> PathBuf {
    finished.reports().join("report.json")
}

fn diff(before: &Path, after: &Path) -> Finished {
    conform(["diff"]).arg(before).arg(after).run_as_is()
}

#[test]
fn a_verdict_that_got_worse_fails_and_one_that_got_better_does_not() {
    let good = run(&reference(), &[]).expect(0);
    let bad = run(&broken(), &[]).expect(1);
    diff(&report(&good), &report(&bad))
        .expect(1)
        .says("worse:\n  logout.no-content: pass, now fail")
        .says("something got worse");
    diff(&report(&bad), &bad.reports())
        .expect(0)
        .says("nothing got worse")
        .never_says(":");
    diff(&report(&bad), &report(&good))
        .expect(0)
        .says("better, or gone:\n  logout.no-content: fail, now pass");
    let part = run(&reference(), &["logout"]).expect(0);
    diff(&report(&good), &report(&part))
        .expect(1)
        .says("me.describes: pass, now no verdict")
        .says("scenarios that are gone:\n  account/me");
}

#[test]
fn a_baseline_fails_only_what_is_worse_than_it() {
    let good = run(&reference(), &[]).expect(0);
    let bad = run(&broken(), &[]).expect(1);
    let (good, bad) = (report(&good), report(&bad));
    let against = |server: &Reference, baseline: &Path| {
        run(server, &["--baseline", baseline.to_str().unwrap()])
    };
    against(&reference(), &good)
        .expect(0)
        .says("exit code 0: nothing got worse; reports in");
    against(&broken(), &good)
        .expect(1)
        .says("exit code 1: something got worse; reports in");
    // As bad as it was, and no worse.
    let known = against(&broken(), &bad).expect(0);
    assert_eq!(known.verdict("logout.no-content"), "fail");
    against(&reference(), Path::new("none.json"))
        .expect_refusal()
        .says("--baseline");
}

/// A report, changed, in a folder of its own.
fn changed(report: &Path, change: impl FnOnce(&mut Value)) -> (TempDir, PathBuf) {
    let mut value: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    change(&mut value);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    fs::write(&path, value.to_string()).unwrap();
    (folder, path)
}

#[test]
fn a_time_says_nothing_of_another_machine() {
    let run = run(&reference(), &[]).expect(0);
    let (_folder, slow) = changed(&report(&run), |report| {
        for scenario in report["scenarios"].as_array_mut().unwrap() {
            for step in scenario["steps"].as_array_mut().unwrap() {
                step["exchange"]["milliseconds"] = json!(5_000.0);
            }
        }
    });
    diff(&report(&run), &slow)
        .expect(0)
        .says("nothing got worse");
}

#[test]
fn what_is_no_report_is_told() {
    let run = run(&reference(), &[]).expect(0);
    let good = report(&run);
    let text = fs::read_to_string(&good).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (text, message) in [
        (&text[..text.len() / 2], "is cut off"),
        ("{}", "is no report"),
        ("", "is cut off"),
        (r#"{"schema_version":99}"#, "form 99"),
        (&text.replacen("\"must\"", "\"mus\"", 1), "is no report"),
    ] {
        let path = folder.path().join("report.json");
        fs::write(&path, text).unwrap();
        diff(&good, &path).expect(2).says(message);
    }
    diff(&good, Path::new("none"))
        .expect(2)
        .says("cannot read none");
}
