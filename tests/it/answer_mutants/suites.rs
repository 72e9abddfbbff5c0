//! A kill is real: a suite that verifies less lets go.

use std::sync::Arc;

use conform::accounts::TotpSource;
use conform::reference::Behaviour;
use conform::reference::behaviour::TrialPeriod;
use conform::selftest::MutantStatus;
use conform::selftest::answers::{AnswerMutant, examine};
use conform::suite::Suite;

use crate::answer_mutants::support::{Counted, built_in, built_in_but, examined, recorded};

async fn statuses(suite: &Arc<Suite>, names: &[&str]) -> Vec<MutantStatus> {
    statuses_of(&examine(suite, recorded().await).await, names)
}

fn statuses_of(mutants: &[AnswerMutant], names: &[&str]) -> Vec<MutantStatus> {
    let status = |wanted: &&str| {
        let found = mutants.iter().find(|mutant| mutant.to_string() == **wanted);
        found.map(|mutant| mutant.status).unwrap()
    };
    names.iter().map(status).collect()
}

#[tokio::test]
async fn without_the_expectation_the_mutant_survives() {
    for (scenario, expectation, instead, mutants) in [
        (
            "tokens/refuses-current",
            "      - { status: 204, body: empty, verifies: [logout.no-content] }\n",
            "",
            ["logout add-body"].as_slice(),
        ),
        (
            "tokens/lists",
            "      - { no_secrets: true, verifies: [tokens.no-secrets] }\n",
            "",
            &["list-tokens add-secret $.tokens[*].hash token-hash"],
        ),
        (
            "login/succeeds",
            "{ status: 200, schema: current-user, verifies: [me.describes-user] }",
            "{ status: 2xx }",
            &[
                "me drop-member $.subscription.plan",
                "me replace-status 200 to 202",
            ],
        ),
    ] {
        let killed = statuses_of(examined().await, mutants);
        assert!(
            killed.iter().all(|status| *status == MutantStatus::Killed),
            "{scenario}: {killed:?}"
        );
        let suite = built_in_but(scenario, &[(expectation, instead)]);
        let survived = statuses(&suite, mutants).await;
        assert!(
            survived
                .iter()
                .all(|status| *status == MutantStatus::Survived),
            "{scenario}: {survived:?}"
        );
    }
}

#[tokio::test]
async fn ground_that_breaks_is_no_verdict() {
    let verifies = "schema: current-user, verifies: [me.describes-user] }";
    let suite = built_in_but("login/succeeds", &[(verifies, "schema: current-user }")]);
    let statuses = statuses(&suite, &["me drop-member $.subscription.plan"]).await;
    assert_eq!(statuses, [MutantStatus::NoVerdict]);
}

#[tokio::test]
async fn a_clause_that_was_not_declared_is_told_apart() {
    // That the text stands somewhere says nothing of a member.
    let suite = built_in_but(
        "login/succeeds",
        &[(
            "status: 200, schema: current-user, verifies",
            "status: 200, contains: '\"plan\"', verifies",
        )],
    );
    let statuses = statuses(&suite, &["me drop-member $.subscription.plan"]).await;
    assert_eq!(statuses, [MutantStatus::KilledByOther]);
}

#[tokio::test]
async fn what_was_violated_before_is_no_kill() {
    let mut broken = Behaviour::default();
    broken.registration.trial = TrialPeriod::Days(29);
    let (server, suite) = (Counted::start(broken).await, built_in());
    let recording = server.record(&suite, TotpSource::None).await;
    server.stop().await;
    let mutants = examine(&suite, &recording).await;
    let trials = || mutants.iter().flat_map(|mutant| &mutant.trials);
    let clause = "register.trial-30-days".to_owned();
    assert!(trials().all(|trial| !trial.declared.contains(&clause)));
    assert!(trials().all(|trial| !trial.failed.contains(&clause)));
    assert!(trials().any(|trial| trial.failed.contains(&"register.created".to_owned())));
}
