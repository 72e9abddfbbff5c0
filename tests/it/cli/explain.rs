//! `conform explain`: clauses, scenarios, and names that are neither.

use crate::support::{Finished, conform, suite};

fn explained(arguments: &[&str]) -> Finished {
    let finished = conform(["explain"]).args(arguments).run_as_is().expect(0);
    assert_eq!(finished.stderr, "");
    finished
}

#[test]
fn a_clause_is_told_with_its_source_its_proofs_and_its_mutants() {
    let finished = explained(&["revoke.refuses-current"]);
    assert!(
        finished.stdout.starts_with(
            "revoke.refuses-current (must, sessions)\n  Revoking the token that makes the call is refused with 422.\n"
        ),
        "{}",
        finished.stdout
    );
    let scenario = include_str!("../../../specs/tokens/refuses-current.yaml");
    let line = |text: &str| {
        1 + scenario
            .lines()
            .position(|line| line.contains(text))
            .unwrap()
    };
    finished
        .says("documented, API Auth › Tokens")
        .says(&format!(
            "specs/tokens/refuses-current.yaml:{} tokens::refuses-current\n    revoke-token: status 422\n    control at line {}, revoke-token: status 2xx",
            line("- { status: 422, verifies: [revoke.refuses-current] }"),
            line("- id: revoked") + 1,
        ))
        .says("revoke.revokes-current\n    A token can revoke itself.")
        .says("nobody can tell: ");
}

#[test]
fn a_check_says_whether_it_looks_around_and_after_which_call() {
    explained(&["logout.ends-token"])
        .says("    looking around after logout, me: status 4xx for jane.mobile\n");
}

#[test]
fn a_standard_is_named() {
    explained(&["logout.ends-token"]).says("see also ASVS 7.4.1, CWE-613\n");
}

#[test]
fn a_scenario_is_told_by_its_id_and_by_its_name() {
    let finished = explained(&["tokens::refuses-current"]);
    assert_eq!(
        finished.stdout,
        explained(&["tokens/refuses-current"]).stdout
    );
    finished
        .says("the current token cannot be revoked by its id, and ends by logging out")
        .says("goes on with the accounts of tokens/unknown-id")
        .says("jane: registered, with a session of mobile, cli")
        .says("\n    then me: status 2xx for jane.mobile, verifies revoke.current-survives\n")
        .says("contains cannot_revoke_current, verifies revoke.names-reason");
}

#[test]
fn without_a_name_everything_is_listed() {
    let finished = explained(&[]);
    for profile in [
        "core",
        "sessions",
        "totp",
        "rate-limit",
        "hardening",
        "concurrency",
    ] {
        let mut lines = finished.stdout.lines();
        assert!(lines.any(|line| line.starts_with(profile)), "{profile}");
    }
    let line = |name: &str| {
        let mut lines = finished.stdout.lines();
        let words = lines.find_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words.first() == Some(&name)).then_some(words)
        });
        words.unwrap_or_else(|| panic!("{name} is not listed"))
    };
    let clause = line("logout.no-content");
    assert_eq!(clause[1..], ["must", "4", "2"]);
    assert!(line("login::default-client-type").len() > 2);
}

#[test]
fn another_suite_is_explained_too() {
    let suite = suite();
    let finished = explained(&["me.describes", "--suite", suite.path().to_str().unwrap()]);
    finished
        .says("specs/account/me.yaml:6 account::me\n    me: status 200, schema user")
        .says("broken by\n  nothing");
}

#[test]
fn a_name_that_there_is_not_is_wrong_usage() {
    conform(["explain", "logout.no-contnt"])
        .run_as_is()
        .expect(2)
        .says("`logout.no-contnt` is no clause and no scenario: did you mean `logout.no-content`?");
    conform(["explain", "login::default-client"])
        .run_as_is()
        .expect(2)
        .says("did you mean `login::default-client-type`?");
    conform(["explain", "zzz"])
        .run_as_is()
        .expect(2)
        .says("`conform explain` lists all");
}

#[test]
fn a_feature_lists_its_clauses_and_scenarios() {
    let finished = explained(&["logout"]);
    let clauses: Vec<&str> = finished.stdout.lines().collect();
    assert!(
        clauses
            .iter()
            .any(|line| line.starts_with("  logout.no-content "))
    );
    assert!(!finished.stdout.contains("login."), "{}", finished.stdout);
    explained(&["login"])
        .says("login.ends-same-type")
        .says("login::failures")
        .never_says("logout.")
        .never_says("tokens::");
}
