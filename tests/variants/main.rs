//! Servers that differ only where the contract leaves it open: the suite blames them for nothing, and leaves nothing
//! unproven without a reason.

mod probe;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use conform::engine::Selection;
use conform::mutation::{
    AXES, Blueprint, Tried, Variant, combined, paired_variants, try_server, variants,
};
use conform::suite::Suite;
use conform::verdict::Conclusion;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use wire::Wire;

/// Most of a run is waiting.
const SERVERS_AT_A_TIME: usize = 12;

#[test]
fn ids_are_unique_and_begin_with_their_axis() {
    let ids: BTreeSet<&str> = variants().map(|variant| variant.id).collect();
    assert_eq!(ids.len(), variants().count());
    for axis in AXES {
        for variant in axis.variants {
            let name = variant.id.strip_prefix(axis.name);
            assert!(
                name.is_some_and(|name| name.starts_with('.')),
                "{}",
                variant.id
            );
            assert!(variant.what.ends_with('.'), "{}", variant.what);
        }
    }
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
            variant.unseen.is_some(),
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

#[tokio::test]
async fn a_server_that_breaks_the_contract_is_complained_about() {
    let mut blueprint = Blueprint::default();
    blueprint.settings.behaviour.statuses.logged_out = StatusCode::OK;
    let suite = Arc::new(Suite::built_in().unwrap());
    let tried = try_server(&suite, &Selection::everything(), blueprint.server()).await;
    let complaints = complaints_about(&[], &tried.unwrap());
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(
        complaints[0].contains("Violated logout.no-content"),
        "{complaints:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_conforms() {
    let servers: Vec<Vec<&Variant>> = variants().map(|variant| vec![variant]).collect();
    blames_nothing(servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pairs_of_variants_conform() {
    blames_nothing(paired_variants()).await;
}

/// Runs the suite against servers with these variants.
async fn blames_nothing(servers: Vec<Vec<&'static Variant>>) {
    let suite = Arc::new(Suite::built_in().unwrap());
    let turns = Arc::new(Semaphore::new(SERVERS_AT_A_TIME));
    let mut runs = JoinSet::new();
    for variants in servers {
        let (suite, turns) = (Arc::clone(&suite), Arc::clone(&turns));
        runs.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let server = combined(&variants);
            let tried = try_server(&suite, &Selection::everything(), server).await;
            complaints_about(&variants, &tried.unwrap())
        });
    }
    let mut complaints: Vec<String> = runs.join_all().await.concat();
    complaints.sort();
    let count = complaints.len();
    assert!(count == 0, "{count} complaints\n{}", complaints.join("\n"));
}

fn complaints_about(variants: &[&Variant], tried: &Tried) -> Vec<String> {
    let ids: Vec<&str> = variants.iter().map(|variant| variant.id).collect();
    let ids = ids.join(" + ");
    let unexpected = tried.unexpected(|clause| variants.iter().any(|one| one.excuses(clause)));
    let mut complaints: Vec<String> = unexpected
        .map(|clause| {
            let places: Vec<String> = clause
                .proofs
                .iter()
                .filter(|proof| proof.state != "held")
                .map(|proof| format!("{}:{}", proof.scenario, proof.line))
                .collect();
            let reason = clause.reason.as_deref().unwrap_or_default();
            format!(
                "{ids}: {:?} {} {} {reason}",
                clause.verdict,
                clause.id,
                places.join(" ")
            )
        })
        .collect();
    if let [variant] = variants {
        complaints.extend(needless_exceptions(variant, tried));
    }
    if tried.conclusion == Conclusion::NotTestable {
        complaints.push(format!("{ids}: it could not be tested"));
    }
    complaints
}

/// Exceptions that were not needed; those of clauses that the contract does not have are not known to be.
fn needless_exceptions(variant: &Variant, tried: &Tried) -> Vec<String> {
    let needless = variant.exceptions.iter().filter(|exception| {
        let mut clauses = tried.verdicts.clauses.iter();
        let clause = clauses.find(|clause| clause.id == exception.clause);
        clause.is_some_and(|clause| clause.verdict != exception.verdict)
    });
    needless
        .map(|exception| format!("{}: {} needs no exception", variant.id, exception.clause))
        .collect()
}
