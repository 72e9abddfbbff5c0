//! A clause that is masked by another is not blamed where that one fails, and nothing else changes.

use std::collections::BTreeMap;
use std::time::Duration;

use conform::run::{ExpectationState, Outcome, ScenarioResult, withdraw_consequences};

use crate::run::support::{Server, json, run, session, states, suite};

const PASSES: &str = r"
title: nothing is wrong here
steps:
  - { call: login, expect: { status: 200 }, verifies: [a.two] }
";

const CAUSE: &str = r"
title: what is wrong
steps:
  - { call: me, expect: { status: 200 }, verifies: [a.one] }
";

const FOLLOWS: &str = r"
title: it shows here as well
steps:
  - { call: me, expect: { status: 200 }, verifies: [a.follows] }
";

const BOTH: &str = r"
title: it shows here as well, beside what does not stand back
steps:
  - { call: me, expect: { status: 200 }, verifies: [a.follows] }
  - { call: me, expect: { status: 200 }, verifies: [a.three] }
";

/// The results of these scenarios with a server that refuses `me`, after `change` and settled.
async fn settled(
    scenarios: &[(&str, &str)],
    change: impl Fn(&mut ScenarioResult),
) -> BTreeMap<String, ScenarioResult> {
    let server = Server::start(|seen, _| {
        let status = if seen.path == "/me" { 403 } else { 200 };
        json(status, "{}")
    })
    .await;
    let session = session(&suite(scenarios), &server, Duration::from_secs(30));
    let mut results = run(&session).await;
    results.iter_mut().for_each(change);
    withdraw_consequences(&session.plan, &mut results);
    let name = |id: &str| id.rsplit('/').next().unwrap_or(id).to_owned();
    let results = results.into_iter();
    results.map(|result| (name(&result.id), result)).collect()
}

#[tokio::test]
async fn a_consequence_is_withdrawn_and_all_else_is_as_it_was() {
    let all = [
        ("passes", PASSES),
        ("cause", CAUSE),
        ("follows", FOLLOWS),
        ("both", BOTH),
    ];
    let results = settled(&all, |_| {}).await;
    let outcome = |name: &str| results[name].outcome;
    assert_eq!(outcome("passes"), Outcome::Passed);
    assert_eq!(outcome("cause"), Outcome::Failed);
    assert_eq!(outcome("follows"), Outcome::Blocked);
    assert_eq!(outcome("both"), Outcome::Failed);
    let reason = "`a.one` failed, and that shows here as well";
    assert_eq!(results["follows"].reason.as_deref(), Some(reason));
    for name in ["follows", "both"] {
        let withdrawn = ExpectationState::Untried {
            reason: reason.to_owned(),
        };
        assert_eq!(states(&results[name], 0), [&withdrawn], "{name}");
    }
    assert!(states(&results["both"], 1)[0].is_failed());
}

#[tokio::test]
async fn without_a_cause_nothing_is_withdrawn() {
    let results = settled(&[("passes", PASSES), ("follows", FOLLOWS)], |_| {}).await;
    assert_eq!(results["follows"].outcome, Outcome::Failed);
    assert!(states(&results["follows"], 0)[0].is_failed());
}

#[tokio::test]
async fn why_a_scenario_did_not_end_is_still_told() {
    let undecided = |result: &mut ScenarioResult| {
        if result.id.ends_with("follows") {
            result.outcome = Outcome::Skipped;
            result.reason = Some("the server throttles".to_owned());
        }
    };
    let results = settled(&[("cause", CAUSE), ("follows", FOLLOWS)], undecided).await;
    assert!(states(&results["follows"], 0)[0].is_untried());
    assert_eq!(results["follows"].outcome, Outcome::Skipped);
    assert_eq!(
        results["follows"].reason.as_deref(),
        Some("the server throttles")
    );
}
