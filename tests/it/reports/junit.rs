//! `junit.xml` is what common parsers of CI systems take.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::reports::support::{HOSTILE, file, hopeless, report};

/// The schema is stricter than every parser: it has what they have in common.
#[tokio::test]
#[ignore = "needs xmllint: apt-get install libxml2-utils"]
async fn the_xml_satisfies_a_schema_of_what_parsers_have_in_common() {
    let folder = tempfile::tempdir().unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reports/junit.xsd");
    let mut reports = vec![report(true).await, hopeless(500, HOSTILE).await];
    let mut cut_short = report(false).await;
    cut_short.not_run.push("login/never-run".to_owned());
    reports.push(cut_short);
    for report in reports {
        let path = folder.path().join("junit.xml");
        fs::write(&path, file(&report, "junit.xml")).unwrap();
        let output = Command::new("xmllint")
            .args(["--noout", "--schema"])
            .arg(&schema)
            .arg(&path)
            .output();
        let output = output.expect("xmllint runs: apt-get install libxml2-utils");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}

#[tokio::test]
async fn every_clause_has_a_case_in_the_suite_of_its_profile() {
    let report = hopeless(500, HOSTILE).await;
    let xml = file(&report, "junit.xml");
    let suites: Vec<&str> = xml.split("<testsuite ").skip(1).collect();
    assert_eq!(suites.len(), report.verdicts.profiles.len());
    for (suite, profile) in suites.iter().zip(&report.verdicts.profiles) {
        assert!(suite.starts_with(&format!("name=\"{}\"", profile.profile)));
        let clauses = report.verdicts.clauses.iter();
        for clause in clauses.filter(|clause| clause.profile == profile.profile) {
            let (feature, name) = clause.id.split_once('.').unwrap();
            let case = format!("<testcase name=\"{name}\" classname=\"{feature}\"");
            assert_eq!(suite.matches(&case).count(), 1, "{suite}");
        }
    }
}
