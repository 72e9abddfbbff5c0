//! The accounts of a run: made up and registered afresh, ready-made, or provisioned with a second factor.

mod identity;
mod pool;
mod provision;
mod ready_made;
mod second_factor;
mod source;

pub use identity::{Identities, Identity};
pub use pool::{Pool, RecoveryCodes};
pub use provision::{ProvisionError, ProvisionedAccount};
pub use ready_made::ReadyMade;
pub use second_factor::{LeasedCode, SecondFactor, begins_with_zero};
pub use source::{TotpSource, read_account_file};

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

/// An account as a scenario sees it.
pub struct Account {
    /// E-mail, password and name.
    pub identity: Identity,
    /// The token that registering gave.
    pub token: Option<String>,
    /// The token of the last login of each client type, as far as it is known to live.
    pub sessions: BTreeMap<String, String>,
    /// Whether an earlier scenario has made it ready.
    pub is_carried: bool,
    /// The second factor, where it has one.
    pub second_factor: Option<Arc<SecondFactor>>,
    /// Whether other scenarios, or other runs, use the account as well.
    pub shared: bool,
    /// Whether it was there before the run, which so says nothing of its registration.
    pub is_ready_made: bool,
    /// Held while the scenario runs, where the account is lent.
    pub turn: Option<OwnedMutexGuard<()>>,
}

impl From<Identity> for Account {
    /// One that is not registered yet, and has no second factor.
    fn from(identity: Identity) -> Self {
        Self {
            identity,
            token: None,
            sessions: BTreeMap::new(),
            is_carried: false,
            second_factor: None,
            shared: false,
            is_ready_made: false,
            turn: None,
        }
    }
}

opaque_debug!(Account: identity);
