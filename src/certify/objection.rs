//! The rules of certification: what stands against a certificate.

use crate::contract::Level;
use crate::report::Report;
use crate::run::Outcome;
use crate::suite::Suite;
use crate::verdict::Verdict;

/// Why a product is not certified. Runs are counted from one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// Another suite than the one that the program brings was run.
    #[error("run {0} is one of another suite than the one that this program brings")]
    OtherSuite(usize),
    /// Not everything was run.
    #[error("run {0} is one of a part of the suite")]
    Part(usize),
    /// The run did not come to its end.
    #[error("run {0} did not come to its end")]
    Incomplete(usize),
    /// A violation was forgiven.
    #[error("run {run} waives `{clause}`: certification knows no waivers")]
    Waived {
        /// The run.
        run: usize,
        /// The clause.
        clause: String,
    },
    /// A `must` clause does not hold.
    #[error("in run {run} the verdict on `{clause}` is {verdict}")]
    NotProven {
        /// The run.
        run: usize,
        /// The clause.
        clause: String,
        /// What the run says of it.
        verdict: Verdict,
    },
    /// A scenario did not come to what it should, for want of a server or of time.
    #[error("in run {run} the scenario `{scenario}` ended as {outcome}")]
    NotPassed {
        /// The run.
        run: usize,
        /// The scenario.
        scenario: String,
        /// How it ended.
        outcome: Outcome,
    },
    /// The two runs are not of the same server, or not of the same claims.
    #[error("the two runs differ in {0}")]
    Different(&'static str),
    /// The two runs do not agree on a clause of whatever level.
    #[error("the two runs do not agree on `{0}`")]
    Disagree(String),
}

/// Everything that stands against a certificate by two runs; nothing where the product conforms.
#[must_use]
pub fn objections(suite: &Suite, runs: [&Report; 2]) -> Vec<Objection> {
    let mut objections = Vec::new();
    for (position, report) in runs.into_iter().enumerate() {
        objections.extend(of_run(suite, report, position + 1));
    }
    objections.extend(between(runs));
    objections
}

fn of_run(suite: &Suite, report: &Report, run: usize) -> Vec<Objection> {
    let mut objections = Vec::new();
    if !(suite.built_in && report.suite.built_in && report.suite.digest == suite.digest) {
        objections.push(Objection::OtherSuite(run));
    }
    let selected = &report.selection;
    if selected.narrowed || selected.slice.is_some() || selected.clauses.is_some() {
        objections.push(Objection::Part(run));
    }
    if !report.complete {
        objections.push(Objection::Incomplete(run));
    }
    objections.extend(report.waivers.iter().map(|note| Objection::Waived {
        run,
        clause: note.clause.clone(),
    }));
    objections.extend(not_proven(suite, report, run));
    let undone = report.scenarios.iter();
    // What only lacks a second factor that is declared to be missing is not selected at all.
    let undone = undone.filter(|scenario| scenario.outcome == Outcome::Error);
    objections.extend(undone.map(|scenario| Objection::NotPassed {
        run,
        scenario: scenario.id.clone(),
        outcome: scenario.outcome,
    }));
    objections
}

/// The `must` clauses of the claimed profiles that do not hold; one without a verdict is inconclusive.
fn not_proven(suite: &Suite, report: &Report, run: usize) -> Vec<Objection> {
    let selected = &report.selection;
    let claimed = suite.contract.clauses.iter().filter(|clause| {
        let version = selected.suite_version.as_ref();
        let is_in = version.is_none_or(|version| suite.contract.is_in(clause, version));
        is_in && clause.level == Level::Must && selected.profiles.contains(&clause.profile)
    });
    let objections = claimed.filter_map(|clause| {
        let mut verdicts = report.verdicts.clauses.iter();
        let verdict = verdicts.find(|verdict| *clause.id == verdict.id);
        let verdict = verdict.map_or(Verdict::Inconclusive, |found| found.verdict);
        (verdict != Verdict::Pass).then(|| Objection::NotProven {
            run,
            clause: clause.id.value.clone(),
            verdict,
        })
    });
    objections.collect()
}

fn between([first, second]: [&Report; 2]) -> Vec<Objection> {
    let mut objections = Vec::new();
    let (profiles, others) = (&first.selection.profiles, &second.selection.profiles);
    for (what, same) in [
        ("the server", first.target == second.target),
        ("the profiles", profiles == others),
        ("the suite", first.suite == second.suite),
    ] {
        if !same {
            objections.push(Objection::Different(what));
        }
    }
    for clause in &first.verdicts.clauses {
        let mut others = second.verdicts.clauses.iter();
        let other = others.find(|other| other.id == clause.id);
        if other.is_none_or(|other| other.verdict != clause.verdict) {
            objections.push(Objection::Disagree(clause.id.clone()));
        }
    }
    objections
}
