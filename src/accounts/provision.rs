//! Accounts with a second factor: from a command of the vendor, from a file, or from the embedded reference.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;

use super::{Account, Identity, SecondFactor};
use crate::shell::{self, ShellError, excerpt};
use crate::target::{SecretKind, Secrets, ServerClock};
use crate::totp::Secret;

/// The longest time for a provisioning command.
const LONGEST_PROVISION: Duration = Duration::from_secs(30);

/// An account with a second factor, as provisioning prints it.
#[derive(Clone, Deserialize)]
pub struct ProvisionedAccount {
    /// Its e-mail.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The secret behind its codes, in base32.
    pub totp_secret: String,
    /// Codes to get in without the second factor, each once.
    #[serde(default)]
    pub recovery_codes: Vec<String>,
}

impl fmt::Debug for ProvisionedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvisionedAccount")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// Why there is no account with a second factor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProvisionError {
    /// The command cannot be started.
    #[error("the provisioning command cannot be started: {0}")]
    NotStarted(String),
    /// The command ended with an error.
    #[error(
        "the provisioning command ended with {status}, and on standard error it printed: {stderr}"
    )]
    Failed {
        /// How it ended.
        status: String,
        /// What it printed there.
        stderr: String,
    },
    /// The command did not end in time.
    #[error("the provisioning command did not end within {} s; it was stopped", LONGEST_PROVISION.as_secs())]
    TimedOut,
    /// What it printed is no account.
    #[error(
        "the provisioning command must print one JSON object {{email, password, totp_secret, recovery_codes}} on standard output: {reason}; on standard error it printed: {stderr}"
    )]
    Garbage {
        /// What is wrong with it, without the text itself.
        reason: String,
        /// What it printed on standard error.
        stderr: String,
    },
    /// The file of the account cannot be used.
    #[error("cannot use the account in {path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, without the text itself.
        reason: String,
    },
    /// The secret is no base32.
    #[error("the totp_secret of the account is no base32")]
    Secret,
    /// A function of this program cannot make one.
    #[error("an account with a second factor cannot be made: {0}")]
    Function(String),
}

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
    Fixed(Arc<FixedAccount>),
    /// Something inside this program, such as the embedded reference, called once for each account.
    Function(Arc<dyn Fn() -> Provisioning + Send + Sync>),
}

/// The one account of `--totp-account`.
#[derive(Debug)]
pub struct FixedAccount {
    account: ProvisionedAccount,
    turn: Arc<Mutex<()>>,
    second_factor: Mutex<Option<Arc<SecondFactor>>>,
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

/// The source for the fixed account in a file.
///
/// # Errors
/// The file cannot be read or holds no account.
pub fn read_account_file(path: &Path) -> Result<TotpSource, ProvisionError> {
    let error = |reason: String| ProvisionError::File {
        path: path.to_owned(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|cause| error(cause.to_string()))?;
    let account = parse(&text).map_err(error)?;
    Secret::from_base32(&account.totp_secret)
        .map_err(|_| error("its totp_secret is no base32".to_owned()))?;
    Ok(TotpSource::Fixed(Arc::new(FixedAccount {
        account,
        turn: Arc::new(Mutex::new(())),
        second_factor: Mutex::new(None),
    })))
}

impl TotpSource {
    /// Accounts that a function makes, one a call.
    pub fn function<F>(make: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<ProvisionedAccount, ProvisionError>> + Send + 'static,
    {
        Self::Function(Arc::new(move || Box::pin(make())))
    }

    /// An account with a second factor, its secrets made known. `None` where there is no source.
    ///
    /// # Errors
    /// The source has failed.
    pub async fn account(
        &self,
        secrets: &Secrets,
        clock: &ServerClock,
    ) -> Result<Option<Account>, ProvisionError> {
        match self {
            Self::None => Ok(None),
            Self::Command(command) => fresh(&run(command, secrets).await?, secrets).map(Some),
            Self::Function(provision) => fresh(&provision().await?, secrets).map(Some),
            Self::Fixed(fixed) => {
                let turn = Arc::clone(&fixed.turn).lock_owned().await;
                let mut kept = fixed.second_factor.lock().await;
                if kept.is_none() {
                    let used_before = second_factor(&fixed.account)?.used_before(clock);
                    *kept = Some(Arc::new(used_before));
                }
                let second_factor = kept.clone();
                Ok(second_factor.map(|second_factor| Account {
                    turn: Some(turn),
                    ..account(&fixed.account, second_factor, secrets)
                }))
            }
        }
    }
}

fn fresh(provisioned: &ProvisionedAccount, secrets: &Secrets) -> Result<Account, ProvisionError> {
    let second_factor = Arc::new(second_factor(provisioned)?);
    Ok(account(provisioned, second_factor, secrets))
}

fn second_factor(provisioned: &ProvisionedAccount) -> Result<SecondFactor, ProvisionError> {
    let secret =
        Secret::from_base32(&provisioned.totp_secret).map_err(|_| ProvisionError::Secret)?;
    Ok(SecondFactor::new(
        secret,
        provisioned.recovery_codes.clone(),
    ))
}

fn account(
    provisioned: &ProvisionedAccount,
    second_factor: Arc<SecondFactor>,
    secrets: &Secrets,
) -> Account {
    secrets.add(SecretKind::Password, &provisioned.password);
    secrets.add(SecretKind::TotpSecret, &provisioned.totp_secret);
    for code in &provisioned.recovery_codes {
        secrets.add(SecretKind::RecoveryCode, code);
    }
    Account {
        identity: Identity {
            email: provisioned.email.clone(),
            password: provisioned.password.clone(),
            name: String::new(),
        },
        token: None,
        second_factor: Some(second_factor),
        turn: None,
    }
}

async fn run(command: &str, secrets: &Secrets) -> Result<ProvisionedAccount, ProvisionError> {
    let ran = shell::run(command, "", LONGEST_PROVISION).await;
    let ran = ran.map_err(|error| match error {
        ShellError::NotStarted(cause) => ProvisionError::NotStarted(cause.to_string()),
        ShellError::TimedOut => ProvisionError::TimedOut,
    })?;
    // Known as secrets before anything of the output is repeated.
    let value = serde_json::from_slice::<serde_json::Value>(&ran.stdout);
    if let Ok(value) = &value {
        secrets.add_from(value);
    }
    let stderr = excerpt(&secrets.redact(&String::from_utf8_lossy(&ran.stderr)));
    if !ran.status.success() {
        let status = ran.status.to_string();
        return Err(ProvisionError::Failed { status, stderr });
    }
    parse(&String::from_utf8_lossy(&ran.stdout))
        .map_err(|reason| ProvisionError::Garbage { reason, stderr })
}

/// Reads an account; a reason never repeats the text, which holds secrets.
fn parse(text: &str) -> Result<ProvisionedAccount, String> {
    if text.trim().is_empty() {
        return Err("there is nothing".to_owned());
    }
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("it is no JSON (line {line}, column {column})")
    })?;
    if !value.is_object() {
        return Err("it is no JSON object".to_owned());
    }
    // The library's message could repeat a value, which is a secret.
    serde_json::from_value(value).map_err(|_| "a member is missing or of another type".to_owned())
}
