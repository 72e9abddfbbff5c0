//! The accounts of a run: made up and registered afresh, or provisioned with a second factor.

mod identity;
mod provision;
mod second_factor;

pub use identity::{Identities, Identity};
pub use provision::{
    FixedAccount, ProvisionError, ProvisionedAccount, TotpSource, read_account_file,
};
pub use second_factor::{LeasedCode, SecondFactor};

use std::fmt;
use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

/// An account as a scenario sees it.
pub struct Account {
    /// E-mail, password and name.
    pub identity: Identity,
    /// The token that registering gave.
    pub token: Option<String>,
    /// The second factor, where it has one.
    pub second_factor: Option<Arc<SecondFactor>>,
    /// Held while the scenario runs, where scenarios share the account.
    pub turn: Option<OwnedMutexGuard<()>>,
}

impl fmt::Debug for Account {
    /// Without its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
