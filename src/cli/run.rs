//! The run itself, from the suite to the reports.

use std::sync::Arc;

use tokio::runtime::Builder;

use super::arguments::{Environment, Format, RunArguments};
use super::execute::{CutShort, Execution};
use super::farewell::Farewell;
use super::selection::{is_plain, plan};
use super::settings::{load_suite, nothing_selected, trial_arguments};
use super::target::{described, domain, of_reference, totp_source};
use super::{CliError, Ended, annotate, announce};
use crate::embedded;
use crate::engine::{Session, SessionSettings};
use crate::harness;
use crate::report::{RUN_FILES, Report, summary, write_reports};
use crate::suite::built_in_names;
use crate::terminal;

/// A run waits for a server most of the time. Each answer is looked into by one worker from end to end, so that their
/// number bounds the memory for large ones.
const WORKERS: usize = 2;

pub(super) fn run(arguments: &RunArguments, environment: &Environment) -> Result<Ended, CliError> {
    if arguments.list && is_plain(arguments) {
        return list(arguments, built_in_names());
    }
    let suite = Arc::new(load_suite(arguments.suite.as_deref())?);
    let described = described(&arguments.target, environment, &suite.contract)?;
    let plan = plan(arguments, environment, &suite, described.as_ref())?;
    if arguments.list {
        return list(arguments, plan.names().collect());
    }
    let trial_arguments = trial_arguments(arguments);
    let selected = harness::selected(&plan, &trial_arguments);
    if selected.is_empty() {
        return Err(CliError::Usage(nothing_selected(arguments)));
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    let (described, reference) = if let Some(described) = described {
        (described, None)
    } else {
        let reference = runtime.block_on(embedded::start())?;
        let described = of_reference(&reference, &arguments.target, &suite.contract)?;
        (described, Some(reference))
    };
    let settings = SessionSettings {
        email_domain: domain(&described),
        totp_source: totp_source(&described, reference.as_ref())?,
        concurrency: arguments.test_threads,
        fail_fast: arguments.fail_fast,
    };
    let partial = selected.len() < plan.scenarios.len() || !plan.covers_documentation();
    announce::target(&described.target, reference.is_some());
    let session = Arc::new(Session::new(described.target, plan, settings)?);
    announce::consequences(&session, &selected);
    let executed = Execution {
        runtime: &runtime,
        session: &session,
        selected: &selected,
        trial_arguments: &trial_arguments,
        embedded: reference.is_some(),
        partial,
        report_dir: &arguments.report_dir,
        wait_ready: arguments.target.wait_ready,
    }
    .run();
    let ended = executed.and_then(|(report, cut_short)| {
        let farewell = Farewell {
            runtime: &runtime,
            session: &session,
            log_out: reference.is_none() && !arguments.target.no_logout,
            cleanup: described.cleanup.as_deref(),
            reported: true,
            hasty: matches!(cut_short, Some(CutShort::Signal(_))),
        };
        let ended = conclude(arguments, environment, &report, cut_short);
        farewell.take();
        ended
    });
    if let Some(reference) = reference.and_then(|reference| Arc::try_unwrap(reference).ok()) {
        runtime.block_on(reference.stop());
    }
    // A connection that a server floods is not waited for.
    runtime.shutdown_background();
    ended
}

fn list(arguments: &RunArguments, names: Vec<String>) -> Result<Ended, CliError> {
    let trial_arguments = trial_arguments(arguments);
    let trials = harness::listed(names);
    if trials
        .iter()
        .all(|trial| trial_arguments.is_filtered_out(trial))
    {
        return Err(CliError::Usage(nothing_selected(arguments)));
    }
    terminal::quietly(|| libtest_mimic::run(&trial_arguments, trials));
    Ok(Ended::Well)
}

fn conclude(
    arguments: &RunArguments,
    environment: &Environment,
    report: &Report,
    cut_short: Option<CutShort>,
) -> Result<Ended, CliError> {
    // A report of a run that proved nothing is written all the same: an older one must not pass for it.
    let files = write_reports(report, &arguments.report_dir);
    annotate::annotate(arguments, environment, report);
    if let Some(CutShort::NotTestable(reason)) = cut_short {
        return Err(CliError::NotTestable(reason));
    }
    show(&summary(report), arguments.format);
    files?;
    let (dir, names) = (arguments.report_dir.display(), RUN_FILES.join(", "));
    show(&format!("reports in {dir}: {names}\n"), arguments.format);
    Ok(match cut_short {
        Some(CutShort::Signal(signal)) => Ended::Interrupted(signal),
        _ => Ended::Concluded(report.conclusion),
    })
}

/// Standard output belongs to the events where they are asked for.
pub(super) fn show(text: &str, format: Format) {
    match format {
        Format::Json => terminal::err(text.trim_end()),
        Format::Pretty | Format::Terse => terminal::out(text),
    }
}
