//! The reference implementation inside the program: the server where no base URL is given.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use crate::accounts::{Provision, ProvisionError, ProvisionedAccount, TotpSource};
use crate::reference::{self, Hashing, ReferenceError, Running, Settings};

/// A reference in memory, with cheap hashing: it lives for one run, on this machine alone.
pub(super) async fn start() -> Result<Running, ReferenceError> {
    let settings = Settings {
        hashing: Hashing::Cheap,
        ..Settings::default()
    };
    reference::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), settings).await
}

/// Accounts with a second factor, made by the reference itself.
pub(super) fn totp_source(running: &Arc<Running>, email_domain: &str) -> TotpSource {
    TotpSource::Embedded(Arc::new(FromReference {
        running: Arc::clone(running),
        email_domain: email_domain.to_owned(),
    }))
}

struct FromReference {
    running: Arc<Running>,
    email_domain: String,
}

impl Provision for FromReference {
    fn provision(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<ProvisionedAccount, ProvisionError>> + Send + '_>> {
        Box::pin(async {
            let account = self.running.provision_account(&self.email_domain).await;
            let account = account.map_err(|error| ProvisionError::Embedded(error.to_string()))?;
            Ok(ProvisionedAccount {
                email: account.email,
                password: account.password,
                totp_secret: account.totp_secret,
                recovery_codes: account.recovery_codes,
            })
        })
    }
}
