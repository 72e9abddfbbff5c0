//! Waiting for a slow server: a run should take little longer than its longest scenario.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::{self, Next};
use conform::embedded;
use conform::harness::{DEFAULT_CONCURRENCY, DEFAULT_EMAIL_DOMAIN};
use conform::http::{BaseUrl, Target};
use conform::reference::{self, Hashing, Settings};
use conform::run::{Outcome, Plan, Run, Selection, Session, SessionSettings};
use conform::suite::Suite;
use tokio::runtime::Runtime;

use crate::{Effort, Figure, Tried, median};

const ROUNDS: usize = 3;
const DELAY: Duration = Duration::from_millis(50);

/// What one run took, in seconds.
struct Walls {
    run: f64,
    /// The longest of the scenarios that run beside each other.
    together: f64,
    /// Those that run alone, one after another, when the others have ended.
    alone: f64,
    /// All of them, one after another.
    sum: f64,
    longest: String,
    outcomes: BTreeMap<Outcome, usize>,
}

impl Walls {
    /// What no schedule could undercut that keeps the rule of running alone.
    fn path(&self) -> f64 {
        self.together + self.alone
    }
}

pub(crate) fn run(effort: &Effort) -> Tried<Vec<Figure>> {
    let suite = Arc::new(Suite::built_in()?);
    let runtime = Runtime::new()?;
    let rounds: Vec<Walls> = (0..effort.rounds(ROUNDS))
        .map(|_| runtime.block_on(slow_run(&suite)))
        .collect::<Tried<_>>()?;
    let ratio = |of: fn(&Walls) -> f64| Some(median(rounds.iter().map(of)));
    let notes = rounds.iter().map(|walls| {
        let outcomes: Vec<String> = walls
            .outcomes
            .iter()
            .map(|(outcome, count)| format!("{count} {outcome}"))
            .collect();
        format!(
            "wall {:.2} s; longest {} {:.2} s, then alone {:.2} s; all in a row {:.1} s; {}",
            walls.run,
            walls.longest,
            walls.together,
            walls.alone,
            walls.sum,
            outcomes.join(", ")
        )
    });
    let figure = |name: &str, measured, notes| Figure {
        name: format!("{DELAY:?} an answer: {name}"),
        measured,
        target: 1.2,
        unit: "×",
        notes,
    };
    Ok(vec![
        figure(
            "wall against longest scenario + those alone",
            ratio(|walls| walls.run / walls.path()),
            notes.collect(),
        ),
        figure(
            "wall against the longest scenario of all",
            ratio(|walls| walls.run / walls.together.max(walls.alone)),
            vec!["cannot reach 1 while a scenario runs alone after the others".to_owned()],
        ),
    ])
}

async fn slow_run(suite: &Arc<Suite>) -> Tried<Walls> {
    let settings = Settings {
        hashing: Hashing::Cheap,
        ..Settings::default()
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let running = reference::start_with(address, settings, |router| {
        router.layer(middleware::from_fn(async |request: Request, next: Next| {
            tokio::time::sleep(DELAY).await;
            next.run(request).await
        }))
    });
    let running = Arc::new(running.await?);
    let target = Target::new(BaseUrl::parse(running.base_url())?);
    let plan = Plan::new(suite, &Selection::default());
    let indices = plan.scenarios.clone();
    let settings = SessionSettings {
        email_domain: DEFAULT_EMAIL_DOMAIN.to_owned(),
        totp_source: embedded::totp_source(&running, DEFAULT_EMAIL_DOMAIN),
        plain_accounts: None,
        concurrency: DEFAULT_CONCURRENCY,
        fail_fast: false,
    };
    let session = Arc::new(Session::new(target, plan, settings)?);
    let results = Mutex::new(Vec::new());
    let start = Instant::now();
    let keep = |index, result| {
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.push((index, result));
    };
    Run::new(&session).scenarios(&indices, keep).await;
    let run = start.elapsed().as_secs_f64();

    let mut walls = Walls {
        run,
        together: 0.0,
        alone: 0.0,
        sum: 0.0,
        longest: String::new(),
        outcomes: BTreeMap::new(),
    };
    for (index, result) in results.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let seconds = result.milliseconds / 1e3;
        walls.sum += seconds;
        *walls.outcomes.entry(result.outcome).or_default() += 1;
        if result.outcome == Outcome::Error {
            let reason = result.reason.unwrap_or_default();
            return Err(format!("{}: {reason}", result.id).into());
        }
        if suite.scenarios[index].exclusive {
            walls.alone += seconds;
        } else if seconds > walls.together {
            (walls.together, walls.longest) = (seconds, result.id);
        }
    }
    Ok(walls)
}
