//! After the reports: accounts are logged out, and whoever purges them is told their e-mails.

use std::time::Duration;

use tokio::runtime::Runtime;

use super::signals;
use crate::http::Secrets;
use crate::run::Session;
use crate::shell::{self, Ran, ShellError, excerpt};
use crate::terminal;

/// The longest time for logging out, and after a signal, when somebody waits for the end.
const LOG_OUT: Duration = Duration::from_secs(10);
const INTERRUPTED_LOG_OUT: Duration = Duration::from_secs(2);
/// The longest time for the command that cleans up.
const CLEAN_UP: Duration = Duration::from_mins(1);

/// What is done when a run has ended, however it did.
pub(super) struct Cleanup<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) session: &'a Session,
    pub(super) log_out: bool,
    pub(super) command: Option<&'a str>,
    /// Whether the report of the run lists the accounts.
    pub(super) accounts_reported: bool,
    /// Whether a signal has ended the run.
    pub(super) interrupted: bool,
}

impl Cleanup<'_> {
    /// Does it; what fails is told, and changes nothing.
    pub(super) fn run(&self) {
        if self.log_out {
            let longest = if self.interrupted {
                INTERRUPTED_LOG_OUT
            } else {
                LOG_OUT
            };
            self.runtime.block_on(async {
                tokio::select! {
                    () = self.session.log_out(longest) => {}
                    _ = signals::received() => {}
                }
            });
        }
        let emails = self.session.ledger.created();
        if let (Some(command), false) = (self.command, emails.is_empty()) {
            let input = emails.join("\n") + "\n";
            let ran = self.runtime.block_on(shell::run(command, &input, CLEAN_UP));
            if let Some(problem) = problem(ran, &self.session.secrets) {
                let emails = if self.accounts_reported {
                    "the e-mails are in report.json, as `accounts`".to_owned()
                } else {
                    format!("the e-mails are {}", emails.join(", "))
                };
                terminal::warning(&format!("the cleanup command {problem}; {emails}"));
            }
        }
    }
}

fn problem(ran: Result<Ran, ShellError>, secrets: &Secrets) -> Option<String> {
    match ran {
        Ok(ran) if ran.status.success() => None,
        Ok(ran) => Some(format!(
            "ended with {}, and on standard error it printed: {}",
            ran.status,
            excerpt(&secrets.redact(&String::from_utf8_lossy(&ran.stderr)))
        )),
        Err(ShellError::NotStarted(cause)) => Some(format!("cannot be started: {cause}")),
        Err(ShellError::TimedOut) => Some(format!(
            "did not end within {} s; it was stopped",
            CLEAN_UP.as_secs()
        )),
    }
}
