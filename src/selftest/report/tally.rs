//! The status of many mutants, counted.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::selftest::{Findings, MutantStatus};

/// How many mutants of one kind have which status.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Tally {
    /// By status, those with at least one.
    pub statuses: BTreeMap<MutantStatus, usize>,
    /// The mean number of clauses that fail where the right one does: each above one is a wrong hint.
    pub mean_blame: Option<f64>,
}

/// How many servers that conform were left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VariantTally {
    /// How many there are.
    pub servers: usize,
    /// How many of them the suite has nothing against.
    pub clean: usize,
}

/// All counts of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Tallies {
    /// Mutants of behaviour.
    pub behaviour: Tally,
    /// Wrong answers.
    pub answers: Tally,
    /// Servers that conform.
    pub variants: VariantTally,
}

impl Tally {
    /// Counts these statuses; a number of failed clauses goes with each trial that killed its mutant.
    fn of(statuses: impl Iterator<Item = MutantStatus>, failed: &[usize]) -> Self {
        let mut tally = Self::default();
        for status in statuses {
            *tally.statuses.entry(status).or_default() += 1;
        }
        tally.mean_blame = mean(failed);
        tally
    }

    /// How many have this status.
    #[must_use]
    pub fn count(&self, status: MutantStatus) -> usize {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// How many mutants there are.
    #[must_use]
    pub fn all(&self) -> usize {
        self.statuses.values().sum()
    }
}

fn mean(numbers: &[usize]) -> Option<f64> {
    let exact = |number: usize| u32::try_from(number).map(f64::from).ok();
    let sum = exact(numbers.iter().sum())?;
    let count = exact(numbers.len()).filter(|count| *count > 0.0)?;
    Some(sum / count)
}

impl Tallies {
    pub(super) fn of(findings: &Findings) -> Self {
        let behaviour = &findings.behaviour;
        let killed = behaviour
            .iter()
            .filter(|one| one.status == MutantStatus::Killed);
        let of_behaviour: Vec<usize> = killed.map(|one| one.failed.len()).collect();
        let answers = &findings.answers;
        let trials = answers.iter().flat_map(|mutant| &mutant.trials);
        let killed = trials.filter(|trial| trial.status == MutantStatus::Killed);
        let of_answers: Vec<usize> = killed.map(|trial| trial.failed.len()).collect();
        let servers = &findings.variants;
        let clean = servers.iter().filter(|server| server.complaints.is_empty());
        Self {
            behaviour: Tally::of(behaviour.iter().map(|one| one.status), &of_behaviour),
            answers: Tally::of(answers.iter().map(|mutant| mutant.status), &of_answers),
            variants: VariantTally {
                servers: servers.len(),
                clean: clean.count(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_nothing_is_nothing() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[1, 2, 1, 1]), Some(1.25));
    }

    #[test]
    fn each_fate_is_counted() {
        let statuses = [
            MutantStatus::Killed,
            MutantStatus::Survived,
            MutantStatus::Killed,
        ];
        let tally = Tally::of(statuses.into_iter(), &[1, 2]);
        assert_eq!((tally.all(), tally.count(MutantStatus::Killed)), (3, 2));
        assert_eq!(tally.count(MutantStatus::NoVerdict), 0);
        assert_eq!(tally.mean_blame, Some(1.5));
    }
}
