//! The built-in suite and every wrong answer of the reference.

use std::collections::BTreeSet;

use conform::reference::Behaviour;
use conform::selftest::MutantStatus;
use conform::selftest::answers::examine;

use crate::answer_mutants::support::{Counted, built_in, examined, recorded};

#[tokio::test]
async fn every_wrong_answer_is_noticed() {
    let mutants = examined().await;
    let gaps: Vec<String> = mutants
        .iter()
        .filter(|mutant| mutant.status.is_gap())
        .map(ToString::to_string)
        .collect();
    assert_eq!(gaps, Vec::<String>::new());
    let stale = mutants
        .iter()
        .filter(|mutant| mutant.status == MutantStatus::Killed && mutant.left_open.is_some());
    assert_eq!(
        stale.map(ToString::to_string).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn every_expectation_that_proves_something_proves_it() {
    let mut weak = Vec::new();
    for mutant in examined().await {
        let declared = mutant
            .trials
            .iter()
            .filter(|trial| !trial.declared.is_empty());
        let spared = declared.filter(|trial| trial.status != MutantStatus::Killed);
        weak.extend(spared.map(|trial| (mutant.to_string(), trial.scenario.clone())));
    }
    assert_eq!(weak, Vec::<(String, String)>::new());
}

#[tokio::test]
async fn what_is_left_open_is_open_in_the_operations_of_the_table() {
    let mutants = examined().await.iter();
    let open = mutants.filter(|mutant| mutant.left_open.is_some());
    let operations: BTreeSet<&str> = open.map(|mutant| mutant.operation.as_str()).collect();
    let table = ["login", "login-totp", "me", "register", "revoke-others"];
    assert_eq!(operations, BTreeSet::from(table));
}

#[tokio::test]
async fn every_operator_and_every_operation_has_its_mutants() {
    let mutants = examined().await;
    let names: BTreeSet<String> = mutants.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), mutants.len(), "a mutant stands there twice");
    for wanted in [
        "register drop-member $.user.trial_ends_at",
        "login drop-member $.totp_token",
        "me null-member $.subscription.status",
        "list-tokens retype-member $.tokens[*].id to string",
        "list-tokens empty-array $.tokens",
        "login-totp add-forbidden $.token",
        "list-tokens add-secret $.tokens[*].token token",
        "list-tokens add-secret $.tokens[*].hash token-hash",
        "revoke-token replace-status 422 to 400",
        "login replace-status 429 to 503",
        "login alter-member $.requires_totp",
        "list-tokens reverse-array $.tokens",
        "list-tokens repeat-items $.tokens",
        "revoke-others truncate-body",
        "revoke-token clear-body",
        "logout add-body",
    ] {
        assert!(names.contains(wanted), "{wanted} is not among {names:#?}");
    }
    // What the contract leaves open is no mutant.
    for unwanted in [
        "me null-member $.subscription.plan",
        "list-tokens null-member $.tokens[*].last_used_at",
        "list-tokens replace-status 200 to 202",
        "revoke-token replace-status 204 to 200",
        "logout truncate-body",
    ] {
        assert!(!names.contains(unwanted), "{unwanted} is among {names:#?}");
    }
}

#[tokio::test]
async fn a_trial_says_which_clause_had_to_be_blamed() {
    let mutants = examined().await;
    let mutant = mutants
        .iter()
        .find(|mutant| mutant.to_string() == "logout add-body")
        .unwrap();
    let value = serde_json::to_value(mutant).unwrap();
    assert_eq!(value["operator"], "add-body");
    assert_eq!(value["status"], "killed");
    let trial = &value["trials"][0];
    assert_eq!(trial["scenario"], "tokens/refuses-current");
    assert_eq!(trial["declared"], serde_json::json!(["logout.no-content"]));
    assert_eq!(trial["failed"], trial["declared"]);
    let text = std::fs::read_to_string("specs/tokens/refuses-current.yaml").unwrap();
    let line = usize::try_from(trial["line"].as_u64().unwrap()).unwrap();
    let line = text.lines().nth(line - 1).unwrap();
    assert!(line.contains("call: logout"), "{line}");
}

#[tokio::test]
async fn examining_asks_the_server_nothing() {
    let (server, suite) = (Counted::start(Behaviour::default()).await, built_in());
    let recording = server.record(&suite, server.totp_source()).await;
    let before = server.requests();
    assert!(before > 100, "{before} requests in a whole run");
    let mutants = examine(&suite, &recording).await;
    assert!(
        mutants
            .iter()
            .any(|mutant| mutant.status == MutantStatus::Killed)
    );
    assert_eq!(server.requests(), before);
    server.stop().await;
}

#[tokio::test]
async fn every_clause_is_blamed_for_some_wrong_answer() {
    let trials = examined().await.iter().flat_map(|mutant| &mutant.trials);
    let killed = trials.filter(|trial| trial.status == MutantStatus::Killed);
    let failed: BTreeSet<&str> = killed
        .flat_map(|trial| &trial.failed)
        .map(String::as_str)
        .collect();
    let suite = built_in();
    let clauses = suite
        .contract
        .clauses
        .iter()
        .filter(|clause| clause.profile.is_default())
        .map(|clause| clause.id.as_str())
        // A token of somebody else would have to be in the list: no answer about this account holds its id.
        .filter(|id| *id != "tokens.own-only");
    assert_eq!(failed, clauses.collect());
}

#[tokio::test]
async fn only_answers_of_the_right_shape_are_made_wrong_as_such() {
    let recording = recorded().await;
    let plan = recording.plan();
    let sound = |index: &usize| {
        let scenario = plan.scenario(*index);
        let steps = scenario.steps.iter().enumerate();
        let answers = steps
            .filter(|(_, step)| step.operation == "me")
            .map(|(position, _)| recording.answer(&scenario.id, position).unwrap().status);
        answers.filter(|status| *status == 200).count()
    };
    let mut mutants = examined().await.iter();
    let shown = mutants
        .find(|mutant| mutant.to_string().starts_with("me add-secret"))
        .unwrap();
    assert_eq!(
        shown.trials.len(),
        plan.scenarios.iter().map(sound).sum::<usize>()
    );
}
