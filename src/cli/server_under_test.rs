//! What the runs of one command have in common: the server under test, and how a run on it goes.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use super::announce;
use super::cleanup::Cleanup;
use super::ended::CliError;
use super::execute::{CutShort, RunRequest, execute};
use super::signals::Interruption;
use super::target::{ServerRequest, domain, totp_source};
use crate::accounts::TotpSource;
use crate::embedded;
use crate::harness::DEFAULT_CONCURRENCY;
use crate::http::{BaseUrl, Target};
use crate::reference::Running;
use crate::report::Report;
use crate::run::SessionSettings;

/// A run waits for a server most of the time. Each answer is looked into by one worker from end to end, so that their
/// number bounds the memory for large ones.
const WORKERS: usize = 2;

/// The server under test, and whatever runs it.
pub(super) struct ServerUnderTest {
    runtime: Runtime,
    server: ServerRequest,
    /// Where the server is the one inside the program.
    reference: Option<Arc<Running>>,
}

impl ServerUnderTest {
    /// The server that is asked for; the embedded reference is started.
    pub(super) fn start(mut server: ServerRequest) -> Result<Self, CliError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .enable_all()
            .build()?;
        let mut reference = None;
        if server.is_embedded {
            let started = runtime.block_on(embedded::start())?;
            server.described.target.base_url = BaseUrl::parse(started.base_url())?;
            reference = Some(started);
        }
        Ok(Self {
            runtime,
            server,
            reference,
        })
    }

    pub(super) fn target(&self) -> &Target {
        &self.server.described.target
    }

    fn totp_source(&self) -> Result<TotpSource, CliError> {
        let described = &self.server.described;
        Ok(match (totp_source(described)?, &self.reference) {
            (TotpSource::None, Some(reference)) => {
                embedded::totp_source(reference, &domain(described))
            }
            (source, _) => source,
        })
    }

    /// Runs the scenarios, hands the report over, and leaves the server as it should be left.
    pub(super) fn run<T>(
        &self,
        request: &RunRequest,
        conclude: impl FnOnce(Report, Option<CutShort>) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let described = &self.server.described;
        let settings = SessionSettings {
            email_domain: domain(described),
            totp_source: self.totp_source()?,
            plain_accounts: described.plain_accounts.clone(),
            concurrency: request.trials.test_threads.unwrap_or(DEFAULT_CONCURRENCY),
            fail_fast: request.fail_fast,
        };
        let RunRequest {
            plan,
            selected,
            output,
            ..
        } = request;
        let mut session = self.server.session(plan.clone(), settings)?;
        if output.show_secrets {
            session = session.showing_secrets()?;
            announce::shown_secrets(&output.report_dir);
        }
        let session = Arc::new(session);
        announce::consequences(&session, selected);
        announce::expected_time(&session, selected);
        announce::recovery_codes(&session, selected);
        let (report, cut_short) = execute(&self.runtime, &session, &self.server, request)?;
        let cleanup = Cleanup {
            runtime: &self.runtime,
            session: &session,
            log_out: self.server.log_out,
            command: described.cleanup.as_deref(),
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
