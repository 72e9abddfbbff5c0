//! Runs the scenarios, shows them as trials, and ends early where a signal asks for it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use libtest_mimic::Arguments;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::{CliError, Signal, signals, waits};
use crate::engine::{NotTestable, Session, preflight, wait_ready};
use crate::harness::{self, Undecided};
use crate::report::{self, Report, RunFacts};
use crate::terminal;

/// What ends a run before its time.
pub(super) enum CutShort {
    /// A signal.
    Signal(Signal),
    /// The target is not there, or is something else.
    NotTestable(NotTestable),
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
        let signal = self.watch_signals();
        let mut awaited = signal.clone();
        let ready = self.runtime.block_on(async {
            tokio::select! {
                ready = self.ready() => ready,
                _ = awaited.wait_for(Option::is_some) => Ok(()),
            }
        });
        let results = if ready.is_ok() && signal.borrow().is_none() {
            self.trials(&signal)
        } else {
            Vec::new()
        };
        let facts = RunFacts {
            started,
            elapsed: start.elapsed(),
            embedded: self.embedded,
            partial: self.partial,
            testable: ready.is_ok(),
        };
        let report = Report::new(self.session, self.selected, results, facts);
        let signal = signal.borrow().map(CutShort::Signal);
        Ok((report, signal.or(ready.err().map(CutShort::NotTestable))))
    }

    async fn ready(&self) -> Result<(), NotTestable> {
        if let Some(patience) = self.wait_ready {
            wait_ready(self.session, patience).await?;
        }
        preflight(self.session).await
    }

    /// From now on a signal is kept, whatever is going on when it comes.
    fn watch_signals(&self) -> watch::Receiver<Option<Signal>> {
        let (tell, told) = watch::channel(None);
        self.runtime.spawn(async move {
            let signal = signals::received().await;
            tell.send_replace(Some(signal));
            // The channel stays open: nobody must take its end for a signal.
            std::future::pending::<()>().await;
        });
        told
    }

    fn trials(
        &self,
        signal: &watch::Receiver<Option<Signal>>,
    ) -> Vec<crate::engine::ScenarioResult> {
        let running = harness::start(
            self.runtime,
            self.session,
            self.selected,
            Undecided::Ignored,
        );
        let (stop, mut signal) = (running.task.abort_handle(), signal.clone());
        let watcher = self.runtime.spawn(async move {
            let _ = signal.wait_for(Option::is_some).await;
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
