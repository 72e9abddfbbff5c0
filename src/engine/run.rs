//! All scenarios of a plan: concurrently, then those that run alone.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use super::ledger::Ledger;
use super::outcome::{Outcome, ScenarioResult};
use super::plan::Plan;
use super::transport::Transport;
use crate::accounts::{Account, Identities, Pool, ProvisionError, RecoveryCodes, TotpSource};
use crate::target::{
    Client, ExchangeStore, Narrowest, Secrets, ServerClock, Target, TargetError, Throttle, Waits,
};

/// What a run needs to know besides target and plan.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// The domain of the e-mails that are made up.
    pub email_domain: String,
    /// Where accounts with a second factor come from.
    pub totp_source: TotpSource,
    /// How many scenarios run at once.
    pub concurrency: usize,
    /// Whether the first scenario that does not pass ends the run.
    pub fail_fast: bool,
}

/// Everything that the scenarios of one run share.
#[derive(Debug)]
pub struct Session {
    /// The server under test.
    pub target: Target,
    /// What is run.
    pub plan: Plan,
    /// All secrets so far.
    pub secrets: Arc<Secrets>,
    /// Pauses that the server asks for, and those that keep it from having to.
    pub throttle: Throttle,
    /// What the run waits for, told as each wait begins.
    pub waits: Waits,
    /// The server's clock.
    pub clock: ServerClock,
    /// What the run leaves behind on the server.
    pub ledger: Ledger,
    /// Whether the server's time was looked for where no answer tells it.
    pub(super) clock_probe: OnceCell<()>,
    /// The exchanges of scenarios that have ended.
    pub(super) store: ExchangeStore,
    pub(super) client: Client,
    pub(super) transport: Transport,
    pub(super) identities: Identities,
    settings: SessionSettings,
    totp_accounts: Pool,
    stopped: AtomicBool,
}

impl Session {
    /// A session; nothing is sent yet.
    ///
    /// # Errors
    /// The target is the production service and must not be, or cannot be called.
    pub fn new(target: Target, plan: Plan, settings: SessionSettings) -> Result<Self, TargetError> {
        if target.is_production(&plan.suite.contract) && !target.allow_production {
            return Err(TargetError::Production(target.base_url.to_string()));
        }
        let secrets = Secrets::default();
        let client = Client::new(&target, &secrets)?;
        let throttled = plan.suite.throttled_calls(&plan.scenarios);
        let planned: usize = throttled.values().sum();
        let declared = target.rate_limits.narrowest(&throttled);
        let waits = Waits::default();
        let throttle = Throttle::new(target.max_wait, planned)
            .among(plan.suite.calls(&plan.scenarios).count())
            .expecting(declared.as_ref().map(Narrowest::time))
            .keeping_to(target.rate_limits.clone(), throttled_operations(&plan))
            .telling(waits.clone());
        Ok(Self {
            store: ExchangeStore::default(),
            throttle,
            waits,
            clock: ServerClock::given(target.clock_offset),
            clock_probe: OnceCell::new(),
            ledger: Ledger::default(),
            transport: Transport::Network,
            identities: Identities::new(&settings.email_domain),
            totp_accounts: Pool::new(settings.totp_source.clone()),
            stopped: AtomicBool::new(false),
            secrets: Arc::new(secrets),
            client,
            target,
            plan,
            settings,
        })
    }

    /// The same session, but passwords, tokens and codes of its accounts stand in clear in everything that it keeps.
    ///
    /// # Errors
    /// The target is on another machine.
    pub fn showing_secrets(self) -> Result<Self, TargetError> {
        if !self.target.base_url.is_loopback() {
            return Err(TargetError::NotHere(self.target.base_url.to_string()));
        }
        self.secrets.show_those_of_accounts();
        Ok(self)
    }

    /// A session of the same target that sends nothing.
    pub(super) fn offline(&self, plan: &Plan, transport: Transport) -> Self {
        Self {
            store: ExchangeStore::default(),
            throttle: Throttle::new(None, 0),
            waits: Waits::default(),
            clock: ServerClock::default(),
            clock_probe: OnceCell::new(),
            ledger: Ledger::default(),
            transport,
            identities: Identities::new(&self.settings.email_domain),
            totp_accounts: Pool::new(TotpSource::None),
            stopped: AtomicBool::new(false),
            secrets: Arc::clone(&self.secrets),
            client: self.client.clone(),
            target: self.target.clone(),
            plan: plan.clone(),
            settings: self.settings.clone(),
        }
    }

    /// No further scenario starts.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// An account with a second factor for a scenario that has those with these e-mails.
    pub(super) async fn totp_account(
        &self,
        held: &[&str],
    ) -> Result<Option<Account>, ProvisionError> {
        self.totp_accounts
            .lend(held, &self.secrets, &self.clock)
            .await
    }

    /// How many recovery codes of which accounts the run has spent.
    #[must_use]
    pub fn recovery_codes(&self) -> Vec<RecoveryCodes> {
        self.totp_accounts.recovery_codes()
    }
}

/// The operations that servers commonly limit together.
fn throttled_operations(plan: &Plan) -> BTreeSet<String> {
    let operations = plan.suite.contract.operations.iter();
    let throttled = operations.filter(|(_, operation)| operation.throttled);
    throttled.map(|(name, _)| name.clone()).collect()
}

/// Scenarios on their way.
#[derive(Debug)]
pub struct Run {
    session: Arc<Session>,
}

impl Run {
    /// A run of a session.
    #[must_use]
    pub fn new(session: &Arc<Session>) -> Self {
        Self {
            session: Arc::clone(session),
        }
    }

    /// Runs the scenarios at these positions of the suite, handing over each result as it comes.
    ///
    /// Scenarios that run alone come last, one by one. A stopped session hands over nothing for what has
    /// not begun.
    pub async fn scenarios(&self, indices: &[usize], done: impl Fn(usize, ScenarioResult)) {
        let suite = &self.session.plan.suite;
        let (alone, together): (Vec<usize>, Vec<usize>) = indices
            .iter()
            .partition(|index| suite.scenarios[**index].last);
        let mut waiting = together.into_iter();
        let mut tasks = JoinSet::new();
        let mut under_way = HashMap::new();
        loop {
            // One after another in the order of the plan, as soon as there is room.
            while tasks.len() < self.session.settings.concurrency.max(1)
                && !self.session.is_stopped()
                && let Some(index) = waiting.next()
            {
                let session = Arc::clone(&self.session);
                let scenario =
                    async move { session.run_scenario(session.plan.scenario(index)).await };
                under_way.insert(tasks.spawn(scenario).id(), index);
            }
            let Some(joined) = tasks.join_next_with_id().await else {
                break;
            };
            let (task, result) = match joined {
                Ok((task, result)) => (task, Some(result)),
                Err(error) => (error.id(), None),
            };
            if let Some(index) = under_way.remove(&task) {
                let crashed = || ScenarioResult::crashed(self.session.plan.scenario(index));
                let result = result.unwrap_or_else(crashed);
                self.heed(&result);
                done(index, result);
            }
        }
        for index in alone {
            if self.session.is_stopped() {
                break;
            }
            let scenario = self.session.plan.scenario(index);
            let result = self.session.run_scenario(scenario).await;
            self.heed(&result);
            done(index, result);
        }
    }

    fn heed(&self, result: &ScenarioResult) {
        let bad = matches!(result.outcome, Outcome::Failed | Outcome::Error);
        if self.session.settings.fail_fast && bad {
            self.session.stop();
        }
    }
}
