//! The arguments of the command line.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::claim::Claim;
use super::report_arguments::{
    CertifyArguments, DiffArguments, KeygenArguments, MergeArguments, VerifyArguments,
};
use crate::engine::Slice;
use crate::harness::{DEFAULT_CONCURRENCY, DEFAULT_EMAIL_DOMAIN};
use crate::report::Detail;
use crate::suite;

/// The folder of the reports of the last run.
pub(super) const LATEST: &str = "reports/latest";

/// What `main` reads of the environment.
pub struct Environment {
    /// `CONFORM_BASE_URL`.
    pub base_url: Option<OsString>,
    /// Whether a workflow of GitHub runs the program: `GITHUB_ACTIONS`.
    pub github: bool,
    /// The file whose text that workflow shows beside the job: `GITHUB_STEP_SUMMARY`.
    pub job_summary: Option<PathBuf>,
    /// What the environment holds under a name, where it holds text.
    pub variable: fn(&str) -> Option<String>,
    /// The day, by the clock of this machine.
    pub today: Date,
}

/// Runs the contract of the Pionne auth API against any base URL, with a verdict for every clause.
///
/// Without --base-url the embedded reference implementation is tested.
///
/// Exit codes: 0 every selected `must` clause passes; 1 one fails; 2 wrong usage or a wrong suite; 3 the target could
/// not be tested; 4 nothing fails, but something selected is inconclusive.
#[derive(Debug, Parser)]
#[command(name = "conform", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) run: RunArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the reference implementation.
    Serve(ServeArguments),
    /// Write a target file with everything that may stand in it, explained.
    Init(InitArguments),
    /// Check the suite: mistakes, clauses that nothing verifies, names without use, calls that servers throttle.
    Check(CheckArguments),
    /// Explain a clause or a scenario, or list them all.
    Explain(ExplainArguments),
    /// Certify a product: two runs in a row by stricter rules, and a signed bundle of what they come to.
    Certify(Box<CertifyArguments>),
    /// Check the bundle of a certification, offline.
    Verify(VerifyArguments),
    /// Make a pair of keys for certifications.
    Keygen(KeygenArguments),
    /// Compare two reports: what changed, and whether anything got worse.
    Diff(DiffArguments),
    /// Make one report of those of all slices of a run.
    Merge(MergeArguments),
    /// Try the suite itself: servers that break a clause each must be caught, servers that conform left alone.
    Mutants(Box<MutantsArguments>),
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct RunArguments {
    /// Run only scenarios whose name contains this text.
    #[arg(value_name = "FILTER")]
    pub(super) filter: Option<String>,
    #[command(flatten)]
    pub(super) target: TargetArguments,
    /// Run the suite in this folder (with specs/ and schemas/) in place of the built-in one.
    #[arg(long, value_name = "DIR")]
    pub(super) suite: Option<PathBuf>,
    /// Keep to the clauses that this release of the suite had: what came later is not verified.
    #[arg(long, value_name = "VERSION")]
    pub(super) suite_version: Option<String>,
    /// Prove only these profiles [default: core,sessions,totp,rate-limit].
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROFILE,…")]
    pub(super) profile: Vec<Claim>,
    /// Run only what verifies this clause, with a verdict on it alone; may be repeated.
    #[arg(long, value_name = "CLAUSE")]
    pub(super) clause: Vec<String>,
    /// Run only what the last report in --report-dir does not show as passed.
    #[arg(long)]
    pub(super) rerun_failed: bool,
    /// Let a failed `should` clause fail the run as well, and so a waiver that is no longer needed.
    #[arg(long)]
    pub(super) strict: bool,
    /// Where the reports go.
    #[arg(long, value_name = "DIR", default_value = LATEST)]
    pub(super) report_dir: PathBuf,
    /// Compare with this earlier report; then the run fails where anything got worse, and only there.
    #[arg(long, value_name = "REPORT")]
    pub(super) baseline: Option<PathBuf>,
    /// Print annotations that a CI system shows beside the code [default: github in a workflow of GitHub].
    #[arg(long, value_enum, value_name = "SYSTEM")]
    pub(super) annotations: Option<Annotations>,
    /// Run one part of the suite, such as slice:1/4.
    #[arg(long, value_name = "slice:M/N")]
    pub(super) partition: Option<Slice>,
    /// End the run with the first scenario that fails.
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// List the scenarios and run none.
    #[arg(long)]
    pub(super) list: bool,
    /// Match the filter and --skip exactly.
    #[arg(long)]
    pub(super) exact: bool,
    /// Leave out scenarios whose name contains this text.
    #[arg(long, value_name = "FILTER")]
    pub(super) skip: Vec<String>,
    /// How many scenarios run at once.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CONCURRENCY, value_parser = threads)]
    pub(super) test_threads: usize,
    /// Show the exchanges of each scenario as it ends, on standard error; -vv with headers and bodies. Pseudonyms
    /// stand in the place of secrets.
    #[arg(short, long, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// Show passwords, tokens and codes in clear, in the terminal and in the reports. Only for a server on this
    /// machine; header values, and what the target file keeps secret, stay hidden.
    #[arg(long)]
    pub(super) show_secrets: bool,
    /// How the terminal shows the run.
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    pub(super) format: Format,
    /// Whether the terminal shows colours.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
}

impl fmt::Debug for Environment {
    /// Without the address, in which a password may stand by mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("today", &self.today)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TargetArguments {
    /// Without its values, many of which are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TargetArguments").finish_non_exhaustive()
    }
}

impl RunArguments {
    /// How much of the exchanges is shown.
    pub(super) fn detail(&self) -> Option<Detail> {
        match self.verbose {
            0 => None,
            1 => Some(Detail::Line),
            _ => Some(Detail::Whole),
        }
    }
}

/// Where the server is, how it is reached, and where accounts with a second factor come from.
#[derive(Args)]
pub(super) struct TargetArguments {
    /// A file that describes the server; flags override it (`conform init` writes one).
    #[arg(long, value_name = "FILE")]
    pub(super) target: Option<PathBuf>,
    /// The server to test; paths are joined to it as it stands [env: CONFORM_BASE_URL].
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Method and path of an operation on this server, such as revoke-others="POST /api/auth/tokens/revoke-others".
    #[arg(long, value_name = "NAME=METHOD /path")]
    pub(super) operation: Vec<String>,
    /// A header to send with every call.
    #[arg(long, value_name = "NAME: VALUE")]
    pub(super) header: Vec<String>,
    /// A shell command that makes a plain account and prints it as JSON; then only what is about registering registers.
    #[arg(long, value_name = "CMD")]
    pub(super) accounts: Option<String>,
    /// A shell command that makes an account with a second factor and prints it as JSON.
    #[arg(long, value_name = "CMD", conflicts_with = "totp_account")]
    pub(super) provision: Option<String>,
    /// A JSON file with one account with a second factor, as --provision would print it.
    #[arg(long, value_name = "FILE")]
    pub(super) totp_account: Option<PathBuf>,
    /// The domain of the e-mails that are made up [default: example.com].
    #[arg(long, value_name = "DOMAIN")]
    pub(super) email_domain: Option<String>,
    /// The longest time for one call [default: 10s].
    #[arg(long, value_name = "DURATION", value_parser = suite::positive_duration)]
    pub(super) timeout: Option<Duration>,
    /// The longest time that waiting may cost the run, for throttling and for fresh codes [default: 1.5 × what the
    /// limit makes of the throttled calls, at least 5m].
    #[arg(long, value_name = "DURATION", value_parser = suite::duration)]
    pub(super) max_wait: Option<Duration>,
    /// The longest time for a run; when it is over, the run ends and the reports are written [default: 30m, or
    /// twice --max-wait if that is longer].
    #[arg(long, value_name = "DURATION", value_parser = suite::positive_duration)]
    pub(super) max_time: Option<Duration>,
    /// How many seconds the server's clock is ahead (behind: below zero), for one whose answers have no `Date`.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(super) clock_offset: Option<i64>,
    /// Trust any certificate.
    #[arg(long)]
    pub(super) insecure: bool,
    /// Trust the certificates in this PEM file, besides those of the system.
    #[arg(long, value_name = "FILE")]
    pub(super) cacert: Option<PathBuf>,
    /// Go through this proxy.
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,
    /// Wait that long for the server to answer at all, then test it.
    #[arg(long, value_name = "DURATION", value_parser = suite::duration)]
    pub(super) wait_ready: Option<Duration>,
    /// A shell command that gets the e-mails of all accounts of the run on standard input, a line each.
    #[arg(long, value_name = "CMD")]
    pub(super) cleanup: Option<String>,
    /// Leave the accounts of the run logged in at its end.
    #[arg(long)]
    pub(super) no_logout: bool,
    /// Test the production service.
    #[arg(long)]
    pub(super) allow_production: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A line a scenario.
    Pretty,
    /// A character a scenario.
    Terse,
    /// JSON events on standard output; the summary goes to standard error.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Annotations {
    /// Lines that a workflow of GitHub reads, and its job summary.
    Github,
    /// None.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// The address to listen on; port 0 takes any free port.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8000")]
    pub(super) addr: String,
    /// Keep everything in this SQLite file [default: in memory].
    #[arg(long, value_name = "FILE")]
    pub(super) db: Option<PathBuf>,
    /// Make an account with a second factor in the database, print it as JSON, and end.
    #[arg(long, requires = "db")]
    pub(super) provision_account: bool,
    /// The domain of the e-mail of a provisioned account.
    #[arg(long, value_name = "DOMAIN", default_value = DEFAULT_EMAIL_DOMAIN)]
    pub(super) email_domain: String,
}

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The file to write; one that exists is left alone.
    #[arg(value_name = "FILE", default_value = "target.yaml")]
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Check the suite in this folder in place of the built-in one.
    #[arg(long, value_name = "DIR")]
    pub(super) suite: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The id of a clause, or the id or trial name of a scenario.
    pub(super) id: Option<String>,
    /// Explain the suite in this folder in place of the built-in one.
    #[arg(long, value_name = "DIR")]
    pub(super) suite: Option<PathBuf>,
}

/// Exit codes: 0 every mutant is killed by the clause that it breaks and no variant is blamed; 1 the suite has gaps;
/// 2 wrong usage or a wrong suite; 3 the control failed, or the target could not be tested.
#[derive(Debug, Args)]
pub(super) struct MutantsArguments {
    /// Try only mutants of behaviour whose id or clause contains this text.
    #[arg(value_name = "FILTER")]
    pub(super) filter: Option<String>,
    /// Try the suite in this folder in place of the built-in one.
    #[arg(long, value_name = "DIR")]
    pub(super) suite: Option<PathBuf>,
    /// Record only these profiles of the server [default: core,sessions,totp,rate-limit].
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROFILE,…")]
    pub(super) profile: Vec<Claim>,
    /// Where the reports go.
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub(super) report_dir: PathBuf,
    #[command(flatten)]
    pub(super) target: TargetArguments,
}

impl MutantsArguments {
    /// A flag that was given and that means nothing without a server.
    pub(super) fn server_flag(&self) -> Option<&'static str> {
        let target = &self.target;
        let given = [
            ("--profile", !self.profile.is_empty()),
            ("--operation", !target.operation.is_empty()),
            ("--header", !target.header.is_empty()),
            ("--provision", target.provision.is_some()),
            ("--totp-account", target.totp_account.is_some()),
            ("--email-domain", target.email_domain.is_some()),
            ("--max-wait", target.max_wait.is_some()),
            ("--max-time", target.max_time.is_some()),
            ("--clock-offset", target.clock_offset.is_some()),
            ("--insecure", target.insecure),
            ("--cacert", target.cacert.is_some()),
            ("--proxy", target.proxy.is_some()),
            ("--wait-ready", target.wait_ready.is_some()),
            ("--cleanup", target.cleanup.is_some()),
            ("--no-logout", target.no_logout),
            ("--allow-production", target.allow_production),
        ];
        let mut given = given.into_iter().filter(|(_, given)| *given);
        given.next().map(|(flag, _)| flag)
    }
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=256) => Ok(number),
        _ => Err("write a number from 1 to 256".to_owned()),
    }
}
