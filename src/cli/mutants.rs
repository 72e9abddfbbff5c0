//! `conform mutants`: the suite itself, tried on servers that break a clause each and on servers that conform.

use clap::Args;
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::claim::Claim;
use super::cleanup::Cleanup;
use super::ended::{CliError, Ended};
use super::environment::Environment;
use super::execute::ready;
use super::selection::{claimed, load_suite};
use super::signals::Interruption;
use super::target::TargetArguments;
use super::target::{ServerRequest, domain, totp_source};
use super::{announce, signals, waits};
use crate::diagnostic::did_you_mean_or;
use crate::harness::DEFAULT_CONCURRENCY;
use crate::http::Wait;
use crate::report::{self, TargetIdentity};
use crate::run::{Outcome, Recording, Run, ScenarioResult, Session, SessionSettings};
use crate::selftest::answers::examine;
use crate::selftest::{
    Campaign, CampaignScope, Findings, MUTATION_FILES, Mutant, MutationReport, mutants as all,
    summary,
};
use crate::suite::Suite;
use crate::terminal;
use crate::verdict::Conclusion;

/// What came of it, or what ended it before.
type Tried = Result<(Findings, CampaignScope), Interruption>;

#[derive(Debug, Args)]
pub(super) struct MutantsArguments {
    /// Try only mutants of behaviour whose id or clause contains this text, and no variants or wrong answers.
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
    /// Test the suite in this folder instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
    /// With --base-url or --target: record only these profiles [default: core,sessions,totp,rate-limit].
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROFILE,…")]
    profile: Vec<Claim>,
    /// Folder for the reports.
    #[arg(long, value_name = "DIR", default_value = "reports")]
    report_dir: PathBuf,
    #[command(flatten)]
    target: TargetArguments,
}

impl MutantsArguments {
    /// A flag that was given and that means nothing without a server.
    fn server_flag(&self) -> Option<&'static str> {
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

pub(super) fn mutants(
    arguments: &MutantsArguments,
    environment: &Environment,
) -> Result<Ended, CliError> {
    let suite = Arc::new(load_suite(arguments.suite.as_deref())?);
    let runtime = Runtime::new()?;
    let (started, start) = (Timestamp::now(), Instant::now());
    let tried = if arguments.target.names_server(environment) {
        let server = arguments.target.server(environment, &suite.contract)?;
        on_server(arguments, &suite, &server, &runtime)
    } else {
        in_process(arguments, &suite, &runtime)
    };
    // A connection that a server floods is not waited for.
    runtime.shutdown_background();
    let (findings, scope) = match tried? {
        Ok(found) => found,
        Err(interruption) => {
            terminal::err("interrupted: no report is written");
            return Ok(match interruption {
                Interruption::Signal(signal) => Ended::Interrupted(signal),
                Interruption::OutOfTime => Ended::Concluded(Conclusion::Inconclusive),
            });
        }
    };
    let report = MutationReport::new(&suite, findings, scope, (started, start.elapsed()));
    let files = report.write(&arguments.report_dir);
    terminal::out(&summary(&report));
    let files = files?;
    let names: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    terminal::out(&format!("reports: {}\n", names.join(", ")));
    Ok(if report.sound {
        Ended::Well
    } else {
        Ended::Gaps
    })
}

/// Everything, or the mutants that a filter names, on servers of this process.
fn in_process(
    arguments: &MutantsArguments,
    suite: &Arc<Suite>,
    runtime: &Runtime,
) -> Result<Tried, CliError> {
    if let Some(flag) = arguments.server_flag() {
        return Err(CliError::Usage(format!(
            "{flag} says something of a server: name it with --base-url URL or --target FILE"
        )));
    }
    let campaign = match &arguments.filter {
        Some(filter) => Campaign::of(suite, filter)?,
        None => Campaign::whole(suite)?,
    };
    if let (Some(filter), true) = (&arguments.filter, campaign.is_empty()) {
        return Err(CliError::Usage(no_mutant(filter, &all(suite)?)));
    }
    report::prepare(&arguments.report_dir, &MUTATION_FILES)?;
    let bar = progress_bar(campaign.len());
    let findings = runtime.block_on(campaign.run(|| bar.inc(1)));
    bar.finish_and_clear();
    let scope = CampaignScope {
        partial: arguments.filter.is_some(),
        ..CampaignScope::default()
    };
    Ok(Ok((findings?, scope)))
}

fn no_mutant(filter: &str, mutants: &[Mutant]) -> String {
    let ids = mutants
        .iter()
        .flat_map(|mutant| [mutant.id.as_str(), mutant.clause.as_str()]);
    let near = did_you_mean_or(filter, ids, "`conform explain` lists the clauses");
    format!("no mutant has `{filter}` in its id or its clause: {near}")
}

/// The answers of the user's server, recorded once and made wrong without it.
fn on_server(
    arguments: &MutantsArguments,
    suite: &Arc<Suite>,
    server: &ServerRequest,
    runtime: &Runtime,
) -> Result<Tried, CliError> {
    if let Some(filter) = &arguments.filter {
        return Err(CliError::Usage(format!(
            "`{filter}` selects mutants of the embedded reference; leave it out, or leave out the base URL \
             (--base-url, CONFORM_BASE_URL, --target)"
        )));
    }
    let session = Arc::new(session(arguments, suite, server)?);
    announce::consequences(&session, &session.plan.scenarios);
    announce::expected_time(&session, &session.plan.scenarios);
    // Whatever becomes of the server: the reports of an earlier run must not pass for those of this one.
    report::prepare(&arguments.report_dir, &MUTATION_FILES)?;
    let told = signals::watch(runtime, session.longest_time());
    let ready = ready(&session, server.wait_ready);
    let run = match runtime.block_on(signals::unless_told(told.clone(), ready)) {
        Ok(ready) => {
            ready.map_err(CliError::NotTestable)?;
            run(&session, runtime, told.clone())
        }
        Err(interruption) => Err(interruption),
    };
    Cleanup {
        runtime,
        session: &session,
        log_out: server.log_out,
        command: server.described.cleanup.as_deref(),
        accounts_reported: false,
        interrupted: run.is_err(),
    }
    .run();
    let results = match run {
        Ok(results) => results,
        Err(interruption) => return Ok(Err(interruption)),
    };
    let mut findings = Findings::default();
    if let Some(recording) = Recording::of(&session) {
        let examined = signals::unless_told(told, examine(suite, &recording));
        match runtime.block_on(examined) {
            Ok(answers) => findings.answers = answers,
            Err(interruption) => return Ok(Err(interruption)),
        }
    }
    let scope = CampaignScope {
        partial: !session.plan.covers_documentation(),
        target: Some(TargetIdentity::of(&session, false)),
        not_passed: not_passed(results),
    };
    Ok(Ok((findings, scope)))
}

/// A session that keeps the answers of the user's server.
fn session(
    arguments: &MutantsArguments,
    suite: &Arc<Suite>,
    server: &ServerRequest,
) -> Result<Session, CliError> {
    let described = &server.described;
    let plan = claimed(&arguments.profile, suite, described);
    let settings = SessionSettings {
        email_domain: domain(described),
        totp_source: totp_source(described)?,
        plain_accounts: None,
        concurrency: DEFAULT_CONCURRENCY,
        fail_fast: false,
    };
    Ok(server.session(plan, settings)?.recording())
}

fn run(
    session: &Arc<Session>,
    runtime: &Runtime,
    told: watch::Receiver<Option<Interruption>>,
) -> Result<Vec<ScenarioResult>, Interruption> {
    let bar = progress_bar(session.plan.scenarios.len());
    let beside = bar.clone();
    let say = move |wait: &Wait| beside.suspend(|| terminal::err(&wait.to_string()));
    let teller = waits::tell(runtime, session, say);
    let results = RefCell::new(Vec::new());
    let done = |_, result| {
        bar.inc(1);
        results.borrow_mut().push(result);
    };
    let run = Run::new(session);
    let scenarios = run.scenarios(&session.plan.scenarios, done);
    let ended = runtime.block_on(signals::unless_told(told, scenarios));
    teller.abort();
    bar.finish_and_clear();
    ended.map(|()| results.into_inner())
}

fn not_passed(results: Vec<ScenarioResult>) -> Vec<String> {
    let others = results
        .into_iter()
        .filter(|one| one.outcome != Outcome::Passed);
    let mut ids: Vec<String> = others.map(|one| one.id).collect();
    ids.sort();
    ids
}

/// A bar on standard error; it hides where that is no terminal.
fn progress_bar(all: usize) -> ProgressBar {
    let all = u64::try_from(all).ok();
    let bar = ProgressBar::with_draw_target(all, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed}");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
