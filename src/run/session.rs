//! Everything that the scenarios of one run share.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::fill::Context;
use super::ledger::Ledger;
use super::plan::Plan;
use super::recorder::Recorder;
use super::under_way::UnderWay;
use crate::accounts::{
    Account, Identities, Pool, ProvisionError, ReadyMade, RecoveryCodes, TotpSource,
};
use crate::http::{
    Call, Client, OperationAddress, SecretKind, Secrets, ServerClock, SlowestLimit, Target,
    TargetError, Throttle, WaitNotifier,
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
    /// The scenarios under way.
    pub under_way: UnderWay,
    /// The server's clock.
    pub clock: ServerClock,
    /// What the run leaves behind on the server.
    pub ledger: Ledger,
    /// Whether the server's time was looked for where no answer tells it.
    pub(super) clock_probe: OnceCell<()>,
    pub(super) client: Client,
    /// Keeps what the run is answered, where that is asked for.
    pub(super) recorder: Option<Recorder>,
    pub(super) identities: Identities,
    pub(super) settings: SessionSettings,
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
            throttle,
            waits,
            under_way: UnderWay::default(),
            clock: ServerClock::given(target.clock_offset),
            clock_probe: OnceCell::new(),
            ledger: Ledger::default(),
            recorder: None,
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

    /// What its scenarios are filled in and judged by.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            plan: &self.plan,
            target: &self.target,
            secrets: &self.secrets,
            clock: &self.clock,
        }
    }

    /// An account that is made up, and not registered yet.
    pub(super) fn new_account(&self) -> Account {
        let identity = self.identities.next();
        self.secrets.add(SecretKind::Password, &identity.password);
        identity.into()
    }

    /// A call without a token.
    pub(super) fn bare_call(&self, name: &str, address: &OperationAddress) -> Call {
        Call {
            operation: name.to_owned(),
            role: None,
            method: address.method.clone(),
            url: self.target.base_url.join(&address.path),
            headers: Vec::new(),
            body: None,
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

    pub(super) fn is_stopped(&self) -> bool {
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
