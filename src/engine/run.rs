//! All scenarios of a plan: concurrently, then those that run alone.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use super::ledger::Ledger;
use super::outcome::{Outcome, ScenarioResult};
use super::plan::Plan;
use super::retry::{MOST_ATTEMPTS, RetryReason, ScenarioAttempt};
use super::transport::Transport;
use crate::accounts::{
    Account, Identities, Pool, ProvisionError, ReadyMade, RecoveryCodes, TotpSource,
};
use crate::http::{
    Client, ExchangeStore, Secrets, ServerClock, SlowestLimit, Target, TargetError, Throttle,
    WaitNotifier,
};

/// What a run needs to know besides target and plan.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// The domain of the e-mails that are made up.
    pub email_domain: String,
    /// Where accounts with a second factor come from.
    pub totp_source: TotpSource,
    /// A shell command that makes plain accounts, so that only what is about registering registers.
    pub plain_accounts: Option<String>,
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
    pub waits: WaitNotifier,
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
    pub(super) ready_made: Option<ReadyMade>,
    stopped: AtomicBool,
    /// Whether the server has ended and did not come back.
    pub(super) is_gone: AtomicBool,
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
        // A server may show more of the account than the run uses.
        if let TotpSource::Fixed(account) = &settings.totp_source {
            account.keep_secrets(&secrets);
        }
        let planned: usize = plan.suite.throttled_calls(&plan.scenarios).values().sum();
        let declared = slowest_limit(&target, &plan, &plan.scenarios);
        let waits = WaitNotifier::default();
        let throttle = Throttle::new(target.max_wait, planned)
            .with_total_calls(plan.suite.calls(&plan.scenarios).count())
            .with_declared_time(declared.as_ref().map(SlowestLimit::time))
            .with_limits(target.rate_limits.clone(), throttled_operations(&plan))
            .with_notifier(waits.clone());
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
            ready_made: settings.plain_accounts.as_deref().map(ReadyMade::by),
            stopped: AtomicBool::new(false),
            is_gone: AtomicBool::new(false),
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
            waits: WaitNotifier::default(),
            clock: ServerClock::default(),
            clock_probe: OnceCell::new(),
            ledger: Ledger::default(),
            transport,
            identities: Identities::new(&self.settings.email_domain),
            totp_accounts: Pool::new(TotpSource::None),
            ready_made: None,
            stopped: AtomicBool::new(false),
            is_gone: AtomicBool::new(false),
            secrets: Arc::clone(&self.secrets),
            client: self.client.clone(),
            target: self.target.clone(),
            plan: plan.clone(),
            settings: self.settings.clone(),
        }
    }

    /// The declared limit that decides how long the scenarios at these positions of the suite take.
    #[must_use]
    pub fn slowest_limit(&self, scenarios: &[usize]) -> Option<SlowestLimit> {
        slowest_limit(&self.target, &self.plan, scenarios)
    }

    /// How long the run may take at most.
    #[must_use]
    pub fn longest_time(&self) -> Duration {
        let by_default = || LONGEST_TIME.max(2 * self.throttle.longest_wait());
        self.target.max_time.unwrap_or_else(by_default)
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

    /// How many recovery codes the one fixed account has, where there is one.
    #[must_use]
    pub fn fixed_recovery_codes(&self) -> Option<usize> {
        match &self.settings.totp_source {
            TotpSource::Fixed(account) => Some(account.recovery_codes.len()),
            _ => None,
        }
    }

    /// How many recovery codes of which accounts the run has spent.
    #[must_use]
    pub fn recovery_codes(&self) -> Vec<RecoveryCodes> {
        self.totp_accounts.recovery_codes()
    }
}

/// The declared limit that decides how long a run takes.
fn slowest_limit(target: &Target, plan: &Plan, scenarios: &[usize]) -> Option<SlowestLimit> {
    let calls = plan.suite.calls_by_operation(scenarios);
    // What is called without a token is what servers commonly limit.
    let is_guest = |name: &str| plan.suite.contract.is_throttled(name);
    SlowestLimit::of(&target.rate_limits, &calls, is_guest)
}

/// The operations that servers commonly limit.
fn throttled_operations(plan: &Plan) -> BTreeSet<String> {
    let operations = plan.suite.contract.operations.iter();
    let throttled = operations.filter(|(_, operation)| operation.throttled);
    throttled.map(|(name, _)| name.clone()).collect()
}

/// A run that takes longer has met something that nobody has reckoned with.
const LONGEST_TIME: Duration = Duration::from_mins(30);

/// A scenario that was begun, what that came to, and why it has to start over.
type Begun = (usize, ScenarioResult, Option<RetryReason>);

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
    /// Scenarios that run alone come last, one by one, and before them those that have to start over. A stopped session
    /// hands over nothing for what has not begun.
    pub async fn scenarios(&self, indices: &[usize], done: impl Fn(usize, ScenarioResult)) {
        let suite = &self.session.plan.suite;
        let (alone, together): (Vec<usize>, Vec<usize>) = indices
            .iter()
            .partition(|index| suite.scenarios[**index].exclusive);
        let done = |index: usize, result: ScenarioResult| {
            self.heed(&result);
            done(index, result);
        };
        for begun in self.together(&together, &done).await {
            let (index, result) = self.settled(begun).await;
            done(index, result);
        }
        for index in alone {
            if self.session.is_stopped() {
                break;
            }
            let scenario = self.session.plan.scenario(index);
            let (result, why) = self
                .session
                .attempt(scenario, ScenarioAttempt::default())
                .await;
            let (index, result) = self.settled((index, result, why)).await;
            done(index, result);
        }
    }

    /// Runs scenarios side by side, and hands over the results of those that need not start over; the others are left.
    async fn together(
        &self,
        indices: &[usize],
        done: &impl Fn(usize, ScenarioResult),
    ) -> Vec<Begun> {
        let concurrency = self.session.settings.concurrency.max(1);
        let attempt = ScenarioAttempt {
            is_together: concurrency > 1 && indices.len() > 1,
            ..ScenarioAttempt::default()
        };
        let mut waiting = indices.iter().copied();
        let mut tasks = JoinSet::new();
        let mut under_way = HashMap::new();
        let mut left = Vec::new();
        loop {
            // One after another in the order of the plan, as soon as there is room.
            while tasks.len() < concurrency
                && !self.session.is_stopped()
                && let Some(index) = waiting.next()
            {
                let session = Arc::clone(&self.session);
                let scenario = async move {
                    let scenario = session.plan.scenario(index);
                    session.attempt(scenario, attempt).await
                };
                under_way.insert(tasks.spawn(scenario).id(), index);
            }
            let Some(joined) = tasks.join_next_with_id().await else {
                return left;
            };
            let (task, ended) = match joined {
                Ok((task, ended)) => (task, Some(ended)),
                Err(error) => (error.id(), None),
            };
            let Some(index) = under_way.remove(&task) else {
                continue;
            };
            let crashed = || ScenarioResult::crashed(self.session.plan.scenario(index));
            match ended.unwrap_or_else(|| (crashed(), None)) {
                (result, None) => done(index, result),
                (result, Some(why)) => left.push((index, result, Some(why))),
            }
        }
    }

    /// Begins a scenario anew, alone, until it has come to something.
    async fn settled(&self, begun: Begun) -> (usize, ScenarioResult) {
        let (index, mut result, mut after) = begun;
        for number in 2..=MOST_ATTEMPTS {
            if after.is_none() || self.session.is_stopped() {
                break;
            }
            let died = matches!(after, Some(RetryReason::Died(_)));
            if died && !self.session.wait_for_restart().await {
                break;
            }
            let attempt = ScenarioAttempt {
                is_together: false,
                is_last: number == MOST_ATTEMPTS,
            };
            let scenario = self.session.plan.scenario(index);
            let (mut again, why) = self.session.attempt(scenario, attempt).await;
            again.accounts.append(&mut result.accounts);
            (result, after) = (again, why);
        }
        (index, result)
    }

    fn heed(&self, result: &ScenarioResult) {
        let bad = matches!(result.outcome, Outcome::Failed | Outcome::Error);
        if self.session.settings.fail_fast && bad {
            self.session.stop();
        }
    }
}
