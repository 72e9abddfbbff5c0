//! `conform check`: what the suite covers, and where it falls short.

use std::fmt::Write as _;

use super::arguments::CheckArguments;
use super::settings::load_suite;
use super::{CliError, Ended};
use crate::terminal;

pub(super) fn check(arguments: &CheckArguments) -> Result<Ended, CliError> {
    let suite = load_suite(arguments.suite.as_deref())?;
    let coverage = suite.coverage();
    let mut text = String::new();
    let proven = coverage.proofs.values().filter(|count| **count > 0).count();
    let proofs: usize = coverage.proofs.values().sum();
    let _ = writeln!(
        text,
        "{} clauses: {proven} proven by {proofs} expectations in {} scenarios",
        coverage.proofs.len(),
        suite.scenarios.len()
    );
    let (covered, excluded) = coverage.sentences;
    let _ = writeln!(
        text,
        "{} sentences of the documentation: {covered} covered, {excluded} excluded with a reason",
        covered + excluded
    );
    let (run, every) = (&coverage.run, &coverage.every_profile);
    let by_operation: Vec<String> = run
        .calls
        .iter()
        .map(|(operation, calls)| format!("{operation} {calls}"))
        .collect();
    let _ = writeln!(
        text,
        "{} throttled calls in a full run ({}), and at most {} in the proof of 429",
        run.total(),
        by_operation.join(", "),
        run.repeated
    );
    if every != run {
        let _ = writeln!(
            text,
            "{} throttled calls with every profile claimed, and at most {} more in proofs of limits",
            every.total(),
            every.repeated
        );
    }
    let _ = writeln!(text, "suite {}", suite.digest);
    for finding in &coverage.findings {
        let _ = writeln!(text, "gap: {finding}");
    }
    let ended = if coverage.findings.is_empty() {
        text.push_str("no gaps\n");
        Ended::Well
    } else {
        Ended::Gaps
    };
    terminal::out(&text);
    Ok(ended)
}
