//! The run itself, from the suite to the reports.

use std::sync::Arc;

use tokio::runtime::Builder;

use super::arguments::{Environment, Format, RunArguments};
use super::execute::{CutShort, Execution};
use super::settings::{
    base_url, email_domain, nothing_selected, target, totp_source, trial_arguments,
};
use super::{CliError, Ended};
use crate::embedded;
use crate::engine::{Plan, Selection, Session, SessionSettings};
use crate::harness;
use crate::report::{Report, summary, write_reports};
use crate::suite::{Suite, built_in_names};
use crate::target::Target;
use crate::terminal;

/// A run waits for a server most of the time. Each answer is looked into by one worker from end to end, so that their
/// number bounds the memory for large ones.
const WORKERS: usize = 2;

pub(super) fn run(arguments: &RunArguments, environment: &Environment) -> Result<Ended, CliError> {
    let of_built_in =
        arguments.suite.is_none() && arguments.profile.is_empty() && arguments.partition.is_none();
    if arguments.list && of_built_in {
        return list(arguments, built_in_names());
    }
    let suite = Arc::new(match &arguments.suite {
        Some(dir) => Suite::from_dir(dir)?,
        None => Suite::built_in()?,
    });
    let selection = Selection {
        profiles: arguments.profile.iter().copied().collect(),
        strict: arguments.strict,
        slice: arguments.partition,
    };
    let plan = Plan::new(&suite, &selection);
    if arguments.list {
        return list(arguments, plan.names().collect());
    }
    let trial_arguments = trial_arguments(arguments);
    let selected = harness::selected(&plan, &trial_arguments);
    if selected.is_empty() {
        return Err(CliError::Usage(nothing_selected(arguments)));
    }
    let base_url = base_url(&arguments.target, environment)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    let reference = match &base_url {
        Some(_) => None,
        None => Some(runtime.block_on(embedded::start())?),
    };
    let target = target(
        &arguments.target,
        base_url,
        reference.as_deref(),
        &suite.contract,
    )?;
    announce(&target, reference.is_some());
    let settings = SessionSettings {
        email_domain: email_domain(&arguments.target.email_domain)?,
        totp_source: totp_source(&arguments.target, reference.as_ref())?,
        concurrency: arguments.test_threads,
        fail_fast: arguments.fail_fast,
    };
    let partial = selected.len() < plan.scenarios.len()
        || arguments.partition.is_some()
        || !plan.covers_documentation();
    let session = Arc::new(Session::new(target, plan, settings)?);
    let executed = Execution {
        runtime: &runtime,
        session: &session,
        selected: &selected,
        trial_arguments: &trial_arguments,
        embedded: reference.is_some(),
        partial,
        report_dir: &arguments.report_dir,
    }
    .run();
    if let Some(reference) = reference.and_then(|reference| Arc::try_unwrap(reference).ok()) {
        runtime.block_on(reference.stop());
    }
    // A connection that a server floods is not waited for.
    runtime.shutdown_background();
    let (report, cut_short) = executed?;
    conclude(arguments, &session, &report, cut_short)
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
    session: &Session,
    report: &Report,
    cut_short: Option<CutShort>,
) -> Result<Ended, CliError> {
    // A report of a run that proved nothing is written all the same: an older one must not pass for it.
    let files = write_reports(report, &session.plan, &arguments.report_dir);
    if let Some(CutShort::NotTestable(reason)) = cut_short {
        return Err(CliError::NotTestable(reason));
    }
    show(&summary(report), arguments.format);
    let names: Vec<String> = files?
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    show(
        &format!("reports: {}\n", names.join(", ")),
        arguments.format,
    );
    Ok(match cut_short {
        Some(CutShort::Signal(signal)) => Ended::Interrupted(signal),
        _ => Ended::Concluded(report.conclusion),
    })
}

/// Standard output belongs to the events where they are asked for.
fn show(text: &str, format: Format) {
    match format {
        Format::Json => terminal::err(text.trim_end()),
        Format::Pretty | Format::Terse => terminal::out(text),
    }
}

fn announce(target: &Target, embedded: bool) {
    let embedded = if embedded {
        " (the embedded reference implementation)"
    } else {
        ""
    };
    let insecure = if target.insecure {
        ", whatever its certificate"
    } else {
        ""
    };
    terminal::err(&format!("testing {}{embedded}{insecure}", target.base_url));
}
