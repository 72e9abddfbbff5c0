//! No kind of condition is without a case: a new key of the scenario language needs one before it is used.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cases::{CASES, Case};
use super::holds;

/// The keys of an expectation that test nothing by themselves.
const NO_CONDITION: [&str; 6] = [
    "at",
    "within",
    "verifies",
    "control",
    "requires",
    "masked_by",
];

/// The one kind of condition that a case is of.
fn kind(case: &Case) -> String {
    let flow = format!("{{ {} }}", case.expectation);
    let expectation: Value = serde_saphyr::from_str(&flow).unwrap();
    let keys = expectation.as_object().unwrap().keys();
    let mut kinds = keys.filter(|key| !NO_CONDITION.contains(&key.as_str()));
    let kind = kinds.next().unwrap().clone();
    assert_eq!(kinds.next(), None, "{flow} is of two kinds");
    kind
}

#[test]
fn every_kind_of_condition_has_a_case() {
    let schemas = conform::schemas::generated().unwrap();
    let (_, scenario) = schemas
        .iter()
        .find(|(name, _)| *name == "scenario.schema.json")
        .unwrap();
    let scenario: Value = serde_json::from_str(scenario).unwrap();
    let keys = scenario["$defs"]["ExpectationFile"]["properties"]
        .as_object()
        .unwrap()
        .keys();
    let all: BTreeSet<String> = keys
        .filter(|key| !NO_CONDITION.contains(&key.as_str()))
        .cloned()
        .collect();
    assert!(all.contains("status") && all.contains("equals"), "{all:?}");
    let tested: BTreeSet<String> = CASES.iter().map(kind).collect();
    assert_eq!(tested, all);
}

#[tokio::test]
async fn every_case_holds_and_fails_as_it_says() {
    for case in CASES {
        assert!(
            !case.holds.is_empty() && !case.fails.is_empty(),
            "{} must hold on something and fail on something",
            case.expectation
        );
        let replies = case.holds.iter().map(|reply| (reply, true));
        for (reply, expected) in replies.chain(case.fails.iter().map(|reply| (reply, false))) {
            let met = holds(case.step, case.expectation, reply.scripted()).await;
            assert_eq!(met, expected, "{} on {reply:?}", case.expectation);
        }
    }
}
