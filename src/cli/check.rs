//! `conform check`: what the suite covers, and where it falls short.

use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::ended::{CliError, Ended};
use super::selection::load_suite;
use crate::printable::number_of;
use crate::selftest::{Mutant, mutants, unbroken, variants};
use crate::suite::{Coverage, Suite};
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Check the suite in this folder instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
}

pub(super) fn check(arguments: &CheckArguments) -> Result<Ended, CliError> {
    let suite = load_suite(arguments.suite.as_deref())?;
    let coverage = suite.coverage();
    let mut text = String::new();
    tell_checks(&mut text, &suite, &coverage);
    tell_load(&mut text, &coverage);
    let mut gaps: Vec<String> = coverage.gaps.iter().map(ToString::to_string).collect();
    // The mutants are those of the clauses that the program brings: another suite has none of its own.
    if suite.built_in {
        let mutants = mutants(&suite)?;
        tell_mutants(&mut text, &mutants);
        gaps.extend(
            unbroken(&suite.contract, &mutants)
                .map(|id| format!("the clause `{id}` is broken by no mutant")),
        );
    }
    let version = suite.contract.version().unwrap_or("without a release");
    let _ = writeln!(text, "suite {version}, {}", suite.digest);
    for gap in &gaps {
        let _ = writeln!(text, "gap: {gap}");
    }
    let ended = if gaps.is_empty() {
        text.push_str("no gaps\n");
        Ended::Well
    } else {
        Ended::Gaps
    };
    terminal::out(&text);
    Ok(ended)
}

fn tell_checks(text: &mut String, suite: &Suite, coverage: &Coverage) {
    let verified = coverage.checks.values().filter(|count| **count > 0).count();
    let checks: usize = coverage.checks.values().sum();
    let _ = writeln!(
        text,
        "{}: {verified} verified by {} in {}",
        number_of(coverage.checks.len(), "clause"),
        number_of(checks, "expectation"),
        number_of(suite.scenarios.len(), "scenario")
    );
    let _ = writeln!(
        text,
        "{} of these expectations are refusals, each with a positive control",
        coverage.refusals
    );
    let (covered, excluded) = coverage.sentences;
    let _ = writeln!(
        text,
        "{} of the documentation: {covered} covered, {excluded} excluded with a reason",
        number_of(covered + excluded, "sentence")
    );
}

fn tell_load(text: &mut String, coverage: &Coverage) {
    let (run, every) = (&coverage.run, &coverage.every_profile);
    let by_operation: Vec<String> = run
        .calls
        .iter()
        .map(|(operation, calls)| format!("{operation} {calls}"))
        .collect();
    let _ = writeln!(
        text,
        "{} in a full run ({}), and at most {} in the check of 429",
        number_of(run.total(), "throttled call"),
        by_operation.join(", "),
        run.repeated
    );
    if every != run {
        let _ = writeln!(
            text,
            "{} throttled calls with every profile claimed, and at most {} more in checks of limits",
            every.total(),
            every.repeated
        );
    }
}

fn tell_mutants(text: &mut String, mutants: &[Mutant]) {
    let equivalent = mutants.iter().filter(|mutant| mutant.equivalent.is_some());
    let _ = writeln!(
        text,
        "{} mutants ({} of them equivalent, with a reason) and {} variants: `conform mutants` tries them",
        mutants.len(),
        equivalent.count(),
        variants().count()
    );
}
