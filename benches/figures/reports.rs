//! What the reports of a run cost: of the whole suite, and of a run far longer than it.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use conform::embedded;
use conform::harness::{DEFAULT_CONCURRENCY, DEFAULT_EMAIL_DOMAIN};
use conform::http::{BaseUrl, Target};
use conform::report::{RUN_FILES, Report, RunFacts, write_reports};
use conform::run::{Plan, Run, Selection, Session, SessionSettings};
use conform::suite::Suite;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::{Effort, Figure, Folder, Tried, median, milliseconds};

const FULL_RUNS: usize = 15;
const LONG_RUNS: usize = 5;
/// Scenarios of the long run: those of the suite, again and again.
const LONG: usize = 2_000;

pub(crate) fn write(effort: &Effort) -> Tried<Vec<Figure>> {
    let folder = Folder::new("reports")?;
    let full = full_run()?;
    let full_took = times(&full, folder.path(), effort.rounds(FULL_RUNS))?;
    let full_sizes = sizes(folder.path())?;
    let scenarios = full.scenarios.len();
    let long = lengthened(full);
    let steps: usize = long.scenarios.iter().map(|result| result.steps.len()).sum();
    let long_took = times(&long, folder.path(), effort.rounds(LONG_RUNS))?;
    let long_sizes = sizes(folder.path())?;
    Ok(vec![
        Figure {
            name: format!(
                "all reports of a full run of {scenarios} scenarios, median of {}",
                full_took.len()
            ),
            measured: Some(median(full_took)),
            target: 50.0,
            unit: "ms",
            notes: vec![format!("{full_sizes}; synced to disk")],
        },
        Figure {
            name: format!(
                "all reports of {LONG} scenarios, median of {}",
                long_took.len()
            ),
            measured: Some(median(long_took) / 1e3),
            target: 1.0,
            unit: "s",
            notes: vec![format!(
                "{steps} steps, those of the suite again and again; {long_sizes}"
            )],
        },
    ])
}

/// The report of the whole suite on the embedded reference.
fn full_run() -> Tried<Report> {
    let runtime = Runtime::new()?;
    let suite = Arc::new(Suite::built_in()?);
    let plan = Plan::new(&suite, &Selection::default());
    let (started, start) = (Timestamp::now(), Instant::now());
    let (session, results) = runtime.block_on(async {
        let running = embedded::start().await?;
        let settings = SessionSettings {
            email_domain: DEFAULT_EMAIL_DOMAIN.to_owned(),
            totp_source: embedded::totp_source(&running, DEFAULT_EMAIL_DOMAIN),
            plain_accounts: None,
            concurrency: DEFAULT_CONCURRENCY,
            fail_fast: false,
        };
        let target = Target::new(BaseUrl::parse(running.base_url())?);
        let session = Arc::new(Session::new(target, plan, settings)?);
        let results = Mutex::new(Vec::new());
        let keep = |_, result| {
            results
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(result);
        };
        Run::new(&session)
            .scenarios(&session.plan.scenarios, keep)
            .await;
        let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        Tried::Ok((session, results))
    })?;
    let facts = RunFacts {
        started,
        elapsed: start.elapsed(),
        embedded: true,
        partial: false,
        not_testable: None,
    };
    Ok(Report::new(
        &session,
        &session.plan.scenarios,
        results,
        facts,
    ))
}

/// The same run as if the suite were far longer.
fn lengthened(mut report: Report) -> Report {
    let suite = std::mem::take(&mut report.scenarios);
    let copies = suite.iter().cycle().take(LONG).enumerate();
    report.scenarios = copies
        .map(|(number, result)| {
            let mut copy = result.clone();
            copy.id = format!("{}-{number}", result.id);
            copy
        })
        .collect();
    report
}

fn times(report: &Report, dir: &Path, rounds: usize) -> Tried<Vec<f64>> {
    let mut times = Vec::new();
    // The first round pays for what is made once.
    for round in 0..=rounds {
        let start = Instant::now();
        write_reports(report, dir)?;
        if round > 0 {
            times.push(milliseconds(start.elapsed()));
        }
    }
    Ok(times)
}

fn sizes(dir: &Path) -> Tried<String> {
    let mut sizes = Vec::new();
    for name in RUN_FILES {
        let kibibytes = fs::metadata(dir.join(name))?.len() / 1024;
        sizes.push(format!("{name} {kibibytes} KiB"));
    }
    Ok(sizes.join(", "))
}
