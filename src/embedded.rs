//! The reference implementation as a target inside the program: the server where no base URL is given.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::accounts::{ProvisionError, ProvisionedAccount, TotpSource};
use crate::reference::{self, Hashing, ReferenceError, Running, Settings};

/// Starts a reference in memory, with cheap hashing: it lives for one run, on this machine alone.
///
/// # Errors
/// It cannot listen.
pub async fn start() -> Result<Arc<Running>, ReferenceError> {
    let settings = Settings {
        hashing: Hashing::Cheap,
        ..Settings::default()
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    reference::start(address, settings).await.map(Arc::new)
}

/// The recovery codes that a vendor has to give an account; a scenario that takes more shows in every run.
const LEAST_CODES: usize = 4;

/// Accounts with a second factor, made by the reference itself.
#[must_use]
pub fn totp_source(running: &Arc<Running>, email_domain: &str) -> TotpSource {
    // Held weakly: the source must not keep a server from being stopped.
    let (running, email_domain) = (Arc::downgrade(running), email_domain.to_owned());
    TotpSource::function(move || {
        let (running, email_domain) = (running.upgrade(), email_domain.clone());
        async move {
            let gone = || ProvisionError::Function("the reference has been stopped".to_owned());
            let running = running.ok_or_else(gone)?;
            let account = running
                .provision_account(&email_domain)
                .await
                .map_err(|error| ProvisionError::Function(error.to_string()))?;
            Ok(ProvisionedAccount {
                email: account.email,
                password: account.password,
                totp_secret: account.totp_secret,
                recovery_codes: account
                    .recovery_codes
                    .into_iter()
                    .take(LEAST_CODES)
                    .collect(),
            })
        }
    })
}
