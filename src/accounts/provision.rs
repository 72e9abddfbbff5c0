//! An account with a second factor as a vendor gives it: printed by a command, or in a file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::SecondFactor;
use crate::bounded::{self, MIB};
use crate::diagnostic::Located;
use crate::http::{SecretKind, Secrets};
use crate::json_schema::open_schema;
use crate::shape;
use crate::shell::{self, ShellError, excerpt};
use crate::totp::{Authenticator, AuthenticatorError};

/// Commands that run at once: enough to hide how slow they are, few enough for a small server.
pub(super) const MOST_AT_ONCE: usize = 4;

/// No account comes near this.
const LARGEST_ACCOUNT: u64 = MIB;

/// The longest time for a provisioning command.
const LONGEST_PROVISION: Duration = Duration::from_secs(30);

/// An account with a second factor, as provisioning prints it.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct ProvisionedAccount {
    /// Its e-mail.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The secret behind its codes, in base32, or an `otpauth://totp/` URI.
    pub totp_secret: String,
    /// Codes to get in without the second factor, each once.
    #[serde(default)]
    pub recovery_codes: Vec<String>,
}

opaque_debug!(ProvisionedAccount: email);

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
        "the provisioning command must print one JSON object {{{members}}} on standard output: {reason}; on standard error it printed: {stderr}"
    )]
    Garbage {
        /// The members of the object.
        members: &'static str,
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
    /// The secret cannot be used.
    #[error("the totp_secret of the account cannot be used: {0}")]
    Secret(#[from] AuthenticatorError),
    /// A scenario that needs several accounts is given the same one again, or one that others use.
    #[error("each account of a scenario has to be another one")]
    Again,
    /// The command for plain accounts prints one a second time.
    #[error(
        "the command of --accounts printed the same account twice: each run of it has to make another one"
    )]
    SamePlain,
    /// A function of this program cannot make one.
    #[error("an account with a second factor cannot be made: {0}")]
    Function(String),
}

/// The account in a file.
pub(super) fn in_file(path: &Path) -> Result<ProvisionedAccount, ProvisionError> {
    let error = |reason: String| ProvisionError::File {
        path: path.to_owned(),
        reason,
    };
    let text = bounded::read(path, LARGEST_ACCOUNT).map_err(|cause| error(cause.to_string()))?;
    let text = String::from_utf8_lossy(&text);
    let account: ProvisionedAccount = parse(&text).map_err(error)?;
    let usable = account.totp_secret.parse::<Authenticator>();
    usable.map_err(|cause| error(format!("its totp_secret cannot be used: {cause}")))?;
    Ok(account)
}

impl ProvisionedAccount {
    /// Its second factor, with nothing leased yet.
    pub(super) fn second_factor(&self) -> Result<SecondFactor, ProvisionError> {
        let authenticator = self.totp_secret.parse()?;
        Ok(SecondFactor::new(
            authenticator,
            self.recovery_codes.clone(),
        ))
    }

    /// Makes its secrets known.
    pub fn keep_secrets(&self, secrets: &Secrets) {
        secrets.add(SecretKind::Password, &self.password);
        secrets.add(SecretKind::TotpSecret, &self.totp_secret);
        for code in &self.recovery_codes {
            secrets.add(SecretKind::RecoveryCode, code);
        }
    }
}

/// What the command that provisions has to print.
pub(super) const MEMBERS: &str = "email, password, totp_secret, recovery_codes";

/// Runs a command that prints an account, an object with these members.
pub(super) async fn printed<T: DeserializeOwned + JsonSchema>(
    command: &str,
    members: &'static str,
    secrets: &Secrets,
) -> Result<T, ProvisionError> {
    let ran = shell::run(command, "", LONGEST_PROVISION).await;
    let ran = ran.map_err(|error| match error {
        ShellError::NotStarted(cause) => ProvisionError::NotStarted(cause.to_string()),
        ShellError::TimedOut => ProvisionError::TimedOut,
    })?;
    // Known as secrets before anything of the output is repeated.
    let value = serde_json::from_slice::<serde_json::Value>(&ran.stdout);
    if let Ok(value) = &value {
        secrets.add_from(value);
        if let Some(text) = value["totp_secret"].as_str() {
            secrets.add(SecretKind::TotpSecret, text);
        }
    }
    let stderr = excerpt(&secrets.redact(&String::from_utf8_lossy(&ran.stderr)));
    if !ran.status.success() {
        let status = ran.status.to_string();
        return Err(ProvisionError::Failed { status, stderr });
    }
    parse(&String::from_utf8_lossy(&ran.stdout)).map_err(|reason| ProvisionError::Garbage {
        members,
        reason,
        stderr,
    })
}

/// Reads an account; a reason names members and lines, and never repeats the text, which holds secrets.
fn parse<T: DeserializeOwned + JsonSchema>(text: &str) -> Result<T, String> {
    if text.trim().is_empty() {
        return Err("there is nothing".to_owned());
    }
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("line {line} is no JSON from column {column} on")
    })?;
    if !value.is_object() {
        return Err("it is no JSON object".to_owned());
    }
    T::deserialize(&value).map_err(|_| {
        let schema = open_schema::<T>();
        let mistakes = shape::mistakes(&Located::from(&value), "the account", &schema, false);
        let mut reasons: Vec<String> = mistakes.into_iter().map(|one| one.message).collect();
        reasons.dedup();
        reasons.join("; ")
    })
}
