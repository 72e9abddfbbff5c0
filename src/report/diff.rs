//! Two reports compared: what changed from one to the other, and whether anything got worse.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Report;
use crate::printable::id;
use crate::verdict::Verdict;

/// A difference of medians counts where it is larger than all three: this many times the spread of the calls, this
/// share of the smaller median, and this many milliseconds. What is less comes and goes with the machine.
const SPREADS: f64 = 3.0;
const SHARE: f64 = 0.5;
const LEAST_MILLISECONDS: f64 = 20.0;
/// Fewer calls of an operation say nothing about its time.
const FEWEST_CALLS: usize = 5;
/// What makes the median of the distances from a median a standard deviation.
const DEVIATION: f64 = 1.4826;

/// What changed from an earlier report to a later one.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The clauses with another verdict.
    pub clauses: Vec<ClauseChange>,
    /// The scenarios that only the later report has.
    pub new: Vec<String>,
    /// The scenarios that only the earlier report has.
    pub gone: Vec<String>,
    /// The operations that take longer, or less long, beyond noise.
    pub timings: Vec<TimingShift>,
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

/// An operation whose calls take another time than before.
#[derive(Debug, Clone, PartialEq)]
pub struct TimingShift {
    /// The operation.
    pub operation: String,
    /// The median of its calls before, in milliseconds.
    pub before: f64,
    /// The median of its calls now, in milliseconds.
    pub after: f64,
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

impl TimingShift {
    /// Whether it takes longer.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.after > self.before
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
            timings: timings(before, after),
        }
    }

    /// Whether anything got worse: a verdict, or a time beyond noise.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.clauses.iter().any(ClauseChange::is_worse)
            || self.timings.iter().any(TimingShift::is_worse)
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

fn timings(before: &Report, after: &Report) -> Vec<TimingShift> {
    let (old, new) = (calls(before), calls(after));
    let both = old
        .iter()
        .filter_map(|(operation, old)| Some((operation, old, new.get(operation)?)));
    let shifts = both.filter_map(|(operation, old, new)| {
        if old.len().min(new.len()) < FEWEST_CALLS {
            return None;
        }
        let (before, after) = (median(old), median(new));
        let noise = (SPREADS * spread(old).max(spread(new)))
            .max(SHARE * before.min(after))
            .max(LEAST_MILLISECONDS);
        ((after - before).abs() > noise).then(|| TimingShift {
            operation: (*operation).to_owned(),
            before,
            after,
        })
    });
    shifts.collect()
}

/// The times of all calls that were answered, by operation, in milliseconds.
fn calls(report: &Report) -> BTreeMap<&str, Vec<f64>> {
    let mut calls: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for step in report.scenarios.iter().flat_map(|scenario| &scenario.steps) {
        if let Some(exchange) = &step.exchange
            && exchange.status().is_some()
        {
            let times = calls.entry(&step.operation).or_default();
            times.push(exchange.milliseconds());
        }
    }
    calls
}

/// The value in the middle; of an even number the upper one.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// How far calls commonly are from their median; a few slow ones make no difference.
fn spread(values: &[f64]) -> f64 {
    let middle = median(values);
    let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    DEVIATION * median(&distances)
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

impl fmt::Display for TimingShift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            before,
            after,
        } = self;
        let operation = id(operation);
        write!(f, "{operation}: {before:.0} ms, now {after:.0} ms (median)")
    }
}

impl fmt::Display for Comparison {
    /// Plain text over several lines, the last one the answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (worse, better): (Vec<_>, Vec<_>) =
            self.clauses.iter().partition(|change| change.is_worse());
        let (slower, faster): (Vec<_>, Vec<_>) =
            self.timings.iter().partition(|shift| shift.is_worse());
        group(f, "worse", &worse)?;
        group(f, "better, or gone", &better)?;
        group(f, "slower", &slower)?;
        group(f, "faster", &faster)?;
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
