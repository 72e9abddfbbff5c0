//! The run itself: target, trials, summary, reports.

use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use libtest_mimic::{Arguments, ColorSetting, FormatSetting};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::arguments::{Color, Environment, Format, RunArguments};
use super::{CliError, Ended, Signal, signals};
use crate::accounts::{TotpSource, read_account_file};
use crate::contract::Contract;
use crate::embedded;
use crate::engine::{Plan, Selection, Session, SessionSettings, preflight};
use crate::harness::{self, Undecided};
use crate::reference::Running;
use crate::report::{Report, RunFacts, summary, write_reports};
use crate::suite::Suite;
use crate::target::{BaseUrl, Target};

pub(super) fn run(arguments: &RunArguments, environment: &Environment) -> Result<Ended, CliError> {
    let suite = Arc::new(match &arguments.suite {
        Some(dir) => Suite::from_dir(dir)?,
        None => Suite::built_in()?,
    });
    let selection = Selection {
        profiles: arguments.profile.iter().copied().collect(),
        slice: arguments.partition,
    };
    let plan = Plan::new(&suite, &selection);
    let trial_arguments = trial_arguments(arguments);
    let selected = harness::selected(&plan, &trial_arguments);
    if selected.is_empty() {
        return Err(CliError::Usage(nothing_selected(arguments)));
    }
    if arguments.list {
        quietly(|| libtest_mimic::run(&trial_arguments, harness::listed(&plan)));
        return Ok(Ended::Well);
    }
    let base_url = base_url(arguments, environment)?;
    let runtime = Runtime::new()?;
    let reference = match &base_url {
        Some(_) => None,
        None => Some(runtime.block_on(embedded::start())?),
    };
    let target = target(arguments, base_url, reference.as_deref(), &suite.contract)?;
    announce(&target, reference.is_some());
    refuse_production(arguments, &target, &suite.contract)?;
    let settings = SessionSettings {
        email_domain: email_domain(&arguments.email_domain)?,
        totp_source: totp_source(arguments, reference.as_ref())?,
        concurrency: arguments.test_threads,
        fail_fast: arguments.fail_fast,
    };
    let partial = selected.len() < suite.scenarios.len();
    let session = Arc::new(Session::new(target, plan, settings)?);
    let embedded = reference.is_some();
    let executed = execute(
        &runtime,
        &session,
        &selected,
        &trial_arguments,
        (embedded, partial),
    )?;
    if let Some(reference) = reference.and_then(|reference| Arc::try_unwrap(reference).ok()) {
        runtime.block_on(reference.stop());
    }
    conclude(arguments, &session, &executed.0, executed.1)
}

/// Runs the scenarios and shows them; the report, and the signal that cut the run short.
fn execute(
    runtime: &Runtime,
    session: &Arc<Session>,
    selected: &[usize],
    trial_arguments: &Arguments,
    (embedded, partial): (bool, bool),
) -> Result<(Report, Option<Signal>), CliError> {
    let (started, start) = (Timestamp::now(), Instant::now());
    let interrupted = runtime.block_on(async {
        tokio::select! {
            ready = preflight(session) => ready.map(|()| None),
            signal = signals::received() => Ok(Some(signal)),
        }
    })?;
    let mut facts = RunFacts {
        started,
        elapsed: start.elapsed(),
        embedded,
        partial,
        complete: interrupted.is_none(),
    };
    if interrupted.is_some() {
        return Ok((
            Report::new(session, selected, Vec::new(), facts),
            interrupted,
        ));
    }
    let running = harness::start(runtime, session, selected, Undecided::Ignored);
    let (tell, mut told) = oneshot::channel();
    let stop = running.task.abort_handle();
    let watcher = runtime.spawn(async move {
        let signal = signals::received().await;
        // Told first: by the time the trials have ended, it must be known why.
        let _ = tell.send(signal);
        // What is running is cut short: the trials that wait for it end at once.
        stop.abort();
    });
    let mut pauses = session.throttle.pauses();
    let told_pauses = runtime.spawn(async move {
        while pauses.changed().await.is_ok() {
            let seconds = pauses.borrow().as_secs_f64().ceil();
            eprintln!("the server throttles: all calls wait for {seconds:.0} s");
        }
    });
    let (results, task) = (running.results(), running.task);
    quietly(|| libtest_mimic::run(trial_arguments, running.trials));
    // The terminal may be gone before the last scenario has ended.
    let _ = runtime.block_on(task);
    watcher.abort();
    told_pauses.abort();
    let signal = told.try_recv().ok();
    facts.elapsed = start.elapsed();
    facts.complete = signal.is_none();
    Ok((
        Report::new(session, selected, results.take(), facts),
        signal,
    ))
}

fn conclude(
    arguments: &RunArguments,
    session: &Session,
    report: &Report,
    signal: Option<Signal>,
) -> Result<Ended, CliError> {
    show(&summary(report), arguments.format);
    let files = write_reports(report, &session.plan, &arguments.report_dir)?;
    let names: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    show(
        &format!("reports: {}\n", names.join(", ")),
        arguments.format,
    );
    Ok(match signal {
        Some(signal) => Ended::Interrupted(signal),
        None => Ended::Concluded(report.conclusion),
    })
}

/// Standard output belongs to the events where they are asked for. Whether anybody reads it decides nothing.
fn show(text: &str, format: Format) {
    let _ = match format {
        Format::Json => std::io::stderr().write_all(text.as_bytes()),
        Format::Pretty | Format::Terse => std::io::stdout().write_all(text.as_bytes()),
    };
}

/// The library behind the terminal panics where nobody reads any more: then there is nobody to tell.
fn quietly<T>(print: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let printed = panic::catch_unwind(AssertUnwindSafe(print)).ok();
    panic::set_hook(hook);
    printed
}

fn trial_arguments(arguments: &RunArguments) -> Arguments {
    let mut trial = Arguments::default();
    trial.filter.clone_from(&arguments.filter);
    trial.exact = arguments.exact;
    trial.skip.clone_from(&arguments.skip);
    trial.list = arguments.list;
    trial.test_threads = Some(arguments.test_threads);
    trial.format = Some(match arguments.format {
        Format::Pretty => FormatSetting::Pretty,
        Format::Terse => FormatSetting::Terse,
        Format::Json => FormatSetting::Json,
    });
    trial.color = Some(match arguments.color {
        Color::Auto => ColorSetting::Auto,
        Color::Always => ColorSetting::Always,
        Color::Never => ColorSetting::Never,
    });
    trial
}

fn nothing_selected(arguments: &RunArguments) -> String {
    let what = match &arguments.filter {
        Some(filter) => format!("no scenario matches `{filter}`"),
        None => "nothing is selected".to_owned(),
    };
    format!(
        "{what}: `conform --list` shows the names of the scenarios, `conform --help` the commands"
    )
}

fn base_url(
    arguments: &RunArguments,
    environment: &Environment,
) -> Result<Option<BaseUrl>, CliError> {
    if let Some(text) = &arguments.base_url {
        return Ok(Some(BaseUrl::parse(text)?));
    }
    let Some(text) = &environment.base_url else {
        return Ok(None);
    };
    // Empty counts as given: an unset variable of a CI must not test the reference in place of the server.
    let text = text.to_string_lossy();
    Ok(Some(BaseUrl::parse(&text)?))
}

fn target(
    arguments: &RunArguments,
    base_url: Option<BaseUrl>,
    reference: Option<&Running>,
    contract: &Contract,
) -> Result<Target, CliError> {
    let base_url = match (base_url, reference) {
        (Some(base_url), _) => base_url,
        (None, reference) => BaseUrl::parse(reference.map_or("", Running::base_url))?,
    };
    let mut target = Target::new(base_url);
    for operation in &arguments.operation {
        target.set_operation(operation, contract)?;
    }
    for header in &arguments.header {
        let (name, value) = header
            .split_once(':')
            .ok_or_else(|| CliError::Usage("--header: write \"Name: value\"".to_owned()))?;
        target
            .headers
            .push((name.trim().to_owned(), value.trim().to_owned()));
    }
    target.timeout = arguments.timeout;
    target.max_wait = arguments.max_wait;
    target.insecure = arguments.insecure;
    target.ca_file.clone_from(&arguments.cacert);
    target.proxy.clone_from(&arguments.proxy);
    Ok(target)
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
    eprintln!("testing {}{embedded}{insecure}", target.base_url);
}

fn refuse_production(
    arguments: &RunArguments,
    target: &Target,
    contract: &Contract,
) -> Result<(), CliError> {
    let production = BaseUrl::parse(&contract.production)?;
    if target.base_url.same_host(&production) && !arguments.allow_production {
        return Err(CliError::Production(target.base_url.to_string()));
    }
    Ok(())
}

fn email_domain(domain: &str) -> Result<String, CliError> {
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if domain.contains('.') && domain.split('.').all(label) {
        Ok(domain.to_owned())
    } else {
        Err(CliError::Usage(format!(
            "--email-domain: `{domain}` is no domain; write one such as example.com"
        )))
    }
}

fn totp_source(
    arguments: &RunArguments,
    reference: Option<&Arc<Running>>,
) -> Result<TotpSource, CliError> {
    let file: Option<&Path> = arguments.totp_account.as_deref();
    Ok(match (&arguments.provision, file, reference) {
        (Some(command), _, _) => TotpSource::Command(command.clone()),
        (None, Some(file), _) => read_account_file(file)?,
        (None, None, Some(reference)) => embedded::totp_source(reference, &arguments.email_domain),
        (None, None, None) => TotpSource::None,
    })
}
