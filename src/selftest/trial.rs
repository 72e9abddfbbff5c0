//! One server, started in this process, and what the whole suite says of it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;

use super::connections::{Connections, Front};
use super::wire::Wire;
use crate::embedded;
use crate::harness::{DEFAULT_CONCURRENCY, DEFAULT_EMAIL_DOMAIN};
use crate::http::{AddressError, BaseUrl, Target, TargetError};
use crate::reference::{self, Hashing, ReferenceError, Running, Settings};
use crate::run::{
    Plan, Recording, Run, ScenarioResult, Selection, Session, SessionSettings,
    withdraw_consequences,
};
use crate::suite::{Scenario, Suite};
use crate::verdict::{ClauseVerdict, Conclusion, Verdict, Verdicts};

/// The longest time that throttling may cost a trial: less than the minute that a mutant may ask for, which nobody need
/// wait for.
const MAX_WAIT: Duration = Duration::from_secs(50);
/// The same for variants: more than their short windows add up to.
pub(super) const MAX_WAIT_OF_VARIANTS: Duration = Duration::from_mins(2);

/// The longest time for one call: the servers are our own and answer, however busy the machine is with all of them.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A server to try the suite on.
#[derive(Debug)]
pub struct Server {
    /// What the reference is made of.
    pub settings: Settings,
    /// What changes requests and answers on their way.
    pub wire: Option<Wire>,
    /// How connections are treated, where not as the reference does.
    pub connections: Option<Connections>,
    /// The longest time that throttling may cost a trial.
    pub max_wait: Duration,
}

/// A server that answers.
#[derive(Debug)]
pub struct RunningServer {
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
            wire: None,
            connections: None,
            max_wait: MAX_WAIT,
        }
    }
}

impl Server {
    /// What changes requests and answers on their way, to be changed.
    pub fn wire(&mut self) -> &mut Wire {
        self.wire.get_or_insert_default()
    }

    /// The connections, to be changed.
    pub(super) fn connections(&mut self) -> &mut Connections {
        self.connections.get_or_insert_default()
    }

    /// Starts it on a free port of this machine.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn start(self) -> Result<RunningServer, TrialError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut wrapped = None;
        let wrap = |router| {
            let router = match self.wire {
                Some(wire) => wire.around(router),
                None => router,
            };
            wrapped = Some(router.clone());
            router
        };
        let running = Arc::new(reference::start_with(address, self.settings, wrap).await?);
        let front = match wrapped.zip(self.connections) {
            Some((router, connections)) => Some(Front::start(address, router, connections).await?),
            None => None,
        };
        Ok(RunningServer { running, front })
    }
}

impl RunningServer {
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
pub struct TrialOutcome {
    /// The verdicts.
    pub verdicts: Verdicts,
    /// What the run comes to.
    pub conclusion: Conclusion,
    /// The scenarios as they ran, in the order of their ids.
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

/// Starts `server`, runs a plan against it, and stops it.
///
/// # Errors
/// It cannot be started or called; what is wrong with its answers is no error.
pub async fn try_server(plan: &Plan, server: Server) -> Result<TrialOutcome, TrialError> {
    let (_, results) = run(plan, &plan.scenarios, server, |session| session).await?;
    Ok(TrialOutcome::of(plan, results))
}

/// Runs again the scenarios that are `doubted`, each on a server of its own, so that none meets what another has done
/// to a server that confuses accounts. What the others came to stays.
///
/// # Errors
/// One of the servers cannot be started or called.
pub(super) async fn try_again(
    plan: &Plan,
    tried: TrialOutcome,
    doubted: impl Fn(&Scenario, &ScenarioResult) -> bool,
    server: impl Fn() -> Server,
) -> Result<TrialOutcome, TrialError> {
    let results = tried.results.into_iter();
    let mut results: BTreeMap<String, ScenarioResult> =
        results.map(|result| (result.id.clone(), result)).collect();
    let of = |index: &usize| results.get(&plan.scenario(*index).id);
    let doubted = |index: &&usize| of(index).is_none_or(|one| doubted(plan.scenario(**index), one));
    let again: Vec<usize> = plan.scenarios.iter().filter(doubted).copied().collect();
    let runs = again.chunks(1);
    let runs = runs.map(|scenario| run(plan, scenario, server(), |session| session));
    for (_, alone) in try_join_all(runs).await? {
        results.extend(alone.into_iter().map(|result| (result.id.clone(), result)));
    }
    Ok(TrialOutcome::of(plan, results.into_values().collect()))
}

/// Runs what `selection` takes of `suite` against the reference as it is, and keeps its answers.
///
/// # Errors
/// It cannot be started or called.
pub async fn record_reference(
    suite: &Arc<Suite>,
    selection: &Selection,
) -> Result<Recording, TrialError> {
    let plan = Plan::new(suite, selection);
    let (session, _) = run(
        &plan,
        &plan.scenarios,
        Server::default(),
        Session::recording,
    )
    .await?;
    Recording::of(&session).ok_or(TrialError::Interrupted)
}

/// Runs the scenarios at these positions of the suite, whose order is that of their ids.
async fn run(
    plan: &Plan,
    scenarios: &[usize],
    server: Server,
    prepare: fn(Session) -> Session,
) -> Result<(Arc<Session>, Vec<ScenarioResult>), TrialError> {
    let max_wait = server.max_wait;
    let started = server.start().await?;
    let settings = SessionSettings {
        email_domain: DEFAULT_EMAIL_DOMAIN.to_owned(),
        totp_source: embedded::totp_source(started.reference(), DEFAULT_EMAIL_DOMAIN),
        plain_accounts: None,
        concurrency: DEFAULT_CONCURRENCY,
        fail_fast: false,
    };
    let mut target = Target::new(BaseUrl::parse(started.base_url())?);
    target.max_wait = Some(max_wait);
    target.timeout = TIMEOUT;
    target.distrusts_loopback = true;
    let session = Arc::new(prepare(Session::new(target, plan.clone(), settings)?));
    let results = Mutex::new(BTreeMap::new());
    let keep = |index: usize, result: ScenarioResult| {
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.insert(index, result);
    };
    Run::new(&session).scenarios(scenarios, keep).await;
    started.stop().await;
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((session, results.into_values().collect()))
}

impl TrialOutcome {
    fn of(plan: &Plan, results: Vec<ScenarioResult>) -> Self {
        // As they ran, too: what is run again may take a cause away.
        let mut settled = results.clone();
        withdraw_consequences(plan, &mut settled);
        let verdicts = Verdicts::of(plan, &plan.scenarios, &settled);
        Self {
            conclusion: verdicts.conclusion(&settled),
            verdicts,
            results,
        }
    }

    /// The clauses that fail, in the contract's order.
    pub fn failed(&self) -> impl Iterator<Item = &str> {
        self.with(Verdict::Fail)
    }

    /// The clauses that are inconclusive, in the contract's order.
    pub fn inconclusive(&self) -> impl Iterator<Item = &str> {
        self.with(Verdict::Inconclusive)
    }

    /// The clauses that do not hold although they should: all but what `excused` says of a server.
    pub fn unexpected<'a>(
        &'a self,
        excused: impl Fn(&ClauseVerdict) -> bool + 'a,
    ) -> impl Iterator<Item = &'a ClauseVerdict> {
        let clauses = self.verdicts.clauses.iter();
        clauses.filter(move |clause| clause.verdict != Verdict::Pass && !excused(clause))
    }

    fn with(&self, verdict: Verdict) -> impl Iterator<Item = &str> {
        let clauses = self.verdicts.with(verdict);
        clauses.map(|clause| clause.id.as_str())
    }
}
