//! The server under test: what the target file says, and the flags that override it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::ended::CliError;
use super::environment::Environment;
use crate::accounts::{TotpSource, read_account_file};
use crate::contract::Contract;
use crate::harness::DEFAULT_EMAIL_DOMAIN;
use crate::http::{Accounts, BaseUrl, Description, ProxyAddress, Target, email_domain};
use crate::suite;

/// Where the server is, how it is reached, and where accounts with a second factor come from.
#[derive(Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArguments {
    /// A file that describes the server; flags override it (`conform init` writes one).
    #[arg(long, value_name = "FILE")]
    pub(super) target: Option<PathBuf>,
    /// The server to test, with or without a path prefix [env: CONFORM_BASE_URL].
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Method and path of an operation on this server, if they differ from the contract, such as
    /// revoke-others="POST /api/auth/tokens/revoke-others".
    #[arg(long, value_name = "NAME=METHOD /path")]
    pub(super) operation: Vec<String>,
    /// A header to send with every call.
    #[arg(long, value_name = "NAME: VALUE")]
    pub(super) header: Vec<String>,
    /// A shell command that makes a plain account and prints it as JSON; then only scenarios about registration register.
    #[arg(long, value_name = "CMD")]
    pub(super) accounts: Option<String>,
    /// A shell command that makes an account with a second factor and prints it as JSON.
    #[arg(long, value_name = "CMD", conflicts_with = "totp_account")]
    pub(super) provision: Option<String>,
    /// A JSON file with one account with a second factor, in the form that --provision prints.
    #[arg(long, value_name = "FILE")]
    pub(super) totp_account: Option<PathBuf>,
    /// The domain of the e-mails of the run's accounts [default: example.com].
    #[arg(long, value_name = "DOMAIN")]
    pub(super) email_domain: Option<String>,
    /// The longest time for one call [default: 10s].
    #[arg(long, value_name = "DURATION", value_parser = suite::positive_duration)]
    pub(super) timeout: Option<Duration>,
    /// The longest time that a run may wait, for throttling and for fresh codes [default: 1.5 × what the
    /// limit makes of the throttled calls, at least 5m].
    #[arg(long, value_name = "DURATION", value_parser = suite::duration)]
    pub(super) max_wait: Option<Duration>,
    /// The longest time for a run; after it, the run ends and writes its reports [default: 30m, or
    /// twice --max-wait if that is longer].
    #[arg(long, value_name = "DURATION", value_parser = suite::positive_duration)]
    pub(super) max_time: Option<Duration>,
    /// How many seconds the server's clock is ahead (negative: behind), if its answers have no `Date` header.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(super) clock_offset: Option<i64>,
    /// Do not verify certificates.
    #[arg(long)]
    pub(super) insecure: bool,
    /// Trust the certificates in this PEM file, in addition to those of the system.
    #[arg(long, value_name = "FILE")]
    pub(super) cacert: Option<PathBuf>,
    /// Use this proxy.
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,
    /// Wait up to this long until the server answers, then test it.
    #[arg(long, value_name = "DURATION", value_parser = suite::duration)]
    pub(super) wait_ready: Option<Duration>,
    /// A shell command that reads the e-mails of all accounts of the run from standard input, one per line.
    #[arg(long, value_name = "CMD")]
    pub(super) cleanup: Option<String>,
    /// Do not log the accounts of the run out at its end.
    #[arg(long)]
    pub(super) no_logout: bool,
    /// Allow testing the production service.
    #[arg(long)]
    pub(super) allow_production: bool,
}

// Without its values, many of which are secrets.
opaque_debug!(TargetArguments);

/// The server that is asked for.
pub(super) struct ServerRequest {
    /// How it is reached, and where its accounts come from.
    pub(super) described: Description,
    /// Whether it is the reference inside the program, whose address is known once it runs.
    pub(super) is_embedded: bool,
    pub(super) log_out: bool,
    /// How long it may take to answer at all.
    pub(super) wait_ready: Option<Duration>,
}

impl TargetArguments {
    /// Whether flags or environment name a server.
    pub(super) fn names_server(&self, environment: &Environment) -> bool {
        self.target.is_some() || self.base_url.is_some() || environment.base_url.is_some()
    }

    /// What flags and target file say of the server; where neither names one, it is the embedded reference.
    pub(super) fn server(
        &self,
        environment: &Environment,
        contract: &Contract,
    ) -> Result<ServerRequest, CliError> {
        let base_url = base_url(self, environment)?;
        let (described, is_embedded) = match (&self.target, base_url) {
            (Some(file), base_url) => {
                let variable = &environment.variable;
                (
                    Description::read(file, base_url, contract, variable)?,
                    false,
                )
            }
            (None, Some(base_url)) => (Target::new(base_url).into(), false),
            (None, None) => {
                let mut target = Target::new(BaseUrl::parse(NOT_YET_KNOWN)?);
                target.distrusts_loopback = true;
                (target.into(), true)
            }
        };
        Ok(ServerRequest {
            described: overridden(described, self, contract)?,
            is_embedded,
            log_out: !is_embedded && !self.no_logout,
            wait_ready: self.wait_ready,
        })
    }
}

/// In the place of the address of a server that is not started yet.
const NOT_YET_KNOWN: &str = "http://127.0.0.1";

fn base_url(
    arguments: &TargetArguments,
    environment: &Environment,
) -> Result<Option<BaseUrl>, CliError> {
    // Empty counts as given: an unset variable of a CI must not test the reference in place of the server.
    let variable = environment.base_url.as_ref();
    let variable = variable.map(|text| text.to_string_lossy().into_owned());
    let text = arguments.base_url.clone().or(variable);
    Ok(text.map(|text| BaseUrl::parse(&text)).transpose()?)
}

fn overridden(
    mut described: Description,
    arguments: &TargetArguments,
    contract: &Contract,
) -> Result<Description, CliError> {
    let target = &mut described.target;
    for operation in &arguments.operation {
        target.set_operation(operation, contract)?;
    }
    for header in &arguments.header {
        let (name, value) = header
            .split_once(':')
            .ok_or_else(|| CliError::Usage("--header: write \"Name: value\"".to_owned()))?;
        let set = target.set_header(name, value, contract);
        set.map_err(|error| usage("--header", &error))?;
    }
    target.timeout = arguments.timeout.unwrap_or(target.timeout);
    target.max_wait = arguments.max_wait.or(target.max_wait);
    target.max_time = arguments.max_time.or(target.max_time);
    target.clock_offset = arguments.clock_offset.or(target.clock_offset);
    target.allow_production = arguments.allow_production;
    target.insecure |= arguments.insecure;
    target.ca_file = arguments.cacert.clone().or(target.ca_file.take());
    if let Some(proxy) = &arguments.proxy {
        let proxy = ProxyAddress::parse(proxy).map_err(|error| usage("--proxy", &error))?;
        target.proxy = Some(proxy);
    }
    if let Some(domain) = &arguments.email_domain {
        let domain = email_domain(domain).map_err(|error| usage("--email-domain", &error))?;
        described.email_domain = Some(domain);
    }
    described.cleanup = arguments.cleanup.clone().or(described.cleanup);
    described.plain_accounts = arguments.accounts.clone().or(described.plain_accounts);
    if let Some(command) = &arguments.provision {
        described.accounts = Accounts::Provision(command.clone());
    }
    if let Some(file) = &arguments.totp_account {
        described.accounts = Accounts::File(file.clone());
    }
    Ok(described)
}

fn usage(flag: &str, error: &dyn std::error::Error) -> CliError {
    CliError::Usage(format!("{flag}: {error}"))
}

/// The domain of the e-mails that are made up.
pub(super) fn domain(described: &Description) -> String {
    let domain = described.email_domain.as_deref();
    domain.unwrap_or(DEFAULT_EMAIL_DOMAIN).to_owned()
}

/// Where accounts with a second factor come from, as far as flags and target file say it.
pub(super) fn totp_source(described: &Description) -> Result<TotpSource, CliError> {
    Ok(match &described.accounts {
        Accounts::Provision(command) => TotpSource::Command(command.clone()),
        Accounts::File(file) => read_account_file(file)?,
        Accounts::Unsaid => TotpSource::None,
    })
}
