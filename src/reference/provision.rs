//! Accounts with 2FA, which the API itself offers no way to create.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use super::ReferenceError;
use super::behaviour::Behaviour;
use super::clock::{Clock, SystemClock};
use super::passwords::Hashing;
use super::secrets::{self, SecretDigest};
use super::store::Store;
use super::store::accounts::{self, NewAccount};
use super::validation::is_domain;
use crate::totp::Secret;

const RECOVERY_CODES: usize = 8;

/// Everything that it takes to log in to an account with 2FA. Serialized it shows the secrets, its
/// `Debug` form does not.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TotpAccount {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The TOTP secret in Base32, for SHA-1, six digits and steps of 30 seconds.
    pub totp_secret: String,
    /// Eight codes such as `abcde-fghjk`, each of which works once.
    pub recovery_codes: Vec<String>,
}

impl fmt::Debug for TotpAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TotpAccount")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// Creates an account with 2FA in a database file, whether a server is running on it or not. The
/// file is created if it does not exist.
///
/// # Errors
/// As for opening the file when a server starts; [`ReferenceError::EmailDomain`] when no address
/// can be formed.
pub async fn provision_account(
    database: &Path,
    hashing: Hashing,
    email_domain: &str,
) -> Result<TotpAccount, ReferenceError> {
    let path = database.to_owned();
    let store = tokio::task::spawn_blocking(move || Store::in_file(&path))
        .await
        .map_err(|_| ReferenceError::Interrupted)??;
    let now = SystemClock.now().as_second();
    provision(&store, hashing, now, &Behaviour::default(), email_domain).await
}

pub(super) async fn provision(
    store: &Store,
    hashing: Hashing,
    now: i64,
    behaviour: &Behaviour,
    email_domain: &str,
) -> Result<TotpAccount, ReferenceError> {
    if !is_domain(email_domain) {
        return Err(ReferenceError::EmailDomain {
            domain: email_domain.to_owned(),
        });
    }
    let secret = Secret::random();
    let account = TotpAccount {
        email: format!("{}@{}", secrets::mailbox(), email_domain.to_lowercase()),
        password: secrets::password(),
        totp_secret: secret.to_base32(),
        recovery_codes: (0..RECOVERY_CODES)
            .map(|_| secrets::recovery_code())
            .collect(),
    };
    let (password, email, codes) = (
        account.password.clone(),
        account.email.clone(),
        account.recovery_codes.clone(),
    );
    let (kept, recovery_code) = (
        behaviour.login.password,
        behaviour.second_factor.recovery_code,
    );
    let password_hash = tokio::task::spawn_blocking(move || hashing.hash(&kept.of(&password)))
        .await
        .map_err(|_| ReferenceError::Interrupted)??;
    let new = NewAccount {
        public_id: secrets::user_id(),
        email,
        name: "Provisioned Account".to_owned(),
        password_hash,
        created_at: now,
        trial_ends_at: behaviour.registration.trial.end(now),
        totp_secret: Some(secret),
    };
    store
        .transaction(move |transaction| {
            // The address is random, so that nobody can have it.
            let stored = accounts::insert(transaction, new)?.ok_or(ReferenceError::Interrupted)?;
            for code in &codes {
                accounts::add_recovery_code(
                    transaction,
                    stored.id,
                    SecretDigest::of_recovery_code(stored.id, &recovery_code.of(code)),
                )?;
            }
            Ok::<_, ReferenceError>(())
        })
        .await?;
    Ok(account)
}
