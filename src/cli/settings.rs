//! From arguments to what the library takes: target, accounts, the arguments of the trials.

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::{Arguments, ColorSetting, FormatSetting};

use super::CliError;
use super::arguments::{Color, Environment, Format, RunArguments, TargetArguments};
use crate::accounts::{TotpSource, read_account_file};
use crate::contract::Contract;
use crate::embedded;
use crate::reference::Running;
use crate::suite::{Suite, SuiteError};
use crate::target::{BaseUrl, Target};
use crate::terminal;

pub(super) fn trial_arguments(arguments: &RunArguments) -> Arguments {
    let mut trial = Arguments::default();
    trial.filter.clone_from(&arguments.filter);
    trial.exact = arguments.exact;
    trial.skip.clone_from(&arguments.skip);
    trial.list = arguments.list;
    trial.test_threads = Some(arguments.test_threads);
    trial.format = Some(match arguments.format {
        Format::Pretty => FormatSetting::Pretty,
        Format::Terse => FormatSetting::Terse,
        Format::Json => FormatSetting::Json,
    });
    trial.color = Some(match arguments.color {
        Color::Auto => ColorSetting::Auto,
        Color::Always => ColorSetting::Always,
        Color::Never => ColorSetting::Never,
    });
    trial
}

pub(super) fn nothing_selected(arguments: &RunArguments) -> String {
    match &arguments.filter {
        Some(filter) => format!(
            "no scenario matches `{filter}`: `conform --list` shows the names of the scenarios, `conform --help` the commands"
        ),
        None => {
            "there is no scenario to run: the suite has none, or the flags leave all out".to_owned()
        }
    }
}

/// The suite in that folder, or else the built-in one.
pub(super) fn load_suite(dir: Option<&Path>) -> Result<Suite, SuiteError> {
    match dir {
        Some(dir) => Suite::from_dir(dir),
        None => Suite::built_in(),
    }
}

pub(super) fn base_url(
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

pub(super) fn target(
    arguments: &TargetArguments,
    base_url: BaseUrl,
    contract: &Contract,
) -> Result<Target, CliError> {
    let mut target = Target::new(base_url);
    for operation in &arguments.operation {
        target.set_operation(operation, contract)?;
    }
    for header in &arguments.header {
        let (name, value) = header
            .split_once(':')
            .ok_or_else(|| CliError::Usage("--header: write \"Name: value\"".to_owned()))?;
        let name = name.trim();
        let ours = [
            "accept",
            "authorization",
            "content-length",
            "content-type",
            "transfer-encoding",
        ];
        let client_header = contract.client_header.as_str();
        let taken = ours.iter().chain([&client_header]);
        if taken
            .into_iter()
            .any(|other| name.eq_ignore_ascii_case(other))
        {
            return Err(CliError::Usage(format!(
                "--header: `{name}` is set by the scenarios themselves, and what they prove rests on it"
            )));
        }
        target
            .headers
            .push((name.to_owned(), value.trim().to_owned()));
    }
    target.timeout = arguments.timeout;
    target.max_wait = arguments.max_wait;
    target.allow_production = arguments.allow_production;
    target.insecure = arguments.insecure;
    target.ca_file.clone_from(&arguments.cacert);
    if let Some(proxy) = &arguments.proxy {
        if !(proxy.starts_with("http://") || proxy.starts_with("https://")) {
            return Err(CliError::Usage(
                "--proxy: start the address of the proxy with http:// or https://".to_owned(),
            ));
        }
        target.proxy = Some(proxy.clone());
    }
    Ok(target)
}

pub(super) fn email_domain(domain: &str) -> Result<String, CliError> {
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if domain.contains('.') && domain.split('.').all(label) {
        Ok(domain.to_owned())
    } else {
        Err(CliError::Usage(format!(
            "--email-domain: `{domain}` is no domain; write one such as example.com"
        )))
    }
}

pub(super) fn totp_source(
    arguments: &TargetArguments,
    reference: Option<&Arc<Running>>,
) -> Result<TotpSource, CliError> {
    let file: Option<&Path> = arguments.totp_account.as_deref();
    Ok(match (&arguments.provision, file, reference) {
        (Some(command), _, _) => TotpSource::Command(command.clone()),
        (None, Some(file), _) => read_account_file(file)?,
        (None, None, Some(reference)) => embedded::totp_source(reference, &arguments.email_domain),
        (None, None, None) => TotpSource::None,
    })
}

/// Says what is tested, before the first call.
pub(super) fn announce(target: &Target, embedded: bool) {
    let embedded = if embedded {
        " (the embedded reference implementation)"
    } else {
        ""
    };
    let insecure = if target.insecure {
        ", whatever its certificate"
    } else {
        ""
    };
    terminal::err(&format!("testing {}{embedded}{insecure}", target.base_url));
}
