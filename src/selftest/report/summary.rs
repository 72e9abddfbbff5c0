//! The last words in the terminal: statuses counted, then everything in which the suite falls short.

use std::fmt::Write as _;

use super::{MutationReport, Tally};
use crate::selftest::{Finding, MutantStatus, VariantFinding};

/// The summary as plain text.
#[must_use]
pub fn summary(report: &MutationReport) -> String {
    let mut text = String::new();
    if let Some(target) = &report.target {
        let _ = writeln!(text, "wrong answers of {}\n", target.base_url);
    }
    tell_counts(&mut text, report);
    tell_behaviour(&mut text, report);
    tell_answers(&mut text, report);
    tell_variants(&mut text, report);
    if !report.not_passed.is_empty() {
        let _ = writeln!(
            text,
            "\nlittle could be made wrong in scenarios that the server itself does not pass: {}",
            report.not_passed.join(", ")
        );
    }
    let _ = writeln!(text, "\n{}", last_line(report));
    text
}

fn tell_counts(text: &mut String, report: &MutationReport) {
    let _ = writeln!(
        text,
        "  mutants of  killed  by another clause  no verdict  survived  equivalent  mean blame"
    );
    let kinds = [
        ("behaviour", &report.tally.behaviour),
        ("answers", &report.tally.answers),
    ];
    for (kind, tally) in kinds.into_iter().filter(|(_, tally)| tally.all() > 0) {
        let _ = writeln!(
            text,
            "  {kind:<10}  {:>6}  {:>17}  {:>10}  {:>8}  {:>10}  {:>10}",
            tally.count(MutantStatus::Killed),
            tally.count(MutantStatus::KilledByOther),
            tally.count(MutantStatus::NoVerdict),
            tally.count(MutantStatus::Survived),
            tally.count(MutantStatus::Equivalent),
            mean_blame(tally),
        );
    }
    let variants = report.tally.variants;
    if variants.servers > 0 {
        let _ = writeln!(
            text,
            "  servers that conform: {}, {} of them without a false alarm",
            variants.servers, variants.clean
        );
    }
}

/// The mean number of clauses that fail where the right one does.
pub(super) fn mean_blame(tally: &Tally) -> String {
    let mean = tally.mean_blame;
    mean.map_or_else(|| "-".to_owned(), |mean| format!("{mean:.2}"))
}

fn tell_behaviour(text: &mut String, report: &MutationReport) {
    let gaps = || report.behaviour.iter().filter(|one| one.is_gap());
    for status in MutantStatus::ALL {
        let mut findings = gaps().filter(|one| one.status == status).peekable();
        if findings.peek().is_some() {
            let _ = writeln!(text, "\n{}:", heading(status));
        }
        findings.for_each(|finding| tell_mutant(text, finding));
    }
}

fn heading(status: MutantStatus) -> String {
    match status {
        // Only then is it a gap.
        MutantStatus::Killed => {
            "killed, although nobody is said to be able to tell them".to_owned()
        }
        other => other.to_string(),
    }
}

fn tell_mutant(text: &mut String, finding: &Finding) {
    let mutant = &finding.mutant;
    let _ = writeln!(text, "  {} breaks {}", mutant.id.value, mutant.clause.value);
    let _ = writeln!(text, "    {}", mutant.text.value);
    for (word, clauses) in [
        ("failed", &finding.failed),
        ("inconclusive", &finding.inconclusive),
    ] {
        if !clauses.is_empty() {
            let _ = writeln!(text, "    {word}: {}", clauses.join(", "));
        }
    }
}

fn tell_answers(text: &mut String, report: &MutationReport) {
    let gaps = report.answers.iter().filter(|one| one.status.is_gap());
    for (position, mutant) in gaps.enumerate() {
        if position == 0 {
            text.push_str("\nwrong answers that are not noticed as what they are:\n");
        }
        let places: Vec<String> = mutant
            .trials
            .iter()
            .map(|trial| format!("{}:{}", trial.scenario, trial.line))
            .collect();
        let _ = writeln!(text, "  {mutant} ({})", mutant.status);
        let _ = writeln!(text, "    tried at {}", places.join(", "));
    }
}

fn tell_variants(text: &mut String, report: &MutationReport) {
    let failed = |server: &&VariantFinding| !server.complaints.is_empty();
    for (position, server) in report.variants.iter().filter(failed).enumerate() {
        if position == 0 {
            text.push_str("\nfalse alarms, on servers that conform:\n");
        }
        let _ = writeln!(text, "  {}", server.variants.join(" + "));
        for complaint in &server.complaints {
            let _ = writeln!(text, "    {complaint}");
        }
    }
}

fn last_line(report: &MutationReport) -> String {
    let verdict = if report.sound {
        "the suite is sound"
    } else {
        "the suite has gaps"
    };
    let mutants = report.tally.behaviour.all() + report.tally.answers.all();
    let servers = match report.tally.variants.servers {
        0 => String::new(),
        servers => format!(" and {servers} servers that conform"),
    };
    let part = if report.partial {
        ", a part of all"
    } else {
        ""
    };
    format!(
        "{verdict}: {mutants} mutants{servers}{part}, in {:.1} s",
        report.milliseconds / 1e3
    )
}
