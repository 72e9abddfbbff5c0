//! All clauses, with how often each is verified and broken, and all scenarios.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::contract::Profile;
use crate::selftest::Mutant;
use crate::suite::{Scenario, Suite};

/// The list as plain text; of a feature, such as `login`, what is about that.
#[must_use]
pub fn list(suite: &Suite, mutants: &[Mutant], feature: Option<&str>) -> String {
    let is_of = |id: &str, end: char| {
        let of_feature = feature.and_then(|feature| id.strip_prefix(feature));
        feature.is_none() || of_feature.is_some_and(|rest| rest.starts_with(end))
    };
    let checks = count(suite.scenarios.iter().flat_map(Scenario::verifies));
    let broken = count(mutants.iter().map(|mutant| mutant.clause.as_str()));
    let clauses = &suite.contract.clauses;
    let widest = |names: &mut dyn Iterator<Item = usize>| names.max().unwrap_or_default();
    let width = widest(&mut clauses.iter().map(|clause| clause.id.len()));
    let mut text = String::new();
    for profile in Profile::ALL {
        let mut own = clauses
            .iter()
            .filter(|one| one.profile == profile && is_of(&one.id, '.'))
            .peekable();
        if own.peek().is_none() {
            continue;
        }
        let _ = writeln!(text, "{profile:<width$}    level   checks  mutants");
        for clause in own {
            let of = |counts: &BTreeMap<&str, usize>| {
                counts.get(clause.id.as_str()).copied().unwrap_or_default()
            };
            let (id, level) = (clause.id.as_str(), clause.level);
            let _ = writeln!(
                text,
                "  {id:<width$}  {level:<6}  {:>6}  {:>7}",
                of(&checks),
                of(&broken)
            );
        }
        text.push('\n');
    }
    let names: Vec<String> = suite.scenarios.iter().map(Scenario::name).collect();
    let width = widest(&mut names.iter().map(String::len));
    text.push_str("scenarios\n");
    let scenarios = names.iter().zip(&suite.scenarios);
    for (name, scenario) in scenarios.filter(|(_, one)| is_of(&one.id, '/')) {
        let _ = writeln!(text, "  {name:<width$}  {}", scenario.title);
    }
    text
}

fn count<'a>(ids: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for id in ids {
        *counts.entry(id).or_default() += 1;
    }
    counts
}
