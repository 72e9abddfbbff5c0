//! What a panic message or a log line may repeat of a value: never a secret in it.

use std::ffi::OsString;
use std::fmt::Debug;
use std::fs;
use std::sync::Arc;

use clap::Parser;
use conform::accounts::{ProvisionedAccount, TotpSource, read_account_file};
use conform::cli::{Cli, Environment};
use conform::http::{Accounts, Call, Description, SecretKind};
use conform::run::{Plan, Selection, Session, SessionSettings};
use conform::suite::Suite;
use jiff::civil::date;

const SECRET: &str = "s3cr3t-hunter2";

#[track_caller]
fn assert_keeps(value: &impl Debug, word: &str) {
    let text = format!("{value:?} {value:#?}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains(word), "{text}");
}

#[test]
fn no_argument_is_repeated() {
    let flags = [
        "--header",
        "--proxy",
        "--base-url",
        "--provision",
        "--cleanup",
    ];
    let given = flags.map(|flag| [flag, SECRET]);
    let run = Cli::try_parse_from(["conform"].iter().chain(given.as_flattened()));
    assert_keeps(&run.unwrap(), "Cli");
    let mutants = ["conform", "mutants"];
    let mutants = Cli::try_parse_from(mutants.iter().chain(given.as_flattened()));
    assert_keeps(&mutants.unwrap(), "Cli");
    let environment = Environment {
        base_url: Some(OsString::from(format!("http://jane:{SECRET}@h"))),
        target_file: None,
        variable: |_| None,
        today: date(2026, 1, 1),
        github: false,
        job_summary: None,
    };
    assert_keeps(&environment, "2026-01-01");
}

#[tokio::test]
async fn nothing_of_a_target_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("target.yaml");
    let settings = "base_url: http://example.com\nheaders: { X-Key: '${SECRET}' }\n\
        proxy: http://jane:${SECRET}@127.0.0.1:1\ncleanup: purge ${SECRET}\n\
        accounts: { provision: 'make ${SECRET}' }\n";
    fs::write(&file, settings).unwrap();
    let suite = Arc::new(Suite::built_in().unwrap());
    let variables = |name: &str| (name == "SECRET").then(|| SECRET.to_owned());
    let described = Description::read(&file, None, &suite.contract, &variables).unwrap();
    assert_keeps(&described, "example.com");
    assert_keeps(&described.target, "example.com");
    assert_keeps(&described.target.proxy, "127.0.0.1");
    let Accounts::Provision(command) = &described.accounts else {
        panic!("{:?}", described.accounts);
    };
    assert!(command.contains(SECRET));
    assert_keeps(&described.accounts, "Provision");
    let source = TotpSource::Command(command.clone());
    assert_keeps(&source, "Command");
    let settings = SessionSettings {
        email_domain: "example.com".to_owned(),
        totp_source: source,
        plain_accounts: None,
        concurrency: 1,
        fail_fast: false,
    };
    let plan = Plan::new(&suite, &Selection::default());
    let session = Session::new(described.target, plan, settings).unwrap();
    session.secrets.add(SecretKind::Password, SECRET);
    assert_keeps(&session, "Session");
}

#[test]
fn nothing_of_an_account_or_a_call_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    let written = format!(
        r#"{{ "email": "jane@example.com", "password": "{SECRET}", "totp_secret": "JBSWY3DPEHPK3PXP",
            "recovery_codes": ["{SECRET}"] }}"#
    );
    fs::write(&file, &written).unwrap();
    let account: ProvisionedAccount = serde_json::from_str(&written).unwrap();
    assert_keeps(&account, "jane@example.com");
    assert_keeps(&read_account_file(&file).unwrap(), "Fixed");
    let call = Call {
        operation: "login".to_owned(),
        role: None,
        method: "POST".to_owned(),
        url: format!("http://example.com/{SECRET}"),
        headers: vec![("authorization".to_owned(), format!("Bearer {SECRET}"))],
        body: Some(SECRET.to_owned()),
    };
    assert_keeps(&call, "login");
}
