//! The server under test: what the target file says, and the flags that override it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::announce;
use super::ended::CliError;
use super::environment::Environment;
use crate::accounts::{TotpSource, read_account_file};
use crate::contract::Contract;
use crate::harness::DEFAULT_EMAIL_DOMAIN;
use crate::http::{
    Accounts, BaseUrl, Description, ProxyAddress, Target, TargetError, TargetFileError,
    email_domain,
};
use crate::report::TargetIdentity;
use crate::run::{Plan, Session, SessionSettings};
use crate::suite;

/// Where the server is, how it is reached, and where accounts with a second factor come from.
#[derive(Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArguments {
    /// A file that describes the server; flags override it (`conform init` writes one) [default: conform.yaml, if the
    /// current folder has one].
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
    /// The target file, where it was found and not named.
    found: Option<PathBuf>,
    pub(super) log_out: bool,
    /// How long it may take to answer at all.
    pub(super) wait_ready: Option<Duration>,
}

impl ServerRequest {
    /// Says what is tested, and begins a session on it.
    pub(super) fn session(
        &self,
        plan: Plan,
        settings: SessionSettings,
    ) -> Result<Session, CliError> {
        let remark = match &self.found {
            Some(file) => format!(" (target file {})", file.display()),
            None if self.is_embedded => " (the embedded reference implementation)".to_owned(),
            None => String::new(),
        };
        let target = &self.described.target;
        announce::target(target, &remark);
        let session = Session::new(target.clone(), plan, settings);
        session.map_err(|error| match (error, &self.found) {
            (TargetError::Production(address), Some(file)) => CliError::Usage(format!(
                "{address} is the production service: a run creates accounts and fails logins there. A target file \
                 that was only found cannot test it: name the file with --target {}, if that is what you want",
                file.display()
            )),
            (error, _) => error.into(),
        })
    }
}

impl TargetArguments {
    /// Whether flags or environment name a server; a target file that was only found does not.
    pub(super) fn names_server(&self, environment: &Environment) -> bool {
        self.target.is_some() || self.base_url.is_some() || environment.base_url.is_some()
    }

    /// The target file: the one that is named, or else the one that was found.
    pub(super) fn file<'a>(&'a self, environment: &'a Environment) -> Option<&'a Path> {
        let named = self.target.as_deref();
        named.or(environment.target_file.as_deref())
    }

    /// What flags and target file say of the server; where neither names one, it is the embedded reference.
    pub(super) fn server(
        &self,
        environment: &Environment,
        contract: &Contract,
    ) -> Result<ServerRequest, CliError> {
        let base_url = base_url(self, environment)?;
        let described = match (self.file(environment), base_url) {
            (Some(file), base_url) => {
                let variable = &environment.variable;
                Some(Description::read(file, base_url, contract, variable)?)
            }
            (None, Some(base_url)) => Some(Target::new(base_url).into()),
            (None, None) => None,
        };
        let found = environment.target_file.as_ref();
        let found = found.filter(|_| self.target.is_none());
        self.request(described, found, contract)
    }

    /// The server of the last run, unless flags or environment name another. A target file that was found counts as in
    /// that run, unless it names another server.
    pub(super) fn server_again(
        &mut self,
        last: &TargetIdentity,
        environment: &Environment,
        contract: &Contract,
    ) -> Result<ServerRequest, CliError> {
        if self.names_server(environment) {
            return self.server(environment, contract);
        }
        if last.embedded {
            return self.request(None, None, contract);
        }
        if environment.target_file.is_some() {
            match self.server(environment, contract) {
                Ok(server) if server.described.target.base_url.to_string() == last.base_url => {
                    return Ok(server);
                }
                Err(CliError::TargetFile(TargetFileError::NoServer(_))) => {
                    self.base_url = Some(last.base_url.clone());
                    return self.server(environment, contract);
                }
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        let base_url = BaseUrl::parse(&last.base_url)?;
        self.request(Some(Target::new(base_url).into()), None, contract)
    }

    /// The server that is described, with what the flags say of it; without a description, the embedded reference.
    fn request(
        &self,
        described: Option<Description>,
        found: Option<&PathBuf>,
        contract: &Contract,
    ) -> Result<ServerRequest, CliError> {
        let is_embedded = described.is_none();
        let described = described.map_or_else(embedded, Ok)?;
        let mut described = overridden(described, self, contract)?;
        described.target.allow_production &= found.is_none();
        Ok(ServerRequest {
            described,
            is_embedded,
            found: found.cloned(),
            log_out: !is_embedded && !self.no_logout,
            wait_ready: self.wait_ready,
        })
    }
}

/// In the place of the address of a server that is not started yet.
const NOT_YET_KNOWN: &str = "http://127.0.0.1";

fn embedded() -> Result<Description, CliError> {
    let mut target = Target::new(BaseUrl::parse(NOT_YET_KNOWN)?);
    target.distrusts_loopback = true;
    Ok(target.into())
}

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
