//! One server, started in this process, and what the whole suite says of it.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;

use crate::embedded;
use crate::engine::{Plan, Run, ScenarioResult, Selection, Session, SessionSettings};
use crate::harness::{DEFAULT_CONCURRENCY, DEFAULT_EMAIL_DOMAIN};
use crate::reference::{self, Hashing, ReferenceError, Settings};
use crate::suite::Suite;
use crate::target::{AddressError, BaseUrl, Target, TargetError};
use crate::verdict::{Conclusion, Verdict, Verdicts};

/// A server to try the suite on.
pub struct Server {
    /// What the reference is made of.
    pub settings: Settings,
    /// What stands between the reference and its callers.
    pub wrap: fn(Router) -> Router,
    /// How many scenarios run at once. One at a time, no scenario meets what another has done to a
    /// server that confuses accounts.
    pub concurrency: usize,
}

impl Default for Server {
    /// The reference as it is, in memory, with cheap hashing.
    fn default() -> Self {
        Self {
            settings: Settings {
                hashing: Hashing::Cheap,
                ..Settings::default()
            },
            wrap: |router| router,
            concurrency: DEFAULT_CONCURRENCY,
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// What the suite says of a server.
#[derive(Debug)]
pub struct Tried {
    /// The verdicts.
    pub verdicts: Verdicts,
    /// What the run comes to.
    pub conclusion: Conclusion,
    /// The scenarios, in the order of the plan.
    pub results: Vec<ScenarioResult>,
}

/// Why a server cannot be tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// It cannot be started.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// Its address is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// It cannot be called.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Its trial was given up, because the runtime is going down or because it panicked.
    #[error("the trial was interrupted; do it again while the runtime is alive")]
    Interrupted,
}

/// Starts `server`, runs what `selection` takes of `suite` against it, and stops it.
///
/// # Errors
/// It cannot be started or called; what is wrong with its answers is no error.
pub async fn try_server(
    suite: &Arc<Suite>,
    selection: &Selection,
    server: Server,
) -> Result<Tried, TrialError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let running = Arc::new(reference::start_with(address, server.settings, server.wrap).await?);
    let settings = SessionSettings {
        email_domain: DEFAULT_EMAIL_DOMAIN.to_owned(),
        totp_source: embedded::totp_source(&running, DEFAULT_EMAIL_DOMAIN),
        concurrency: server.concurrency,
        fail_fast: false,
    };
    let plan = Plan::new(suite, selection);
    let target = Target::new(BaseUrl::parse(running.base_url())?);
    let session = Arc::new(Session::new(target, plan, settings)?);
    let results = Mutex::new(Vec::new());
    let keep = |index: usize, result: ScenarioResult| {
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.push((index, result));
    };
    let plan = &session.plan;
    Run::new(&session).scenarios(&plan.scenarios, keep).await;
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    let results: Vec<ScenarioResult> = results.into_iter().map(|(_, result)| result).collect();
    if let Some(running) = Arc::into_inner(running) {
        running.stop().await;
    }
    let verdicts = Verdicts::of(plan, &plan.scenarios, &results);
    Ok(Tried {
        conclusion: verdicts.conclusion(&results),
        verdicts,
        results,
    })
}

impl Tried {
    /// The clauses that are violated, in the contract's order.
    pub fn blamed(&self) -> impl Iterator<Item = &str> {
        self.with(Verdict::Violated)
    }

    /// The clauses that are unproven, in the contract's order.
    pub fn unproven(&self) -> impl Iterator<Item = &str> {
        self.with(Verdict::Unproven)
    }

    fn with(&self, verdict: Verdict) -> impl Iterator<Item = &str> {
        let clauses = self.verdicts.clauses.iter();
        clauses
            .filter(move |clause| clause.verdict == verdict)
            .map(|clause| clause.id.as_str())
    }
}
