//! Waivers: a known violation is shown and does not fail a run, for as long as that is agreed.

use std::fs;

use crate::support::{Finished, Reference, conform, reference, suite};

const FOR_EVER: &str = "{ clause: logout.no-content, reason: ticket 17, until: 9999-12-31 }";
const EXPIRED: &str = "{ clause: logout.no-content, reason: ticket 17, until: 2020-02-29 }";
const UNKNOWN: &str = "{ clause: logout.no-contnet, reason: ticket 17, until: 9999-12-31 }";

/// A server whose logout answers 200 in place of 204.
fn talkative_logout() -> Reference {
    Reference::replacing("POST", "/api/auth/logout", 200, r#"{"message":"bye"}"#)
}

#[track_caller]
fn with_waiver(server: &Reference, waiver: &str, arguments: &[&str]) -> Finished {
    let (suite, folder) = (suite(), tempfile::tempdir().unwrap());
    let file = folder.path().join("target.yaml");
    let base_url = server.base_url();
    fs::write(
        &file,
        format!("base_url: {base_url}\nwaivers:\n- {waiver}\n"),
    )
    .unwrap();
    conform(["--target"])
        .arg(&file)
        .arg("--suite")
        .arg(suite.path())
        .args(arguments)
        .run()
}

#[track_caller]
fn state(finished: &Finished) -> String {
    let report = finished.report();
    report["waivers"][0]["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_waived_violation_is_shown_and_does_not_fail_the_run() {
    let finished = with_waiver(&talkative_logout(), FOR_EVER, &[]).expect(0);
    assert_eq!(finished.verdict("logout.no-content"), "fail");
    let report = finished.report();
    let mut clauses = report["clauses"].as_array().unwrap().iter();
    let clause = clauses.find(|clause| clause["id"] == "logout.no-content");
    let waived = &clause.unwrap()["waived"];
    assert_eq!(waived["reason"], "ticket 17");
    assert_eq!(waived["until"], "9999-12-31");
    assert_eq!(report["conclusion"], "conforms");
    assert_eq!(report["count"]["waived"], 1);
    assert_eq!(state(&finished), "used");
    finished
        .says("failed and waived: 1 clause logout.no-content")
        .says("waived until 9999-12-31: ticket 17")
        .says("1 fail (1 waived)")
        .says("sessions     waived           0     1")
        .never_says("warning:");
    let junit = finished.report_file("junit.xml");
    assert!(junit.contains("<skipped"), "{junit}");
    assert!(
        junit.contains(r#"<skipped message="waived until 9999-12-31: ticket 17"#),
        "{junit}"
    );
    assert!(!junit.contains("<failure"), "{junit}");
}

#[test]
fn a_waiver_of_one_clause_forgives_no_other() {
    let waiver = "{ clause: me.describes, reason: ticket 17, until: 9999-12-31 }";
    let finished = with_waiver(&talkative_logout(), waiver, &[]).expect(1);
    assert_eq!(state(&finished), "unneeded");
    let junit = finished.report_file("junit.xml");
    assert_eq!(junit.matches("<failure").count(), 1, "{junit}");
}

#[test]
fn an_expired_waiver_does_not_count_and_says_so() {
    let finished = with_waiver(&talkative_logout(), EXPIRED, &[]).expect(1);
    assert_eq!(state(&finished), "expired");
    finished.says("the waiver of `logout.no-content` expired with 2020-02-29");
    let report = finished.report();
    assert_eq!(report["count"]["waived"], 0);
}

#[test]
fn a_waiver_that_is_no_longer_needed_is_a_warning_and_strictly_a_failure() {
    let server = reference();
    for waiver in [FOR_EVER, EXPIRED] {
        let finished = with_waiver(&server, waiver, &[]).expect(0);
        assert_eq!(state(&finished), "unneeded");
        finished.says("warning: the waiver of `logout.no-content` is no longer needed");
        let finished = with_waiver(&server, waiver, &["--strict"]).expect(1);
        assert_eq!(finished.report()["conclusion"], "stale-waivers");
        finished.never_says("conforms");
    }
}

#[test]
fn a_waiver_of_an_unknown_clause_is_a_warning_and_strictly_a_failure() {
    let server = reference();
    let finished = with_waiver(&server, UNKNOWN, &[]).expect(0);
    assert_eq!(state(&finished), "unknown");
    finished
        .says("warning: the waiver of `logout.no-contnet` names no clause")
        .says("did you mean `logout.no-content`?");
    with_waiver(&server, UNKNOWN, &["--strict"]).expect(1);
}

#[test]
fn a_waiver_of_what_is_not_run_is_left_alone() {
    let arguments = ["--strict", "account::me"];
    let finished = with_waiver(&reference(), FOR_EVER, &arguments).expect(0);
    assert_eq!(state(&finished), "untried");
    finished.never_says("warning:");
}

#[test]
fn what_is_unproven_is_not_waived() {
    let server = Reference::replacing("POST", "/api/auth/register", 500, "{}");
    let finished = with_waiver(&server, FOR_EVER, &[]).expect(4);
    assert_eq!(finished.verdict("logout.no-content"), "inconclusive");
    assert_eq!(state(&finished), "untried");
}
