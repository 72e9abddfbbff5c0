//! The files of a report: each is what its format asks for, and none is ever half there.

mod archive;
mod job;
mod junit;
mod page;
mod sarif;
mod support;

use std::path::Path;

use conform::report::{RUN_FILES, Report, prepare, write_reports};
use conform::run::Outcome;
use serde_json::Value;

use crate::reports::support::{HOSTILE, file, hopeless, report};

fn written(report: &Report) -> (Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("deep/down");
    write_reports(report, &dir).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected = RUN_FILES.to_vec();
    expected.sort_unstable();
    assert_eq!(names, expected);
    let json = std::fs::read_to_string(dir.join("report.json")).unwrap();
    let xml = std::fs::read_to_string(dir.join("junit.xml")).unwrap();
    (serde_json::from_str(&json).unwrap(), xml)
}

#[tokio::test]
async fn the_json_satisfies_its_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/report.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    for broken in [false, true] {
        let report = report(broken).await;
        let (json, _) = written(&report);
        let mistakes: Vec<String> = schema
            .iter_errors(&json)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert_eq!(mistakes, Vec::<String>::new());
        let last = json.as_object().unwrap().keys().next_back().unwrap();
        assert_eq!(last, "complete");
    }
}

/// Whoever checks a bundle makes every other file of it anew.
#[tokio::test]
async fn a_report_that_is_read_again_makes_the_same_files() {
    for report in [
        report(false).await,
        report(true).await,
        hopeless(200, HOSTILE).await,
        hopeless(503, "\u{1b}[2J\u{202e}").await,
    ] {
        let text = file(&report, "report.json");
        let again = Report::parse(text.as_bytes(), Path::new("report.json")).unwrap();
        for name in RUN_FILES {
            assert!(file(&again, name) == file(&report, name), "{name}");
        }
    }
}

#[tokio::test]
async fn outcomes_and_verdicts_are_told_apart() {
    let report = report(true).await;
    let outcome = |id: &str| {
        let mut scenarios = report.scenarios.iter();
        scenarios
            .find(|scenario| scenario.id == id)
            .unwrap()
            .outcome
    };
    assert_eq!(outcome("tokens/refuses-current"), Outcome::Failed);
    assert_eq!(outcome("totp/completes-login"), Outcome::Skipped);
    let (json, xml) = written(&report);
    let verdict = |id: &str| {
        let clauses = json["clauses"].as_array().unwrap();
        let clause = clauses.iter().find(|clause| clause["id"] == id).unwrap();
        clause["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("logout.no-content"), "fail");
    assert_eq!(verdict("totp.code-completes"), "inconclusive");
    assert_eq!(verdict("revoke.names-reason"), "pass");
    assert_eq!(json["conclusion"], "violates");
    assert!(
        xml.contains(r#"tests="38" skipped="10" failures="3" errors="0""#),
        "{xml}"
    );
    assert!(
        xml.contains(r#"<testcase name="no-content" classname="logout">"#)
            && xml.contains(r#"<failure message="expected status 204, got 200" type="failed">"#),
        "{xml}"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named_and_nothing_half_is_left() {
    let report = report(false).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("report.json"), "old").unwrap();
    // A folder in the place of the second file.
    std::fs::create_dir_all(folder.path().join("junit.xml/x")).unwrap();
    let error = write_reports(&report, folder.path())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("junit.xml") && error.contains("--report-dir"),
        "{error}"
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let blocked = folder.path().join("report.json/below");
    assert!(write_reports(&report, &blocked).is_err());
}

#[tokio::test]
async fn two_runs_that_end_together_leave_the_files_of_one() {
    let reports = [report(false).await, report(true).await];
    let folder = tempfile::tempdir().unwrap();
    let file = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let barrier = std::sync::Barrier::new(reports.len());
    for _ in 0..40 {
        std::thread::scope(|scope| {
            for report in &reports {
                scope.spawn(|| {
                    barrier.wait();
                    write_reports(report, folder.path()).unwrap();
                });
            }
        });
        let json: Value = serde_json::from_str(&file("report.json")).unwrap();
        let broken = json["conclusion"] == "violates";
        assert_eq!(file("junit.xml").contains("<failure"), broken);
    }
}

#[test]
fn a_run_that_begins_takes_the_reports_of_the_last_away() {
    let folder = tempfile::tempdir().unwrap();
    for name in RUN_FILES.into_iter().chain(["mine.txt"]) {
        std::fs::write(folder.path().join(name), "old").unwrap();
    }
    prepare(folder.path(), &RUN_FILES).unwrap();
    prepare(folder.path(), &RUN_FILES).unwrap();
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["mine.txt"]);
}
