//! `--suite-version`: a new release of the suite turns no gate red by surprise.

use crate::support::{Finished, Reference, Suite, conform, suite};

const CONTRACT: &str = "specs/contract.yaml";

/// The small suite, where the clause on logging out came with a later release.
fn grown() -> Suite {
    suite()
        .changed(
            CONTRACT,
            "title: API Auth\n",
            "title: API Auth\nversions: [1.0.0, 1.1.0]\n",
        )
        .changed(
            CONTRACT,
            "profile: sessions\n",
            "profile: sessions\n    since: 1.1.0\n",
        )
}

/// A run on a server that violates that clause.
fn run(suite: &Suite, arguments: &[&str]) -> Finished {
    let server = Reference::replacing("POST", "/api/auth/logout", 200, r#"{"message":"bye"}"#);
    conform(["--base-url", server.base_url(), "--suite"])
        .arg(suite.path())
        .args(arguments)
        .run()
}

#[test]
fn an_earlier_release_leaves_out_what_came_later() {
    let suite = grown();
    let now = run(&suite, &[]).expect(1);
    assert_eq!(now.report()["suite"]["version"], "1.1.0");
    assert_eq!(now.verdict("logout.no-content"), "fail");
    run(&suite, &["--suite-version", "1.1.0"]).expect(1);
    let pinned = run(&suite, &["--suite-version", "1.0.0"]).expect(0);
    let report = pinned.report();
    assert_eq!(report["selection"]["suite_version"], "1.0.0");
    let clauses = report["clauses"].as_array().unwrap();
    assert!(
        clauses
            .iter()
            .all(|clause| clause["id"] != "logout.no-content")
    );
    // What verifies only that is not run.
    let scenarios = report["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 1);
}

#[test]
fn a_release_that_is_not_known_is_refused() {
    run(&grown(), &["--suite-version", "2.0.0"])
        .expect_refusal()
        .says("no release `2.0.0`: it has 1.0.0, 1.1.0");
    run(&suite(), &["--suite-version", "1.0.0"])
        .expect_refusal()
        .says("names no release");
    run(
        &grown().changed(CONTRACT, "since: 1.1.0", "since: 1.1.1"),
        &[],
    )
    .expect(2)
    .says("unknown release `1.1.1`")
    .says("1.1.0");
    run(
        &grown().changed(CONTRACT, "[1.0.0, 1.1.0]", "[1.0.0, 1.1.0, 1.0.0]"),
        &[],
    )
    .expect(2)
    .says("the id `1.0.0` is used twice");
}
