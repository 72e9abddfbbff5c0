//! The run itself, from the suite to the reports.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use libtest_mimic::Arguments;

use super::baseline::Baseline;
use super::ended::{CliError, Ended};
use super::environment::Environment;
use super::execute::{CutShort, RunRequest};
use super::output::{OutputArguments, last_line};
use super::selection::{SelectionArguments, load_suite, plan};
use super::server_under_test::ServerUnderTest;
use super::signals::Interruption;
use super::target::TargetArguments;
use crate::harness::{self, DEFAULT_CONCURRENCY};
use crate::http::Target;
use crate::report::{Report, summary, write_reports, write_reproductions};
use crate::suite::built_in_names;
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    target: TargetArguments,
    /// End the run after the first scenario that fails.
    #[arg(long)]
    fail_fast: bool,
    /// How many scenarios run at the same time.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CONCURRENCY, value_parser = threads)]
    test_threads: usize,
    /// Compare with this earlier report: the run fails if, and only if, anything got worse.
    #[arg(long, value_name = "REPORT")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

pub(super) fn run(arguments: &RunArguments, environment: &Environment) -> Result<Ended, CliError> {
    arguments.output.color.show();
    let selection = &arguments.selection;
    let trials = trials(arguments);
    let target_file = arguments.target.file(environment);
    if selection.list && selection.is_plain() && target_file.is_none() {
        return list(selection, &trials, &built_in_names());
    }
    let suite = Arc::new(load_suite(selection.suite.as_deref())?);
    let output = arguments.output.output(environment);
    let server = arguments.target.server(environment, &suite.contract)?;
    let last = &output.report_dir;
    let plan = plan(selection, environment, &suite, &server.described, last)?;
    if selection.list {
        return list(selection, &trials, &plan.names().collect::<Vec<_>>());
    }
    let selected = harness::selected(&plan, &trials);
    if selected.is_empty() {
        return Err(selection.nothing_selected(&plan.names().collect::<Vec<_>>()));
    }
    let baseline = Baseline::read(arguments.baseline.as_deref())?;
    let request = RunRequest {
        plan,
        selected,
        trials,
        fail_fast: arguments.fail_fast,
        output,
    };
    let server = ServerUnderTest::start(server)?;
    let ended = server.run(&request, |report, cut_short| {
        conclude(&request, server.target(), &report, cut_short, &baseline)
    });
    server.close();
    ended
}

/// What libtest is told.
fn trials(arguments: &RunArguments) -> Arguments {
    let selection = &arguments.selection;
    let mut trials = Arguments {
        filter: selection.filter.clone(),
        exact: selection.exact,
        skip: selection.skip.clone(),
        list: selection.list,
        test_threads: Some(arguments.test_threads),
        ..Arguments::default()
    };
    arguments.output.set(&mut trials);
    trials
}

fn list(
    selection: &SelectionArguments,
    arguments: &Arguments,
    names: &[String],
) -> Result<Ended, CliError> {
    let trials = harness::listed(names.iter().cloned());
    if trials.iter().all(|trial| arguments.is_filtered_out(trial)) {
        return Err(selection.nothing_selected(names));
    }
    terminal::quietly(|| libtest_mimic::run(arguments, trials));
    Ok(Ended::Well)
}

fn conclude(
    request: &RunRequest,
    target: &Target,
    report: &Report,
    cut_short: Option<CutShort>,
    baseline: &Baseline,
) -> Result<Ended, CliError> {
    // A report of a run that verified nothing is written all the same: an older one must not pass for it.
    let RunRequest { plan, output, .. } = request;
    let files = write_reports(report, &output.report_dir)
        .and_then(|_| write_reproductions(report, (&plan.suite, target), &output.report_dir));
    output.annotate(report);
    if let Some(CutShort::NotTestable(reason)) = cut_short {
        return Err(CliError::NotTestable(reason));
    }
    output.show(&summary(report, output.length()));
    files?;
    let (told, ended) = baseline.judge(report);
    let ended = match cut_short {
        Some(CutShort::Interrupted(Interruption::Signal(signal))) => Ended::Interrupted(signal),
        _ => ended,
    };
    output.show(&told);
    output.show(&last_line(report, ended, &output.report_dir));
    Ok(ended)
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=256) => Ok(number),
        _ => Err("write a number from 1 to 256".to_owned()),
    }
}
