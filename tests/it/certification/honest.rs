//! An honest record is never doubted, whatever the server is like: each differs from the reference in one thing.

use std::path::Path;
use std::sync::Arc;

use conform::report::Report;
use conform::run::{Plan, Selection, reevaluate};
use conform::selftest::{Mutant, Server, combined, mutants, try_server, variants};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::certification::support::{GOOD, SUITE};

/// How many servers are tried at once: they wait more than they work.
const AT_ONCE: usize = 12;

/// What the second look has against the records of these servers.
async fn contradictions(servers: impl Iterator<Item = (String, Server)>) -> Vec<String> {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut trials = JoinSet::new();
    for (id, server) in servers {
        let room = Arc::clone(&room);
        trials.spawn(async move {
            let _place = room.acquire().await.unwrap();
            let plan = Plan::new(&SUITE, &Selection::everything());
            let tried = try_server(&plan, server).await.unwrap();
            let rechecked = tried.results.iter().flat_map(|result| {
                let scenario = SUITE.scenario(&result.id).unwrap();
                reevaluate(&plan, scenario, result).contradictions
            });
            let told = rechecked.map(|what| format!("{id}: {what}"));
            told.collect::<Vec<_>>()
        });
    }
    trials.join_all().await.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_record_of_a_server_that_conforms_is_doubted() {
    let servers = variants().map(|variant| (variant.id.to_owned(), combined(&[variant])));
    assert_eq!(contradictions(servers).await, Vec::<String>::new());
}

fn named(mutant: &Mutant) -> (String, Server) {
    (mutant.id.value.clone(), mutant.server())
}

/// What nobody can recompute without the secrets, their names tell.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_shown_is_still_seen() {
    let all = mutants(&SUITE).unwrap();
    let shows = all.iter().filter(|one| *one.clause == "tokens.no-secrets");
    let servers: Vec<_> = shows.map(named).collect();
    assert!(servers.len() > 1);
    assert_eq!(
        contradictions(servers.into_iter()).await,
        Vec::<String>::new()
    );
}

/// Takes minutes: `cargo test --test it certification:: -- --ignored`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "tries the suite on every mutant"]
async fn no_record_of_a_server_that_breaks_the_contract_is_doubted() {
    let all = mutants(&SUITE).unwrap();
    assert_eq!(
        contradictions(all.iter().map(named)).await,
        Vec::<String>::new()
    );
}

#[test]
fn a_report_that_is_read_again_says_the_same() {
    let written = serde_json::to_value(&GOOD.reports[0]).unwrap();
    let read = Report::parse(written.to_string().as_bytes(), Path::new("x")).unwrap();
    let again = serde_json::to_value(&read).unwrap();
    // What is not read would be lost on the way.
    let members = |value: &serde_json::Value| value.as_object().unwrap().len();
    assert_eq!(members(&written), members(&again));
    assert_eq!(
        written["scenarios"][0]["steps"][0]["operation"],
        again["scenarios"][0]["steps"][0]["operation"]
    );
    assert_eq!(written["clauses"], again["clauses"]);
}
