//! The whole built-in suite against the reference that the program brings, and parts of it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use conform::suite::Suite;
use serde_json::Value;

use crate::support::{Finished, conform};

const PROFILES: [&str; 4] = ["core", "sessions", "totp", "rate-limit"];

/// One run for all the tests that only look at it.
static FULL: LazyLock<Finished> = LazyLock::new(|| conform([""; 0]).run().expect(0));

fn list<'a>(report: &'a Value, member: &str) -> &'a Vec<Value> {
    report[member].as_array().unwrap()
}

#[test]
fn a_full_run_conforms() {
    let report = FULL.report();
    assert_eq!(report["complete"], true);
    assert_eq!(report["partial"], false);
    assert_eq!(report["conclusion"], "conforms");
    assert_eq!(report["suite"]["built_in"], true);
    assert_eq!(report["target"]["embedded"], true);
}

#[test]
fn every_clause_holds_and_has_its_proofs() {
    let report = FULL.report();
    let clauses = list(&report, "clauses");
    let judged: BTreeSet<&str> = clauses
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(judged.len(), clauses.len());
    let contract = Suite::built_in().unwrap().contract;
    let of_the_run = contract
        .clauses
        .iter()
        .filter(|clause| clause.profile.is_default());
    let of_the_run = of_the_run.map(|clause| clause.id.value.as_str());
    assert_eq!(judged, of_the_run.collect());
    for clause in clauses {
        assert_eq!(clause["verdict"], "pass", "{clause}");
        let checks = list(clause, "checks");
        assert!(!checks.is_empty(), "{clause}");
        // What does not apply to this server is left out, but something always applies.
        let is = |state: &str| checks.iter().filter(|one| one["state"] == state).count();
        assert_eq!(is("held") + is("skipped"), checks.len(), "{clause}");
        assert_ne!(is("held"), 0, "{clause}");
    }
    let holds = report["count"]["pass"].as_u64().unwrap();
    assert_eq!(usize::try_from(holds).unwrap(), clauses.len());
}

#[test]
fn every_scenario_passes_and_shows_its_calls() {
    let report = FULL.report();
    for scenario in list(&report, "scenarios") {
        assert_eq!(scenario["outcome"], "passed", "{}", scenario["id"]);
        for step in list(scenario, "steps") {
            let status = &step["exchange"]["response"]["status"];
            let is_called = step["outcome"] != "skipped";
            assert_eq!(status.is_u64(), is_called, "{}: {step}", scenario["id"]);
        }
    }
}

#[test]
fn the_target_is_named_first() {
    let first = FULL.stderr.lines().next().unwrap();
    let base_url = FULL.report()["target"]["base_url"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(base_url.starts_with("http://127.0.0.1:"), "{base_url}");
    assert!(
        first.contains(&base_url) && first.contains("embedded"),
        "{first}"
    );
}

#[test]
fn the_summary_has_a_line_for_each_profile() {
    for profile in PROFILES {
        let line = FULL
            .stdout
            .lines()
            .find(|line| line.trim_start().starts_with(profile));
        let words: Vec<&str> = line.unwrap().split_whitespace().collect();
        assert_eq!(words[1], "pass", "{words:?}");
        assert_eq!(words[3..], ["0", "0"], "{words:?}");
    }
    let last = format!(
        "{} clauses pass; exit code 0: the server conforms; reports in {}",
        list(&FULL.report(), "clauses").len(),
        FULL.reports().display()
    );
    FULL.says(&last);
    assert!(FULL.stdout.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn junit_has_a_case_for_each_clause_and_no_failure() {
    let junit = FULL.report_file("junit.xml");
    let cases = junit.matches("<testcase ").count();
    assert_eq!(cases, list(&FULL.report(), "clauses").len());
    assert!(
        junit.contains(r#"<testcase name="defaults-to-mobile" classname="login""#),
        "{junit}"
    );
    assert!(
        !junit.contains("<failure") && !junit.contains("<error") && !junit.contains("<skipped")
    );
}

#[test]
fn the_report_satisfies_its_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../schemas/report.schema.json")).unwrap();
    let report = FULL.report();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mistakes: Vec<String> = validator
        .iter_errors(&report)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(mistakes, [""; 0]);
    // And the schema says something: a report that lacks a member is none.
    let mut less = report;
    less.as_object_mut().unwrap().remove("complete");
    assert!(!validator.is_valid(&less));
}

#[test]
fn two_profiles_give_verdicts_on_just_their_clauses() {
    let finished = conform(["--profile", "core,sessions"]).run().expect(0);
    let report = finished.report();
    let profiles: BTreeSet<&str> = list(&report, "clauses")
        .iter()
        .map(|clause| clause["profile"].as_str().unwrap())
        .collect();
    assert_eq!(profiles, BTreeSet::from(["core", "sessions"]));
}

#[test]
fn a_filtered_run_says_that_it_is_partial() {
    let finished = conform(["register::refusals"]).run().expect(0);
    finished.says("of a part of the suite");
    let report = finished.report();
    assert_eq!(report["partial"], true);
    assert_eq!(report["complete"], true);
    assert_eq!(list(&report, "scenarios").len(), 1);
}

#[test]
fn reports_go_to_a_folder_of_their_own_unless_told() {
    let finished = conform(["register::refusals"]).run_as_is().expect(0);
    let latest = finished.folder().join("reports/latest");
    assert!(latest.join("report.json").is_file() && latest.join("junit.xml").is_file());
}

#[test]
fn the_version_is_that_of_the_package() {
    let finished = conform(["--version"]).run_as_is().expect(0);
    let version = concat!("conform ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(finished.stdout, version);
}

#[test]
fn the_built_in_suite_has_no_gaps() {
    let finished = conform(["check"]).run_as_is().expect(0);
    assert!(
        finished.stdout.ends_with("no gaps\n"),
        "{}",
        finished.stdout
    );
    assert_eq!(finished.stderr, "");
}
