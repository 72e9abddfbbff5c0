//! Plain accounts that a command of the user makes, where registering is limited.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::provision::{self, MOST_AT_ONCE, ProvisionError};
use super::{Account, Identity};
use crate::http::{SecretKind, Secrets};

/// What the command has to print.
const MEMBERS: &str = "email, password, name";

/// A command that makes plain accounts, and the accounts that it has made.
pub struct ReadyMade {
    command: String,
    seen: Mutex<BTreeSet<String>>,
    room: Semaphore,
}

// Without the command, in which secrets may stand.
opaque_debug!(ReadyMade);

impl ReadyMade {
    /// Accounts that this shell command makes, one each time that it is run.
    #[must_use]
    pub fn by(command: &str) -> Self {
        Self {
            command: command.to_owned(),
            seen: Mutex::default(),
            room: Semaphore::new(MOST_AT_ONCE),
        }
    }

    /// An account that no scenario had before, its secrets made known.
    ///
    /// # Errors
    /// The command failed, printed something else, or an account that it has printed before.
    pub async fn next(&self, secrets: &Secrets) -> Result<Account, ProvisionError> {
        // Never closed: whoever waits gets in.
        let _room = self.room.acquire().await;
        let identity: Identity = provision::printed(&self.command, MEMBERS, secrets).await?;
        secrets.add(SecretKind::Password, &identity.password);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.insert(identity.email.to_lowercase()) {
            return Err(ProvisionError::SamePlain);
        }
        Ok(Account {
            is_ready_made: true,
            ..identity.into()
        })
    }
}
