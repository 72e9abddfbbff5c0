//! Runs the scenarios, shows them as trials, and ends early where a signal asks for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::ended::CliError;
use super::output::{Output, ProgressShown};
use super::progress::Progress;
use super::signals::Interruption;
use super::target::ServerRequest;
use super::{signals, waits};
use crate::harness;
use crate::report::{self, Report, RunFacts, exchanges};
use crate::run::{NotTestable, Plan, ScenarioResult, Session, preflight, wait_ready};
use crate::terminal;

/// One run to be made on a server: nothing that comes after reads a flag.
pub(super) struct RunRequest {
    pub(super) plan: Plan,
    /// The positions in the suite of the scenarios that are run.
    pub(super) selected: Vec<usize>,
    /// What libtest is told.
    pub(super) trials: Arguments,
    pub(super) fail_fast: bool,
    pub(super) output: Output,
}

impl RunRequest {
    /// Whether it leaves out some of what a run covers without being asked.
    pub(super) fn is_partial(&self) -> bool {
        self.selected.len() < self.plan.scenarios.len() || !self.plan.covers_documentation()
    }
}

/// What ends a run before its time.
pub(super) enum CutShort {
    /// A signal, or the end of its time.
    Interrupted(Interruption),
    /// The target is not there, or is something else.
    NotTestable(String),
}

/// Waits for the server to come up, where that is asked for, and has a look at it; why it cannot be tested.
pub(super) async fn ready(session: &Session, patience: Option<Duration>) -> Result<(), String> {
    let looked = async {
        if let Some(patience) = patience {
            wait_ready(session, patience).await?;
        }
        preflight(session).await
    };
    let redacted = |error: NotTestable| session.secrets.redact(&error.to_string());
    looked.await.map_err(redacted)
}

/// The report, and what cut the run short.
///
/// # Errors
/// The reports could not be written later on.
pub(super) fn execute(
    runtime: &Runtime,
    session: &Arc<Session>,
    server: &ServerRequest,
    request: &RunRequest,
) -> Result<(Report, Option<CutShort>), CliError> {
    let (started, start) = (Timestamp::now(), Instant::now());
    // Not after the run: its results would be lost.
    report::prepare(&request.output.report_dir, &report::RUN_FILES)?;
    let told = signals::watch(runtime, session.longest_time());
    let ready = ready(session, server.wait_ready);
    let ready = signals::unless_told(told.clone(), ready);
    let ready = runtime.block_on(ready).unwrap_or(Ok(()));
    let results = if ready.is_ok() && told.borrow().is_none() {
        trials(runtime, session, request, &told)
    } else {
        Vec::new()
    };
    let facts = RunFacts {
        started,
        elapsed: start.elapsed(),
        embedded: server.is_embedded,
        partial: request.is_partial(),
        not_testable: ready.as_ref().err().cloned(),
    };
    let report = Report::new(session, &request.selected, results, facts);
    let interrupted = told.borrow().map(CutShort::Interrupted);
    Ok((
        report,
        interrupted.or(ready.err().map(CutShort::NotTestable)),
    ))
}

/// How the scenarios are shown: as trials, or by a progress; and whoever is told what has come of each.
#[expect(clippy::type_complexity, reason = "it is taken apart at once")]
fn shown(
    session: &Arc<Session>,
    request: &RunRequest,
) -> (
    Option<Vec<Trial>>,
    Option<Progress>,
    Box<dyn Fn(usize, &ScenarioResult) + Send + Sync>,
) {
    match request.output.progress {
        ProgressShown::Nowhere => (None, None, Box::new(|_, _| {})),
        ProgressShown::ByLibtest => {
            let (trials, tell) = harness::trials(session, &request.selected);
            (Some(trials), None, Box::new(tell))
        }
        ProgressShown::Lines => {
            let progress = Progress::begin(session, &request.selected);
            let (shown, session) = (progress.clone(), Arc::clone(session));
            let tell = move |index: usize, result: &ScenarioResult| {
                shown.ended(&session.plan.scenario(index).name(), result);
            };
            (None, Some(progress), Box::new(tell))
        }
    }
}

fn trials(
    runtime: &Runtime,
    session: &Arc<Session>,
    request: &RunRequest,
    told: &watch::Receiver<Option<Interruption>>,
) -> Vec<ScenarioResult> {
    let detail = request.output.detail;
    // libtest has the formats for programs.
    let (trials, progress, settled) = shown(session, request);
    let in_between = progress.clone();
    let show_exchanges = move |result: &ScenarioResult| {
        if let Some(detail) = detail {
            let text = exchanges(result, detail);
            match &in_between {
                Some(progress) => progress.tell(&text),
                None => terminal::err(&text),
            }
        }
    };
    let running = harness::start(runtime, session, &request.selected, show_exchanges, settled);
    let (stop, mut told) = (running.task.abort_handle(), told.clone());
    let watcher = runtime.spawn(async move {
        let _ = told.wait_for(Option::is_some).await;
        // What is running is cut short: the trials that wait for it end at once.
        stop.abort();
    });
    let waiting = progress.clone();
    let teller = waits::tell(runtime, session, move |wait| match &waiting {
        Some(progress) => progress.waits(wait),
        None => terminal::err(&wait.to_string()),
    });
    if let Some(trials) = trials {
        terminal::quietly(|| libtest_mimic::run(&request.trials, trials));
    }
    // The terminal may be gone before the last scenario has ended.
    let _ = runtime.block_on(running.task);
    if let Some(progress) = progress {
        progress.end();
    }
    watcher.abort();
    teller.abort();
    running.results.take()
}
