//! The head of the page: the verdict, and what was run where and when.

use super::super::Report;
use super::super::notes::notes;
use super::super::summary::{conclusion_in_words, counts};
use super::clauses::shown;
use super::duration::duration;
use crate::verdict::{Conclusion, Verdict};

/// The verdict at a glance, and the facts of the run.
pub(super) struct Facts<'a> {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) verdict: String,
    pub(super) sentence: String,
    pub(super) target: &'a str,
    /// Name and value, in the order in which they are shown.
    pub(super) list: Vec<(&'static str, String)>,
    pub(super) remarks: Vec<String>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let (class, mark) = shown(verdict(report));
        let counted = || as_sentence(&counts(report));
        Self {
            class,
            mark,
            verdict: as_sentence(conclusion_in_words(report)),
            sentence: report.not_testable.clone().unwrap_or_else(counted),
            target: &report.target.base_url,
            list: list(report),
            remarks: remarks(report),
        }
    }
}

fn verdict(report: &Report) -> Verdict {
    match report.conclusion {
        Conclusion::Violates => Verdict::Fail,
        Conclusion::Conforms if report.complete => Verdict::Pass,
        _ => Verdict::Inconclusive,
    }
}

fn list(report: &Report) -> Vec<(&'static str, String)> {
    let commit = report
        .tool
        .commit
        .as_ref()
        .map(|commit| format!(" ({commit:.12})"));
    let suite = match &report.suite.version {
        Some(version) => format!("built in, {version}"),
        None => "a folder of the user's".to_owned(),
    };
    let calls = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let calls: u32 = calls.map(|step| step.calls).sum();
    vec![
        (
            "Began",
            report.started.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        ),
        ("Took", duration(report.milliseconds)),
        ("Scenarios", report.scenarios.len().to_string()),
        ("Calls", calls.to_string()),
        (
            "Program",
            format!(
                "{} {}{}",
                report.tool.name,
                report.tool.version,
                commit.unwrap_or_default()
            ),
        ),
        ("Suite", format!("{suite}, {:.12}", report.suite.digest)),
    ]
}

/// What a reader should know before believing the rest.
fn remarks(report: &Report) -> Vec<String> {
    let mut remarks = Vec::new();
    if report.target.embedded {
        remarks.push("This is the reference implementation inside the program.".to_owned());
    }
    if !report.not_run.is_empty() {
        remarks.push(format!("Not run: {}.", report.not_run.join(", ")));
    }
    if let Some(left_out) = &report.left_out {
        remarks.push(format!("Left out: {left_out}."));
    }
    for (operation, address) in &report.capabilities.operations {
        remarks.push(format!(
            "Declared: {operation} is {address} on this server."
        ));
    }
    let warnings = report.waivers.iter();
    remarks.extend(warnings.filter_map(|note| note.warning.clone()));
    remarks.extend(notes(report).concat().iter().map(|note| as_sentence(note)));
    remarks
}

/// Words as a sentence.
fn as_sentence(note: &str) -> String {
    let mut letters = note.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}
