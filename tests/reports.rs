//! The files of a report: the JSON satisfies its schema, the XML is JUnit, and neither is ever half there.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use conform::embedded;
use conform::engine::{Outcome, Plan, Run, Selection, Session, SessionSettings};
use conform::report::{RUN_FILES, Report, RunFacts, prepare, write_reports};
use conform::suite::Suite;
use conform::target::{BaseUrl, Target};
use jiff::Timestamp;
use serde_json::Value;

/// The report of a run of two features; `broken` sends the logout to another operation.
async fn report(broken: bool) -> (Report, Plan) {
    let running = embedded::start().await.unwrap();
    let suite = Arc::new(Suite::built_in().unwrap());
    let mut target = Target::new(BaseUrl::parse(running.base_url()).unwrap());
    if broken {
        target
            .set_operation("logout=GET /api/auth/me", &suite.contract)
            .unwrap();
    }
    let plan = Plan::new(&suite, &Selection::default());
    let settings = SessionSettings {
        email_domain: "mail.example".to_owned(),
        totp_source: conform::accounts::TotpSource::None,
        concurrency: 8,
        fail_fast: false,
    };
    let session = Arc::new(Session::new(target, plan.clone(), settings).unwrap());
    let wanted = [
        "tokens/revoke-one",
        "register/new-account",
        "totp/second-factor",
    ];
    let ran: Vec<usize> = plan
        .scenarios
        .iter()
        .copied()
        .filter(|index| wanted.contains(&plan.scenario(*index).id.as_str()))
        .collect();
    let results = std::sync::Mutex::new(Vec::new());
    let done = |_, result| results.lock().unwrap().push(result);
    Run::new(&session).scenarios(&ran, done).await;
    let facts = RunFacts {
        started: Timestamp::UNIX_EPOCH,
        elapsed: Duration::from_secs(1),
        embedded: true,
        partial: true,
        testable: true,
    };
    let results = results.into_inner().unwrap();
    (Report::new(&session, &ran, results, facts), plan)
}

fn written(report: &Report, plan: &Plan) -> (Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("deep/down");
    write_reports(report, plan, &dir).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["junit.xml", "report.json"]);
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
        let (report, plan) = report(broken).await;
        let (json, _) = written(&report, &plan);
        let mistakes: Vec<String> = schema
            .iter_errors(&json)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert_eq!(mistakes, Vec::<String>::new());
        let last = json.as_object().unwrap().keys().next_back().unwrap();
        assert_eq!(last, "complete");
    }
}

#[tokio::test]
async fn outcomes_and_verdicts_are_told_apart() {
    let (report, plan) = report(true).await;
    let outcome = |id: &str| {
        let mut scenarios = report.scenarios.iter();
        scenarios
            .find(|scenario| scenario.id == id)
            .unwrap()
            .outcome
    };
    assert_eq!(outcome("tokens/revoke-one"), Outcome::Failed);
    assert_eq!(outcome("totp/second-factor"), Outcome::Unproven);
    let (json, xml) = written(&report, &plan);
    let verdict = |id: &str| {
        let clauses = json["clauses"].as_array().unwrap();
        let clause = clauses.iter().find(|clause| clause["id"] == id).unwrap();
        clause["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("logout.no-content"), "violated");
    assert_eq!(verdict("totp.rejects-wrong-code"), "unproven");
    assert_eq!(verdict("revoke.names-reason"), "holds");
    assert_eq!(json["conclusion"], "violates");
    assert!(
        xml.contains(r#"tests="3""#) && xml.contains(r#"skipped="1""#),
        "{xml}"
    );
    assert!(
        xml.contains("<failure") && xml.contains("violated: logout.no-content"),
        "{xml}"
    );
    assert!(
        xml.contains(r#"<property name="clause" value="logout.no-content"/>"#),
        "{xml}"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named_and_nothing_half_is_left() {
    let (report, plan) = report(false).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("report.json"), "old").unwrap();
    // A folder in the place of the second file.
    std::fs::create_dir_all(folder.path().join("junit.xml/x")).unwrap();
    let error = write_reports(&report, &plan, folder.path())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("junit.xml") && error.contains("--report-dir"),
        "{error}"
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let blocked = folder.path().join("report.json/below");
    assert!(write_reports(&report, &plan, &blocked).is_err());
}

#[tokio::test]
async fn two_runs_that_end_together_leave_the_files_of_one() {
    let reports = [report(false).await, report(true).await];
    let folder = tempfile::tempdir().unwrap();
    let file = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let barrier = std::sync::Barrier::new(reports.len());
    for _ in 0..40 {
        std::thread::scope(|scope| {
            for (report, plan) in &reports {
                scope.spawn(|| {
                    barrier.wait();
                    write_reports(report, plan, folder.path()).unwrap();
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
    for name in ["report.json", "junit.xml", "mine.txt"] {
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
