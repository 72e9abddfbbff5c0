//! Each mutant is well-formed and breaks a clause that there is. That each is caught is what `conform mutants` says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use conform::contract::Level;
use conform::engine::Selection;
use conform::reference::Settings;
use conform::selftest::{Mutant, Server, matrix, mutants, try_server};
use conform::suite::Suite;

/// Clauses that a server can break in one way only, as far as we know.
const ONE_WAY: [&str; 6] = [
    "hardening.totp-code-once",
    "totp.trial-stays",
    "hardening.recovery-code-once",
    "hardening.rejects-structures",
    "concurrency.one-registration",
    "concurrency.one-session",
];

fn suite() -> Arc<Suite> {
    Arc::new(Suite::built_in().unwrap())
}

fn changed(mutant: &Mutant) -> Settings {
    let mut settings = Settings::default();
    (mutant.change)(&mut settings);
    settings
}

/// `UPDATE_MATRIX=1 cargo test --test it the_matrix` writes it anew.
#[test]
fn the_matrix_on_the_page_of_a_report_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/matrix.json");
    let text = serde_json::to_string_pretty(&matrix(&suite())).unwrap() + "\n";
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == text,
        "templates/matrix.json is stale: run `UPDATE_MATRIX=1 cargo test --test it the_matrix`"
    );
}

#[test]
fn ids_are_unique_and_have_one_form() {
    let form = regex::Regex::new(r"^[a-z-]+\.[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    let mut seen = BTreeSet::new();
    for mutant in mutants() {
        assert!(form.is_match(mutant.id), "{}", mutant.id);
        assert!(seen.insert(mutant.id), "{} is there twice", mutant.id);
        assert!(
            mutant.what.ends_with('.') && mutant.what.starts_with(char::is_uppercase),
            "{} is told by no sentence: {}",
            mutant.id,
            mutant.what
        );
    }
    assert!(seen.len() >= 110, "{} mutants", seen.len());
}

#[test]
fn each_breaks_a_clause_that_there_is() {
    let suite = suite();
    // Profiles whose clauses come later.
    let later = |clause: &str| {
        ["hardening.", "concurrency."]
            .iter()
            .any(|p| clause.starts_with(p))
    };
    for mutant in mutants() {
        let known = suite.contract.clause(mutant.breaks).is_some();
        assert!(
            known || later(mutant.breaks),
            "{} breaks `{}`, which is no clause",
            mutant.id,
            mutant.breaks
        );
    }
}

#[test]
fn each_clause_is_broken_and_each_that_must_hold_in_two_ways() {
    let mut ways: BTreeMap<&str, usize> = BTreeMap::new();
    for mutant in mutants().filter(|mutant| mutant.equivalent.is_none()) {
        *ways.entry(mutant.breaks).or_default() += 1;
    }
    let suite = suite();
    let lacking: Vec<(&str, usize)> = suite
        .contract
        .clauses
        .iter()
        .map(|clause| {
            let id = clause.id.value.as_str();
            let is_one_way = clause.level != Level::Must || ONE_WAY.contains(&id);
            (id, if is_one_way { 1 } else { 2 })
        })
        .filter(|(id, needed)| ways.get(id).copied().unwrap_or(0) < *needed)
        .collect();
    assert_eq!(lacking, []);
}

#[test]
fn each_differs_from_the_reference() {
    let usual = Settings::default();
    for mutant in mutants() {
        let settings = changed(mutant);
        assert!(
            settings.behaviour != usual.behaviour || settings.limits != usual.limits,
            "{} changes nothing",
            mutant.id
        );
    }
}

#[test]
fn no_two_are_the_same_server() {
    let all: Vec<(&Mutant, Settings)> = mutants().map(|mutant| (mutant, changed(mutant))).collect();
    for (position, (one, of_one)) in all.iter().enumerate() {
        for (other, of_other) in &all[..position] {
            assert!(
                of_one.behaviour != of_other.behaviour || of_one.limits != of_other.limits,
                "{} and {} are the same",
                one.id,
                other.id
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_itself_is_blamed_for_nothing() {
    let tried = try_server(&suite(), &Selection::everything(), Server::default()).await;
    let tried = tried.unwrap();
    assert_eq!(tried.blamed().collect::<Vec<_>>(), Vec::<&str>::new());
    assert_eq!(tried.inconclusive().collect::<Vec<_>>(), Vec::<&str>::new());
}
