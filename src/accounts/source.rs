//! Where accounts with a second factor come from.

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use super::provision;
use super::{ProvisionError, ProvisionedAccount};
use crate::http::Secrets;

type Provisioning =
    Pin<Box<dyn Future<Output = Result<ProvisionedAccount, ProvisionError>> + Send>>;

/// Where accounts with a second factor come from.
#[derive(Clone)]
pub enum TotpSource {
    /// There are none.
    None,
    /// A shell command, run once for each account.
    Command(String),
    /// One fixed account that scenarios use one after another.
    Fixed(Arc<ProvisionedAccount>),
    /// Something inside this program, such as the embedded reference, called once for each account.
    Function(Arc<dyn Fn() -> Provisioning + Send + Sync>),
}

impl fmt::Debug for TotpSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Command(_) => "Command",
            Self::Fixed(_) => "Fixed",
            Self::Function(_) => "Function",
        })
    }
}

impl TotpSource {
    /// Accounts that a function makes, one a call.
    pub fn function<F>(make: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<ProvisionedAccount, ProvisionError>> + Send + 'static,
    {
        Self::Function(Arc::new(move || Box::pin(make())))
    }

    /// An account, as it is given; `None` where there is no source.
    pub(super) async fn provisioned(
        &self,
        secrets: &Secrets,
    ) -> Result<Option<ProvisionedAccount>, ProvisionError> {
        match self {
            Self::None => Ok(None),
            Self::Fixed(account) => Ok(Some(ProvisionedAccount::clone(account))),
            Self::Command(command) => {
                let printed = provision::printed(command, provision::MEMBERS, secrets);
                printed.await.map(Some)
            }
            Self::Function(provision) => provision().await.map(Some),
        }
    }
}

/// The source for the fixed account in a file.
///
/// # Errors
/// The file cannot be read or holds no account.
pub fn read_account_file(path: &Path) -> Result<TotpSource, ProvisionError> {
    provision::in_file(path).map(|account| TotpSource::Fixed(Arc::new(account)))
}
