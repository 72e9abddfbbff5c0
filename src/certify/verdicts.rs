//! Whether what a report says follows from what it has recorded.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::report::{Assessment, Report, SelectionRecord, UnknownScenario};
use crate::run::{Contradiction, reevaluate};
use crate::suite::Suite;

/// Why a report is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// It is the report of a suite that this program does not know.
    #[error(
        "it is the report of a suite that this program does not know ({0:.12}…): use the release of conform that wrote it"
    )]
    UnknownSuite(String),
    /// It names a release that the suite has not.
    #[error("it names the release {0} of the suite, which has none of that name")]
    UnknownVersion(String),
    /// It names a scenario that the suite has not.
    #[error(transparent)]
    UnknownScenario(#[from] UnknownScenario),
    /// A scenario stands in it twice.
    #[error("the scenario `{0}` stands in it twice")]
    Twice(String),
    /// It is cut short.
    #[error("it is marked as incomplete")]
    Incomplete,
    /// A clause has another verdict than follows.
    #[error("of `{clause}` the report says: {said}; the recorded steps say: {follows}")]
    Verdict {
        /// The clause.
        clause: String,
        /// What the report says.
        said: String,
        /// What it should say.
        follows: String,
    },
    /// Something else does not follow.
    #[error("its `{0}` does not follow from the recorded steps")]
    Member(&'static str),
    /// What is said of an expectation does not follow from the exchange.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
}

/// What came of checking a report.
#[derive(Debug, Clone, Default)]
pub(super) struct Checked {
    pub(super) doubts: Vec<Doubt>,
    /// Expectations that the recorded exchanges bear out.
    pub(super) rechecked: usize,
    /// Expectations of which they say too little.
    pub(super) undecided: usize,
}

/// Checks a report by itself.
pub(super) fn check(report: &Report, suite: &Arc<Suite>) -> Checked {
    match positions(report, suite) {
        Ok(selected) => check_selected(report, suite, &selected),
        Err(doubt) => Checked {
            doubts: vec![doubt],
            ..Checked::default()
        },
    }
}

/// The positions of its scenarios, where it is one of this suite.
fn positions(report: &Report, suite: &Suite) -> Result<Vec<usize>, Doubt> {
    if report.suite.digest != suite.digest {
        return Err(Doubt::UnknownSuite(report.suite.digest.clone()));
    }
    let known = |version: &str| suite.contract.versions.iter().any(|one| **one == version);
    let pinned = report.selection.suite_version.as_deref();
    if let Some(version) = pinned.filter(|version| !known(version)) {
        return Err(Doubt::UnknownVersion(version.to_owned()));
    }
    let selected = report.selected(suite)?;
    let mut seen = BTreeSet::new();
    match selected.iter().find(|position| !seen.insert(**position)) {
        Some(twice) => Err(Doubt::Twice(suite.scenarios[*twice].id.clone())),
        None => Ok(selected),
    }
}

fn check_selected(report: &Report, suite: &Arc<Suite>, selected: &[usize]) -> Checked {
    let plan = report.plan(suite);
    let mut checked = Checked::default();
    if !report.complete {
        checked.doubts.push(Doubt::Incomplete);
    }
    for result in &report.scenarios {
        let Some(scenario) = suite.scenario(&result.id) else {
            continue;
        };
        let reevaluate = reevaluate(&plan, scenario, result);
        checked.rechecked += reevaluate.rechecked;
        checked.undecided += reevaluate.undecided;
        let contradictions = reevaluate.contradictions.into_iter();
        checked.doubts.extend(contradictions.map(Doubt::from));
    }
    let judged = Assessment::of(&plan, selected, &report.scenarios, !report.is_untestable());
    checked.doubts.extend(verdicts(report, &judged));
    if SelectionRecord::of(&plan, selected) != report.selection {
        checked.doubts.push(Doubt::Member("selection"));
    }
    checked.doubts.extend(members(report, &judged, suite));
    checked
}

/// The clauses with another verdict than follows; one that is left out has none.
fn verdicts(report: &Report, judged: &Assessment) -> Vec<Doubt> {
    let (said, follows) = (&report.verdicts.clauses, &judged.verdicts.clauses);
    let ids: BTreeSet<&str> = said
        .iter()
        .chain(follows)
        .map(|clause| clause.id.as_str())
        .collect();
    let doubts = ids.into_iter().filter_map(|id| {
        let verdict = |clauses: &[crate::verdict::ClauseVerdict]| {
            let found = clauses.iter().find(|clause| clause.id == id);
            found.map_or_else(
                || "without a verdict".to_owned(),
                |clause| clause.verdict.to_string(),
            )
        };
        let (said, follows) = (verdict(said), verdict(follows));
        (said != follows).then(|| Doubt::Verdict {
            clause: id.to_owned(),
            said,
            follows,
        })
    });
    doubts.collect()
}

fn members(report: &Report, judged: &Assessment, suite: &Suite) -> Vec<Doubt> {
    let count = judged.verdicts.count();
    let all = [
        (
            "clauses",
            same(&report.verdicts.clauses, &judged.verdicts.clauses),
        ),
        (
            "profiles",
            same(&report.verdicts.profiles, &judged.verdicts.profiles),
        ),
        ("count", report.count == count),
        ("conclusion", report.conclusion == judged.conclusion),
        ("waivers", report.waivers == judged.waivers),
        ("left_out", report.left_out == judged.left_out),
        ("not_run", report.not_run == judged.not_run),
        ("complete", report.complete == judged.not_run.is_empty()),
        (
            "suite",
            report.suite.built_in == suite.built_in
                && report.suite.version.as_deref() == suite.contract.version(),
        ),
    ];
    let wrong = all.into_iter().filter(|(_, follows)| !follows);
    wrong.map(|(name, _)| Doubt::Member(name)).collect()
}

fn same<T: Serialize>(said: &[T], follows: &[T]) -> bool {
    let value = |items: &[T]| serde_json::to_value(items).unwrap_or(Value::Null);
    value(said) == value(follows)
}
