//! Servers that differ only where the contract leaves it open: each differs, and what the suite has against it is told.
//! That it has nothing against any of them is what `conform mutants` says.

mod probe;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use conform::reference::behaviour::Status;
use conform::run::{Plan, Selection};
use conform::selftest::{AXES, Server, combined, complaints, try_server, try_variants, variants};
use conform::suite::Suite;
use tokio::time::timeout;

use wire::Wire;

#[test]
fn ids_are_unique_and_begin_with_their_axis() {
    let ids: BTreeSet<&str> = variants().map(|variant| variant.id).collect();
    assert_eq!(ids.len(), variants().count());
    let names = AXES.iter().map(|axis| {
        let names = axis
            .iter()
            .map(|variant| variant.id.split_once('.').unwrap().0);
        let names: BTreeSet<&str> = names.collect();
        assert_eq!(names.len(), 1, "{names:?}");
        names.first().copied()
    });
    let names: BTreeSet<_> = names.collect();
    assert_eq!(names.len(), AXES.len(), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_can_be_told_from_the_reference_and_from_the_others() {
    let reference = probe::conversation(None).await;
    assert_eq!(
        reference,
        probe::conversation(None).await,
        "the conversation tells nothing: it is never the same"
    );
    let mut known = BTreeMap::from([(reference.clone(), "the reference")]);
    for variant in variants() {
        let said = probe::conversation(Some(variant)).await;
        let same = known.insert(said, variant.id);
        assert_eq!(
            same.is_some(),
            variant.unseen,
            "{} talks like {same:?}",
            variant.id
        );
        known.insert(reference.clone(), "the reference");
    }
}

#[tokio::test]
async fn what_no_conversation_shows_is_there_all_the_same() {
    let server = |id| variants().find(|variant| variant.id == id).unwrap();
    let slow = combined(&[server("pace.slow")]).start().await.unwrap();
    let begin = Instant::now();
    Wire::to(slow.base_url())
        .send("GET /api/auth/me", &[], "")
        .await;
    assert!(begin.elapsed() >= Duration::from_millis(50));

    let impatient = combined(&[server("connections.impatient")]);
    let impatient = impatient.start().await.unwrap();
    let idle = Wire::to(impatient.base_url());
    timeout(Duration::from_secs(30), idle.end()).await.unwrap();
}

fn everything() -> Plan {
    let suite = Arc::new(Suite::built_in().unwrap());
    Plan::new(&suite, &Selection::everything())
}

#[tokio::test]
async fn a_server_that_breaks_the_contract_is_complained_about() {
    let mut server = Server::default();
    server.settings.behaviour.statuses.logged_out = Status(StatusCode::OK);
    let tried = try_server(&everything(), server).await;
    let complaints = complaints(&[], &tried.unwrap());
    let told: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    let failed: Vec<&String> = told
        .iter()
        .filter(|told| told.contains(": fail "))
        .collect();
    let [failed] = failed.as_slice() else {
        panic!("{told:?}");
    };
    assert!(
        failed.starts_with("logout.no-content: fail (")
            && failed.contains("tokens/refuses-current:"),
        "{failed}"
    );
}

#[tokio::test]
async fn an_exception_that_nothing_needs_is_complained_about() {
    let tried = try_server(&everything(), Server::default()).await;
    let tried = tried.unwrap();
    let excused = variants().find(|variant| !variant.fails.is_empty());
    let excused = excused.unwrap();
    let needless = complaints(&[excused], &tried);
    assert_eq!(needless.len(), excused.fails.len(), "{needless:?}");
    // Together with another one it may be needed or not.
    assert_eq!(complaints(&[excused, excused], &tried), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_a_variant_adds_is_dated_by_the_clock_of_its_server() {
    let server = |id| variants().find(|variant| variant.id == id).unwrap();
    let suite = Arc::new(Suite::built_in().unwrap());
    let both = [server("clock.behind"), server("passwords.in-ascii")];
    let found = try_variants(&suite, &both).await.unwrap();
    assert_eq!(found.complaints, []);
}
