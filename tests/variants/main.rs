//! Servers that differ only where the contract leaves it open: the suite blames them for nothing, and leaves nothing
//! unproven without a reason.

mod probe;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use conform::engine::Selection;
use conform::mutation::{AXES, Tried, Variant, combined, paired_variants, try_server, variants};
use conform::suite::Suite;
use conform::verdict::Conclusion;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

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
            let tried = try_server(&suite, &Selection::default(), server).await;
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
    if tried.conclusion == Conclusion::NotTestable {
        complaints.push(format!("{ids}: it could not be tested"));
    }
    complaints
}
