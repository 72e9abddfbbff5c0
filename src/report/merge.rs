//! The reports of all slices of a run, made one. Nothing is summed up that can be found anew.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;

use super::{Assessment, Report, TargetIdentity, UnknownScenario};
use crate::run::{Plan, Slice, withdraw_consequences};
use crate::suite::Suite;

/// Why reports do not make one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("there is no report to merge: name those of all slices")]
    Nothing,
    /// A report is not that of a slice.
    #[error("{0} is the report of no slice: merge takes those of runs with --partition slice:M/N")]
    NoSlice(PathBuf),
    /// A report differs from the first in something that all must have in common.
    #[error("{path} differs from {first} in {what}: merge takes the slices of one run")]
    Different {
        /// The report.
        path: PathBuf,
        /// The one that it is compared with.
        first: PathBuf,
        /// In what.
        what: &'static str,
    },
    /// The suite is not at hand.
    #[error(
        "the reports are those of another suite ({theirs:.12}…, this is {ours:.12}…): use the release of conform that \
         wrote them, or name the suite with --suite"
    )]
    OtherSuite {
        /// The digest in the reports.
        theirs: String,
        /// The digest of the suite at hand.
        ours: String,
    },
    /// A slice is there twice.
    #[error("{path} is slice {index} of {count}, which is there already: name each slice once")]
    Doubled {
        /// The second report.
        path: PathBuf,
        /// The slice.
        index: usize,
        /// Of how many.
        count: usize,
    },
    /// Slices are missing.
    #[error("of {count} slices these are missing: {missing}")]
    Missing {
        /// The numbers of the slices.
        missing: String,
        /// Of how many.
        count: usize,
    },
    /// A report names a scenario that the suite has not.
    #[error(transparent)]
    UnknownScenario(#[from] UnknownScenario),
    /// A scenario is in two slices.
    #[error("the scenario `{0}` is in two slices: the reports are not those of one run")]
    Twice(String),
    /// A scenario is in no slice.
    #[error("the scenario `{0}` is in no slice: the reports are not those of one run")]
    Nowhere(String),
}

/// The report that all slices make up. Each report comes with the path at which it was found.
///
/// # Errors
/// The reports are not the slices of one run, each once.
pub fn merge(reports: Vec<(PathBuf, Report)>, suite: &Arc<Suite>) -> Result<Report, MergeError> {
    check(&reports)?;
    let mut reports = reports.into_iter().map(|(_, report)| report);
    let first = reports.next().ok_or(MergeError::Nothing)?;
    if first.suite.digest != suite.digest {
        return Err(MergeError::OtherSuite {
            theirs: first.suite.digest,
            ours: suite.digest.clone(),
        });
    }
    let mut untestable = first.is_untestable();
    let mut whole = first;
    whole.selection.slice = None;
    for part in reports {
        untestable |= part.is_untestable();
        add(&mut whole, part);
    }
    whole.scenarios.sort_by(|a, b| a.id.cmp(&b.id));
    let plan = whole.plan(suite);
    let selected = whole.selected(suite)?;
    cover(&whole, &plan, &selected)?;
    withdraw_consequences(&plan, &mut whole.scenarios);
    let judged = Assessment::of(&plan, &selected, &whole.scenarios, !untestable);
    whole.partial = whole.selection.narrowed || !plan.covers_documentation();
    Ok(whole.settled(judged))
}

/// Every report is a slice of the same run, and every slice is there once.
fn check(reports: &[(PathBuf, Report)]) -> Result<(), MergeError> {
    let (first_path, first) = reports.first().ok_or(MergeError::Nothing)?;
    let mut seen = BTreeSet::new();
    let mut of = 0;
    for (path, report) in reports {
        let slice = report.selection.slice;
        let Slice { index, count } = slice.ok_or_else(|| MergeError::NoSlice(path.clone()))?;
        if let Some(what) = difference(first, report) {
            return Err(MergeError::Different {
                path: path.clone(),
                first: first_path.clone(),
                what,
            });
        }
        if !seen.insert(index) {
            let path = path.clone();
            return Err(MergeError::Doubled { path, index, count });
        }
        of = count;
    }
    // As many as there are at most: the number comes from a file.
    if seen.len() == of {
        return Ok(());
    }
    let missing = (1..=of).filter(|index| !seen.contains(index)).take(20);
    let missing: Vec<String> = missing.map(|index| index.to_string()).collect();
    Err(MergeError::Missing {
        missing: missing.join(", "),
        count: of,
    })
}

/// What two slices of one run have in common, and these have not.
fn difference(first: &Report, other: &Report) -> Option<&'static str> {
    let count = |report: &Report| report.selection.slice.map(|slice| slice.count);
    let asked = |report: &Report| {
        let mut selection = report.selection.clone();
        // The day may turn while slices run, and a filter may leave a slice as it is.
        (selection.slice, selection.narrowed) = (None, false);
        selection.day = first.selection.day;
        selection
    };
    let waivers = |report: &Report| -> Vec<String> {
        let notes = report.waivers.iter();
        notes
            .map(|note| format!("{} {} {}", note.clause, note.until, note.reason))
            .collect()
    };
    let differences = [
        ("the suite", first.suite != other.suite),
        ("the server", !is_same(&first.target, &other.target)),
        ("the number of slices", count(first) != count(other)),
        ("what was to be verified", asked(first) != asked(other)),
        ("the waivers", waivers(first) != waivers(other)),
    ];
    let mut differences = differences.into_iter();
    differences.find_map(|(what, differs)| differs.then_some(what))
}

/// The reference inside the program listens on another port in each run.
fn is_same(a: &TargetIdentity, b: &TargetIdentity) -> bool {
    a.embedded == b.embedded && (a.embedded || a.base_url == b.base_url)
}

fn add(whole: &mut Report, part: Report) {
    let end = whole.end().max(part.end());
    whole.started = whole.started.min(part.started);
    whole.milliseconds = end.duration_since(whole.started).as_secs_f64() * 1e3;
    whole.selection.narrowed |= part.selection.narrowed;
    whole.selection.day = whole.selection.day.max(part.selection.day);
    let off = |report: &Report| report.clock_ahead_seconds.map(f64::abs);
    if off(&part) > off(whole) {
        whole.clock_ahead_seconds = part.clock_ahead_seconds;
        whole.clock_uncertainty_seconds = part.clock_uncertainty_seconds;
        whole.clock_source = part.clock_source;
    }
    whole.not_testable = whole.not_testable.take().or(part.not_testable);
    whole.accounts.extend(part.accounts);
    let answers = part.throttling.answers;
    whole.throttling.answers = whole.throttling.answers.saturating_add(answers);
    whole.throttling.milliseconds += part.throttling.milliseconds;
    whole.throttling.paced_milliseconds += part.throttling.paced_milliseconds;
    let gateway = part.throttling.gateway_answers;
    whole.throttling.gateway_answers = whole.throttling.gateway_answers.saturating_add(gateway);
    let status = whole.throttling.gateway_status;
    whole.throttling.gateway_status = status.or(part.throttling.gateway_status);
    whole.recovery_codes.extend(part.recovery_codes);
    whole.scenarios.extend(part.scenarios);
    whole.not_run.extend(part.not_run);
}

/// Every scenario of the run is in one slice.
fn cover(whole: &Report, plan: &Plan, selected: &[usize]) -> Result<(), MergeError> {
    let mut seen = BTreeSet::new();
    if let Some(twice) = selected.iter().find(|index| !seen.insert(**index)) {
        return Err(MergeError::Twice(plan.scenario(*twice).id.clone()));
    }
    let mut all = plan.scenarios.iter();
    match all.find(|index| !seen.contains(index)) {
        Some(nowhere) if !whole.selection.narrowed => {
            Err(MergeError::Nowhere(plan.scenario(*nowhere).id.clone()))
        }
        _ => Ok(()),
    }
}

impl Report {
    /// When the run ended.
    fn end(&self) -> jiff::Timestamp {
        let took = SignedDuration::try_from_secs_f64(self.milliseconds / 1e3);
        let end = took
            .ok()
            .and_then(|took| self.started.checked_add(took).ok());
        end.unwrap_or(self.started)
    }

    /// The report with what follows from it found anew.
    fn settled(self, judged: Assessment) -> Self {
        Self {
            conclusion: judged.conclusion,
            count: judged.verdicts.count(),
            verdicts: judged.verdicts,
            waivers: judged.waivers,
            left_out: judged.left_out,
            complete: judged.not_run.is_empty(),
            not_run: judged.not_run,
            ..self
        }
    }
}
