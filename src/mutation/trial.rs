//! One server, started in this process, and what the whole suite says of it.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;

use super::connections::{Connections, Front};
use crate::embedded;
use crate::engine::{Plan, Run, ScenarioResult, Selection, Session, SessionSettings};
use crate::harness::{DEFAULT_CONCURRENCY, DEFAULT_EMAIL_DOMAIN};
use crate::reference::{self, Hashing, ReferenceError, Running, Settings};
use crate::suite::Suite;
use crate::target::{AddressError, BaseUrl, Target, TargetError};
use crate::verdict::{ClauseVerdict, Conclusion, Verdict, Verdicts};

/// What stands between the reference and its callers.
pub type Wrap = Box<dyn FnOnce(Router) -> Router + Send>;

/// A server to try the suite on.
pub struct Server {
    /// What the reference is made of.
    pub settings: Settings,
    /// What stands between the reference and its callers.
    pub wrap: Wrap,
    /// How connections are treated, where not as the reference does.
    pub connections: Option<Connections>,
    /// How many scenarios run at once. One at a time, no scenario meets what another has done to a
    /// server that confuses accounts.
    pub concurrency: usize,
}

/// A server that answers.
#[derive(Debug)]
pub struct Started {
    running: Arc<Running>,
    front: Option<Front>,
}

impl Default for Server {
    /// The reference as it is, in memory, with cheap hashing.
    fn default() -> Self {
        Self {
            settings: Settings {
                hashing: Hashing::Cheap,
                ..Settings::default()
            },
            wrap: Box::new(|router| router),
            connections: None,
            concurrency: DEFAULT_CONCURRENCY,
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("settings", &self.settings)
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Starts it on a free port of this machine.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn start(self) -> Result<Started, TrialError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut wrapped = None;
        let wrap = |router| {
            let router = (self.wrap)(router);
            wrapped = Some(router.clone());
            router
        };
        let running = Arc::new(reference::start_with(address, self.settings, wrap).await?);
        let front = match wrapped.zip(self.connections) {
            Some((router, connections)) => Some(Front::start(address, router, connections).await?),
            None => None,
        };
        Ok(Started { running, front })
    }
}

impl Started {
    /// Scheme, host and port.
    #[must_use]
    pub fn base_url(&self) -> &str {
        let behind = self.running.base_url();
        self.front.as_ref().map_or(behind, Front::base_url)
    }

    /// The reference within, which makes accounts with a second factor.
    #[must_use]
    pub fn reference(&self) -> &Arc<Running> {
        &self.running
    }

    /// Takes no more requests.
    pub async fn stop(self) {
        drop(self.front);
        if let Some(running) = Arc::into_inner(self.running) {
            running.stop().await;
        }
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
    let concurrency = server.concurrency;
    let started = server.start().await?;
    let settings = SessionSettings {
        email_domain: DEFAULT_EMAIL_DOMAIN.to_owned(),
        totp_source: embedded::totp_source(started.reference(), DEFAULT_EMAIL_DOMAIN),
        concurrency,
        fail_fast: false,
    };
    let plan = Plan::new(suite, selection);
    let target = Target::new(BaseUrl::parse(started.base_url())?);
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
    started.stop().await;
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

    /// The clauses that do not hold although they should: all but what `excused` says of a server.
    pub fn unexpected<'a>(
        &'a self,
        excused: impl Fn(&ClauseVerdict) -> bool + 'a,
    ) -> impl Iterator<Item = &'a ClauseVerdict> {
        let clauses = self.verdicts.clauses.iter();
        clauses.filter(move |clause| clause.verdict != Verdict::Holds && !excused(clause))
    }

    fn with(&self, verdict: Verdict) -> impl Iterator<Item = &str> {
        let clauses = self.verdicts.clauses.iter();
        clauses
            .filter(move |clause| clause.verdict == verdict)
            .map(|clause| clause.id.as_str())
    }
}
