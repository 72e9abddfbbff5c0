//! The target file as it is written: `--target staging.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Located;

/// A server to test, and how. In every text, `${NAME}` stands for a variable of the environment.
#[derive(Deserialize, JsonSchema)]
pub struct TargetFile {
    /// The server to test; paths are joined to it as it stands.
    pub base_url: Option<Located<String>>,
    /// Method and path of operations that this server has elsewhere: `METHOD /path`.
    #[serde(default)]
    pub operations: BTreeMap<String, Located<String>>,
    /// Headers to send with every call; their values are secrets.
    #[serde(default)]
    pub headers: BTreeMap<String, Located<String>>,
    /// How the connection is encrypted.
    #[serde(default)]
    pub tls: TlsFile,
    /// The proxy to go through; its user name and password are secrets.
    pub proxy: Option<Located<String>>,
    /// What the server has, and what it has not.
    #[serde(default)]
    pub capabilities: CapabilitiesFile,
    /// Where accounts come from.
    pub accounts: Option<AccountsFile>,
    /// The domain of the e-mails that are made up.
    pub email_domain: Option<Located<String>>,
    /// The longest time for one call: `500ms`, `10s`.
    pub timeout: Option<Located<String>>,
    /// The longest time that waiting may cost the run, for throttling and for fresh codes: `20m`.
    pub max_wait: Option<Located<String>>,
    /// The longest time for the whole run: `30m`.
    pub max_time: Option<Located<String>>,
    /// How many seconds the server's clock is ahead (behind: below zero), for one whose answers have no `Date`.
    pub clock_offset: Option<i64>,
    /// Hosts that are refused without `--allow-production`, besides the documented one.
    #[serde(default)]
    pub production: Vec<Located<String>>,
    /// A shell command that gets the e-mails of all accounts of the run on standard input, a line each.
    pub cleanup: Option<Located<String>>,
    /// What `conform certify` certifies.
    #[serde(default)]
    pub certification: CertificationFile,
    /// Violations that are known and do not fail a run until a day.
    #[serde(default)]
    pub waivers: Vec<WaiverFile>,
}

// Without its values, many of which are secrets.
opaque_debug!(TargetFile);

impl TargetFile {
    /// The text of the file with a star for each byte of what is secret, for excerpts.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for secret in self.headers.values().chain(&self.proxy) {
            let span = secret.span.clone();
            if let Some(stars) = text.get(span.clone()).map(|value| "*".repeat(value.len())) {
                shown.replace_range(span, &stars);
            }
        }
        shown
    }
}

/// How the connection is encrypted. Files are looked for beside the target file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TlsFile {
    /// A PEM file of certificates to trust, besides those of the system.
    pub ca: Option<Located<String>>,
    /// A PEM file with the certificate that this client shows.
    pub certificate: Option<Located<String>>,
    /// A PEM file with the private key of that certificate.
    pub key: Option<Located<String>>,
    /// Trust any certificate.
    pub insecure: bool,
}

/// What the server has, and what it has not.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CapabilitiesFile {
    /// Whether accounts may have a second factor; `false` leaves out what only such accounts verify.
    pub second_factor: Option<bool>,
    /// Limits such as `10/min`, `5/30s` or `10/min per account`, by operation: the run keeps to them. `all` is one for
    /// every call, `guests` one for the calls without a token.
    pub rate_limits: BTreeMap<String, Located<String>>,
    /// How many failed logins the check of 429 may take.
    pub max_attempts: Option<Located<u32>>,
}

/// Where accounts come from that the run does not register: those with a second factor from a command or a file.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AccountsFile {
    /// A shell command that makes a plain account and prints it as JSON, run once for each account; without it the run
    /// registers accounts of its own.
    pub plain: Option<Located<String>>,
    /// A shell command that makes an account and prints it as JSON, run once for each account.
    pub provision: Option<Located<String>>,
    /// A JSON file, beside the target file, with one account, as `provision` would print it.
    pub totp_account: Option<Located<String>>,
}

/// What is certified; flags of the same names override it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CertificationFile {
    /// Who makes the product.
    pub vendor: Option<Located<String>>,
    /// The product.
    pub product: Option<Located<String>>,
    /// Its version.
    pub version: Option<Located<String>>,
    /// The digest of the artefact that is running: `sha256:…`.
    pub subject: Option<Located<String>>,
}

/// A violation that is known.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct WaiverFile {
    /// The clause.
    pub clause: Located<String>,
    /// Why it is forgiven, for people.
    pub reason: Located<String>,
    /// The last day on which it is: `2026-12-31`.
    pub until: Located<String>,
}
