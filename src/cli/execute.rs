//! Runs the scenarios, shows them as trials, and ends early where a signal asks for it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use libtest_mimic::Arguments;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::signals::Interruption;
use super::{CliError, signals, waits};
use crate::engine::{NotTestable, ScenarioResult, Session, preflight, wait_ready};
use crate::harness::{self, Undecided};
use crate::report::{self, Detail, Report, RunFacts, exchanges};
use crate::terminal;

/// What ends a run before its time.
pub(super) enum CutShort {
    /// A signal, or the end of its time.
    Interrupted(Interruption),
    /// The target is not there, or is something else.
    NotTestable(String),
}

/// What is run, and how it is told.
pub(super) struct Execution<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) session: &'a Arc<Session>,
    pub(super) selected: &'a [usize],
    pub(super) trial_arguments: &'a Arguments,
    pub(super) embedded: bool,
    pub(super) partial: bool,
    pub(super) report_dir: &'a Path,
    /// How long the server may take to answer at all.
    pub(super) wait_ready: Option<Duration>,
    /// How much of the exchanges is shown.
    pub(super) detail: Option<Detail>,
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

impl Execution<'_> {
    /// The report, and what cut the run short.
    ///
    /// # Errors
    /// The reports could not be written later on.
    pub(super) fn run(&self) -> Result<(Report, Option<CutShort>), CliError> {
        let (started, start) = (Timestamp::now(), Instant::now());
        // Not after the run: its results would be lost.
        report::prepare(self.report_dir, &report::RUN_FILES)?;
        let told = signals::watch(self.runtime, self.session.longest_time());
        let ready = ready(self.session, self.wait_ready);
        let ready = signals::unless_told(told.clone(), ready);
        let ready = self.runtime.block_on(ready).unwrap_or(Ok(()));
        let results = if ready.is_ok() && told.borrow().is_none() {
            self.trials(&told)
        } else {
            Vec::new()
        };
        let facts = RunFacts {
            started,
            elapsed: start.elapsed(),
            embedded: self.embedded,
            partial: self.partial,
            not_testable: ready.as_ref().err().cloned(),
        };
        let report = Report::new(self.session, self.selected, results, facts);
        let interrupted = told.borrow().map(CutShort::Interrupted);
        Ok((
            report,
            interrupted.or(ready.err().map(CutShort::NotTestable)),
        ))
    }

    /// Shows the exchanges of a scenario, where that is asked for.
    fn teller_of_exchanges(&self) -> impl Fn(&ScenarioResult) + Send + Sync + 'static {
        let detail = self.detail;
        move |result| {
            if let Some(detail) = detail {
                terminal::err(&exchanges(result, detail));
            }
        }
    }

    fn trials(&self, told: &watch::Receiver<Option<Interruption>>) -> Vec<ScenarioResult> {
        let running = harness::start(
            self.runtime,
            self.session,
            self.selected,
            Undecided::Ignored,
            self.teller_of_exchanges(),
        );
        let (stop, mut told) = (running.task.abort_handle(), told.clone());
        let watcher = self.runtime.spawn(async move {
            let _ = told.wait_for(Option::is_some).await;
            // What is running is cut short: the trials that wait for it end at once.
            stop.abort();
        });
        let teller = waits::tell(self.runtime, self.session, terminal::err);
        let (results, task) = (running.results(), running.task);
        terminal::quietly(|| libtest_mimic::run(self.trial_arguments, running.trials));
        // The terminal may be gone before the last scenario has ended.
        let _ = self.runtime.block_on(task);
        watcher.abort();
        teller.abort();
        results.take()
    }
}
