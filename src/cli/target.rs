//! The server under test: what the target file says, and the flags that override it.

use std::sync::Arc;

use super::CliError;
use super::arguments::{Environment, TargetArguments};
use crate::accounts::{TotpSource, read_account_file};
use crate::contract::Contract;
use crate::embedded;
use crate::harness::DEFAULT_EMAIL_DOMAIN;
use crate::http::{Accounts, BaseUrl, Description, ProxyAddress, Target, email_domain};
use crate::reference::Running;

/// What flags and target file say of the server; nothing where neither names one.
pub(super) fn described(
    arguments: &TargetArguments,
    environment: &Environment,
    contract: &Contract,
) -> Result<Option<Description>, CliError> {
    let base_url = base_url(arguments, environment)?;
    let described = match &arguments.target {
        Some(file) => Some(Description::read(
            file,
            base_url,
            contract,
            &environment.variable,
        )?),
        None => base_url.map(|base_url| Description::from(Target::new(base_url))),
    };
    described
        .map(|described| overridden(described, arguments, contract))
        .transpose()
}

/// The embedded reference as a target, with what the flags say.
pub(super) fn of_reference(
    reference: &Running,
    arguments: &TargetArguments,
    contract: &Contract,
) -> Result<Description, CliError> {
    let base_url = BaseUrl::parse(reference.base_url())?;
    let mut target = Target::new(base_url);
    target.distrusts_loopback = true;
    overridden(target.into(), arguments, contract)
}

fn base_url(
    arguments: &TargetArguments,
    environment: &Environment,
) -> Result<Option<BaseUrl>, CliError> {
    if let Some(text) = &arguments.base_url {
        return Ok(Some(BaseUrl::parse(text)?));
    }
    let Some(text) = &environment.base_url else {
        return Ok(None);
    };
    // Empty counts as given: an unset variable of a CI must not test the reference in place of the server.
    let text = text.to_string_lossy();
    Ok(Some(BaseUrl::parse(&text)?))
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
    if let Some(timeout) = arguments.timeout {
        target.timeout = timeout;
    }
    target.max_wait = arguments.max_wait.or(target.max_wait);
    target.max_time = arguments.max_time.or(target.max_time);
    target.clock_offset = arguments.clock_offset.or(target.clock_offset);
    target.allow_production = arguments.allow_production;
    target.insecure |= arguments.insecure;
    if let Some(file) = &arguments.cacert {
        target.ca_file = Some(file.clone());
    }
    if let Some(proxy) = &arguments.proxy {
        let proxy = ProxyAddress::parse(proxy).map_err(|error| usage("--proxy", &error))?;
        target.proxy = Some(proxy);
    }
    if let Some(domain) = &arguments.email_domain {
        let domain = email_domain(domain).map_err(|error| usage("--email-domain", &error))?;
        described.email_domain = Some(domain);
    }
    if let Some(command) = &arguments.cleanup {
        described.cleanup = Some(command.clone());
    }
    if let Some(command) = &arguments.accounts {
        described.plain_accounts = Some(command.clone());
    }
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

pub(super) fn totp_source(
    described: &Description,
    reference: Option<&Arc<Running>>,
) -> Result<TotpSource, CliError> {
    Ok(match (&described.accounts, reference) {
        (Accounts::Provision(command), _) => TotpSource::Command(command.clone()),
        (Accounts::File(file), _) => read_account_file(file)?,
        (Accounts::Unsaid, Some(reference)) => embedded::totp_source(reference, &domain(described)),
        (Accounts::Unsaid, None) => TotpSource::None,
    })
}
