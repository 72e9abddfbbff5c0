//! Two reports compared: what changed from one to the other, and whether anything got worse.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Report;
use crate::printable::id;
use crate::verdict::Verdict;

/// What changed from an earlier report to a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The clauses with another verdict.
    pub clauses: Vec<ClauseChange>,
    /// The scenarios that only the later report has.
    pub new: Vec<String>,
    /// The scenarios that only the earlier report has.
    pub gone: Vec<String>,
}

/// A clause with another verdict than before; nothing where a report gives none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseChange {
    /// The clause.
    pub clause: String,
    /// What the earlier report says of it.
    pub before: Option<Verdict>,
    /// What the later report says of it.
    pub after: Option<Verdict>,
}

impl ClauseChange {
    /// Whether it is a change for the worse. A clause without a verdict is as good as inconclusive.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        rank(self.after) > rank(self.before)
    }
}

fn rank(verdict: Option<Verdict>) -> u8 {
    match verdict {
        Some(Verdict::Pass) => 0,
        Some(Verdict::Inconclusive) | None => 1,
        Some(Verdict::Fail) => 2,
    }
}

impl Comparison {
    /// What changed from `before` to `after`.
    #[must_use]
    pub fn of(before: &Report, after: &Report) -> Self {
        let ids = |report: &Report| -> BTreeSet<String> {
            let ended = report.scenarios.iter().map(|scenario| scenario.id.clone());
            ended.chain(report.not_run.iter().cloned()).collect()
        };
        let (old, new) = (ids(before), ids(after));
        Self {
            clauses: clauses(before, after),
            new: new.difference(&old).cloned().collect(),
            gone: old.difference(&new).cloned().collect(),
        }
    }

    /// Whether any verdict got worse.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.clauses.iter().any(ClauseChange::is_worse)
    }
}

fn clauses(before: &Report, after: &Report) -> Vec<ClauseChange> {
    let verdicts = |report: &Report| -> BTreeMap<String, Verdict> {
        let clauses = report.verdicts.clauses.iter();
        clauses
            .map(|clause| (clause.id.clone(), clause.verdict))
            .collect()
    };
    let (old, new) = (verdicts(before), verdicts(after));
    let all: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changes = all.into_iter().map(|clause| ClauseChange {
        clause: clause.clone(),
        before: old.get(clause).copied(),
        after: new.get(clause).copied(),
    });
    changes
        .filter(|change| change.before != change.after)
        .collect()
}

impl fmt::Display for ClauseChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |verdict: Option<Verdict>| {
            verdict.map_or_else(|| "no verdict".to_owned(), |verdict| verdict.to_string())
        };
        let (before, after) = (word(self.before), word(self.after));
        write!(f, "{}: {before}, now {after}", id(&self.clause))
    }
}

impl fmt::Display for Comparison {
    /// Plain text over several lines, the last one the answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (worse, better): (Vec<_>, Vec<_>) =
            self.clauses.iter().partition(|change| change.is_worse());
        group(f, "worse", &worse)?;
        group(f, "better, or gone", &better)?;
        let ids = |ids: &[String]| -> Vec<String> { ids.iter().map(|text| id(text)).collect() };
        group(f, "scenarios that are new", &ids(&self.new))?;
        group(f, "scenarios that are gone", &ids(&self.gone))?;
        f.write_str(if self.is_worse() {
            "something got worse\n"
        } else {
            "nothing got worse\n"
        })
    }
}

fn group<T: fmt::Display>(f: &mut fmt::Formatter<'_>, title: &str, lines: &[T]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}:")?;
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
}
