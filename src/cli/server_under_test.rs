//! What the runs of one command have in common: the server under test, and how a run on it goes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::Arguments;
use tokio::runtime::{Builder, Runtime};

use super::arguments::TargetArguments;
use super::cleanup::Cleanup;
use super::execute::{CutShort, Execution};
use super::signals::Interruption;
use super::target::{domain, of_reference, totp_source};
use super::{CliError, announce};
use crate::contract::Contract;
use crate::embedded;
use crate::engine::{Plan, Session, SessionSettings};
use crate::harness::DEFAULT_CONCURRENCY;
use crate::http::Description;
use crate::reference::Running;
use crate::report::{Detail, Report};

/// A run waits for a server most of the time. Each answer is looked into by one worker from end to end, so that their
/// number bounds the memory for large ones.
const WORKERS: usize = 2;

/// The server under test, and whatever runs it.
pub(super) struct ServerUnderTest {
    runtime: Runtime,
    described: Description,
    /// Where the server is the one inside the program.
    reference: Option<Arc<Running>>,
    log_out: bool,
    wait_ready: Option<Duration>,
}

/// One run to be made on the server.
pub(super) struct RunRequest<'a> {
    pub(super) plan: Plan,
    pub(super) selected: &'a [usize],
    pub(super) trial_arguments: &'a Arguments,
    pub(super) fail_fast: bool,
    pub(super) report_dir: &'a Path,
    /// How much of the exchanges is shown.
    pub(super) detail: Option<Detail>,
    /// Whether secrets of accounts are left in clear.
    pub(super) show_secrets: bool,
}

impl ServerUnderTest {
    /// The described server, or else the embedded reference.
    pub(super) fn start(
        described: Option<Description>,
        arguments: &TargetArguments,
        contract: &Contract,
    ) -> Result<Self, CliError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .enable_all()
            .build()?;
        let (described, reference) = if let Some(described) = described {
            (described, None)
        } else {
            let reference = runtime.block_on(embedded::start())?;
            let described = of_reference(&reference, arguments, contract)?;
            (described, Some(reference))
        };
        Ok(Self {
            runtime,
            described,
            log_out: reference.is_none() && !arguments.no_logout,
            reference,
            wait_ready: arguments.wait_ready,
        })
    }

    /// Runs the scenarios, hands the report over, and leaves the server as it should be left.
    pub(super) fn run<T>(
        &self,
        request: RunRequest<'_>,
        conclude: impl FnOnce(Report, Option<CutShort>) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let settings = SessionSettings {
            email_domain: domain(&self.described),
            totp_source: totp_source(&self.described, self.reference.as_ref())?,
            plain_accounts: self.described.plain_accounts.clone(),
            concurrency: request
                .trial_arguments
                .test_threads
                .unwrap_or(DEFAULT_CONCURRENCY),
            fail_fast: request.fail_fast,
        };
        let (plan, selected) = (request.plan, request.selected);
        let partial = selected.len() < plan.scenarios.len() || !plan.covers_documentation();
        let target = self.described.target.clone();
        announce::target(&target, self.reference.is_some());
        let mut session = Session::new(target, plan, settings)?;
        if request.show_secrets {
            session = session.showing_secrets()?;
            announce::shown_secrets(request.report_dir);
        }
        let session = Arc::new(session);
        announce::consequences(&session, selected);
        announce::expected_time(&session, selected);
        announce::recovery_codes(&session, selected);
        let (report, cut_short) = Execution {
            runtime: &self.runtime,
            session: &session,
            selected,
            trial_arguments: request.trial_arguments,
            embedded: self.reference.is_some(),
            partial,
            report_dir: request.report_dir,
            wait_ready: self.wait_ready,
            detail: request.detail,
        }
        .run()?;
        let cleanup = Cleanup {
            runtime: &self.runtime,
            session: &session,
            log_out: self.log_out,
            command: self.described.cleanup.as_deref(),
            accounts_reported: true,
            interrupted: matches!(
                cut_short,
                Some(CutShort::Interrupted(Interruption::Signal(_)))
            ),
        };
        let concluded = conclude(report, cut_short);
        cleanup.run();
        concluded
    }

    /// Stops what it has started.
    pub(super) fn close(self) {
        let reference = self.reference;
        if let Some(reference) = reference.and_then(|reference| Arc::try_unwrap(reference).ok()) {
            self.runtime.block_on(reference.stop());
        }
        // A connection that a server floods is not waited for.
        self.runtime.shutdown_background();
    }
}
