//! Where accounts with a second factor come from, and what happens where they do not.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use crate::support::{Finished, PROGRAM, Reference, Served, conform, printed_account, reference};

/// Runs the scenarios of the second factor against the reference, with accounts from this command.
#[track_caller]
fn provisioned_by(command: &str) -> Finished {
    let reference = reference();
    conform([
        "totp::",
        "--base-url",
        reference.base_url(),
        "--provision",
        command,
    ])
    .run()
}

#[test]
fn what_a_failing_command_prints_on_standard_error_is_shown() {
    let finished =
        provisioned_by("echo hunter2; echo the database is locked >&2; exit 7").expect(3);
    finished
        .says("the database is locked")
        .says("7")
        .never_says("hunter2");
    assert_eq!(finished.verdict("totp.challenge"), "inconclusive");
}

#[test]
fn garbage_of_a_command_is_not_repeated() {
    for (garbage, reason) in [
        ("hunter2", "line 1 is no JSON from column 1 on"),
        (
            r#"{"password":"hunter2"}"#,
            "the account has no `email`; the account has no `totp_secret`",
        ),
        (
            "{\"password\":\"hunter2\"}\nwarning: hunter2",
            "line 2 is no JSON from column 1 on",
        ),
        (r#"["hunter2"]"#, "it is no JSON object"),
    ] {
        let finished = provisioned_by(&format!("echo '{garbage}'; echo oops >&2")).expect(3);
        finished
            .says("must print one JSON object")
            .says(reason)
            .says("oops")
            .never_says("hunter2");
        assert!(!finished.report_file("report.json").contains("hunter2"));
        assert!(!finished.report_file("junit.xml").contains("hunter2"));
    }
}

#[test]
fn a_secret_that_is_no_base32_is_not_repeated() {
    let account = r#"{"email":"jane@example.com","password":"hunter2","totp_secret":"hunter2!"}"#;
    provisioned_by(&format!("echo '{account}'"))
        .expect(3)
        .says("Base32")
        .never_says("hunter2");
}

#[test]
fn a_command_that_prints_nothing_is_told_what_to_print() {
    provisioned_by("true")
        .expect(3)
        .says("must print one JSON object")
        .says("there is nothing");
}

#[test]
fn a_command_that_does_not_exist_is_named() {
    provisioned_by("no-such-command-for-accounts")
        .expect(3)
        .says("no-such-command-for-accounts");
}

#[test]
fn a_failing_command_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    provisioned_by(&format!("echo run >> '{}'; exit 1", log.display())).expect(3);
    assert_eq!(fs::read_to_string(&log).unwrap(), "run\n");
}

#[test]
fn without_a_source_the_second_factor_is_unproven() {
    let server = Served::start(std::iter::empty::<&str>());
    let arguments = [
        "--base-url",
        &server.base_url,
        "--skip",
        "rate-limit",
        "--skip",
        "tokens::",
    ];
    let finished = conform(arguments).run().expect(4);
    assert_eq!(finished.verdict("totp.challenge"), "inconclusive");
    assert_eq!(finished.verdict("totp.code-completes"), "inconclusive");
    assert_eq!(finished.verdict("register.created"), "pass");
    finished
        .says("--provision")
        .says("--totp-account")
        .says("exit code 4: not everything is verified");
    let junit = finished.report_file("junit.xml");
    assert!(junit.contains("<skipped"), "{junit}");
}

#[test]
fn a_command_gives_each_scenario_an_account_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("data.db");
    let server = Served::start(["--db".as_ref(), database.as_os_str()]);
    let command = format!(
        "'{PROGRAM}' serve --provision-account --db '{}'",
        database.display()
    );
    let arguments = [
        "totp::",
        "--base-url",
        &server.base_url,
        "--provision",
        &command,
    ];
    let finished = conform(arguments).run().expect(0);
    assert_eq!(finished.verdict("totp.code-completes"), "pass");
    assert_eq!(finished.verdict("totp.recovery-code-completes"), "pass");
}

/// Runs a scenario of the second factor with a command that always prints the same account.
fn printing_one(reference: &Reference, change: impl FnOnce(&str) -> String) -> Finished {
    let run = conform(["totp::completes-login", "--base-url", reference.base_url()]);
    let file = run.folder().join("account.json");
    let account = reference.provisioned_account();
    let mut account = serde_json::to_value(&account).unwrap();
    let secret = change(account["totp_secret"].as_str().unwrap());
    account["totp_secret"] = secret.into();
    fs::write(&file, account.to_string()).unwrap();
    let command = format!("cat '{}'", file.display());
    run.arg("--provision").arg(command).run()
}

#[test]
fn a_secret_is_read_as_a_uri_and_no_output_shows_what_is_in_it() {
    let reference = reference();
    let mut secret = String::new();
    let finished = printing_one(&reference, |base32| {
        base32.clone_into(&mut secret);
        let spaced = base32.to_ascii_lowercase();
        format!("otpauth://totp/Pionne:jane?secret={spaced}&algorithm=SHA1&digits=6&period=30")
    })
    .expect(0);
    assert_eq!(finished.verdict("totp.code-completes"), "pass");
    finished.never_says(&secret);
    assert!(!finished.report_file("report.json").contains(&secret));
}

#[test]
fn codes_of_another_algorithm_are_refused_by_a_server_that_knows_nothing_of_it() {
    let finished = printing_one(&reference(), |base32| {
        format!("otpauth://totp/x?secret={base32}&algorithm=SHA512")
    })
    .expect(1);
    assert_eq!(finished.verdict("totp.code-completes"), "fail");
}

#[test]
fn spent_recovery_codes_are_told_with_their_account() {
    let reference = reference();
    let finished = printing_one(&reference, str::to_owned).expect(0);
    let report = finished.report();
    let codes = report["recovery_codes"].as_array().unwrap();
    assert_eq!(codes.len(), 1, "{codes:?}");
    let account = codes[0]["account"].as_str().unwrap();
    let (spent, left) = (&codes[0]["spent"], &codes[0]["left"]);
    assert!(spent.as_u64().unwrap() > 0);
    finished.says(&format!(
        "recovery codes of {account}: the first {spent} of the list are spent, {left} left"
    ));
}

#[test]
#[ignore = "waits for a fresh code"]
fn scenarios_take_turns_with_the_account_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("data.db");
    let file = folder.path().join("account.json");
    fs::write(&file, printed_account(&database)).unwrap();
    let server = Served::start(["--db".as_ref(), database.as_os_str()]);
    let finished = conform(["totp::", "--base-url", &server.base_url, "--totp-account"])
        .arg(&file)
        .run()
        .expect(0);
    assert_eq!(finished.verdict("totp.code-completes"), "pass");
    let report = finished.report();
    // No two of them overlap in what they send.
    let mut spans: Vec<(String, String)> = Vec::new();
    for scenario in report["scenarios"].as_array().unwrap() {
        let sent: Vec<&str> = scenario["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|step| step["exchange"]["sent"].as_str())
            .collect();
        spans.push((sent[0].to_owned(), (*sent.last().unwrap()).to_owned()));
    }
    let instant = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    spans.sort_by_key(|span| instant(&span.0));
    assert!(spans.len() > 1);
    for pair in spans.windows(2) {
        assert!(instant(&pair[0].1) < instant(&pair[1].0), "{spans:?}");
    }
}

#[test]
fn an_account_with_few_recovery_codes_is_blamed_for_nothing() {
    for scenario in ["totp::completes-login", "hardening::second-factor"] {
        for codes in 0..=2 {
            let server = reference();
            let account = server.provisioned_account();
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("account.json");
            let account = serde_json::json!({
                "email": account.email,
                "password": account.password,
                "totp_secret": account.totp_secret,
                "recovery_codes": account.recovery_codes[..codes],
            });
            fs::write(&file, account.to_string()).unwrap();
            let command = format!("cat '{}'", file.display());
            let base_url = server.base_url();
            let finished = conform([scenario, "--profile", "all", "--base-url", base_url])
                .args(["--provision", &command])
                .run();
            let count = &finished.report()["count"];
            assert_eq!(count["fail"], 0, "{codes} codes: {}", finished.all());
        }
    }
}

/// Registers an account, as a vendor's own command would by other means, and returns what that command prints.
fn register(base_url: &str, number: usize) -> String {
    let account = format!(
        r#"{{"email":"made-{number}@example.com","password":"ready-made-1","name":"Ready Made"}}"#
    );
    let address = base_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let length = account.len();
    let request = format!(
        "POST /api/auth/register HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{account}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    account
}

/// A command that prints one of the accounts in a folder: whoever can take a file away has the account in it.
fn taking_one_of(folder: &Path) -> String {
    format!(
        "cd '{}' && while f=$(ls | grep account | head -n 1); do mv $f taken-$$ 2>/dev/null && cat taken-$$ && break; done",
        folder.display()
    )
}

#[test]
fn ready_made_accounts_take_the_place_of_registering_but_for_what_is_about_it() {
    let server = reference();
    let base_url = server.base_url();
    let folder = tempfile::tempdir().unwrap();
    for number in 0..12 {
        let file = folder.path().join(format!("account-{number}"));
        fs::write(file, register(base_url, number)).unwrap();
    }
    let command = taking_one_of(folder.path());
    let finished = conform(["--base-url", base_url, "--profile", "core,sessions"])
        .args(["--accounts", &command])
        .run()
        .expect(0);
    let report = finished.report();
    let scenarios = report["scenarios"].as_array().unwrap();
    let registers = |id: &str| {
        let scenario = scenarios.iter().find(|one| one["id"] == id).unwrap();
        let steps = scenario["steps"].as_array().unwrap().iter();
        steps.filter(|step| step["operation"] == "register").count()
    };
    assert_eq!(registers("tokens/refuses-current"), 0);
    assert_eq!(registers("login/default-client-type"), 0);
    assert!(registers("register/new-account") > 0);
    // What is said of registering rests on accounts that the run has registered.
    assert_eq!(finished.verdict("register.can-login"), "pass");
}

#[test]
fn an_account_that_is_none_on_this_server_blames_nobody() {
    let server = reference();
    let account = r#"{"email":"a@example.com","password":"ready-made-1","name":"A"}"#;
    let run = |filter, account: &str| {
        let command = format!("echo '{account}'");
        let run = conform([
            filter,
            "--base-url",
            server.base_url(),
            "--accounts",
            &command,
        ]);
        run.run()
    };
    run("tokens::revokes-one", account)
        .expect(4)
        .says("status 401 (does the command of --accounts make accounts on this server?)");
    run("auth::needs-token", account).expect(4);
    run("tokens::revokes-one", r#"{"password":12345,"name":["hunter2"]}"#)
        .expect(3)
        .says("{email, password, name}")
        .says("the account has no `email`; `password` must be text, but is a number; `name` must be text, but is a list")
        .never_says("12345")
        .never_says("hunter2");
    register(server.base_url(), 0);
    let same = r#"{"email":"made-0@example.com","password":"ready-made-1","name":"Ready Made"}"#;
    run("auth::needs-token", same)
        .expect(3)
        .says("the same account twice");
}

#[test]
fn an_account_from_another_database_blames_nobody_and_is_told() {
    let (server, other) = (reference(), reference());
    let folder = tempfile::tempdir().unwrap();
    for number in 0..8 {
        let file = folder.path().join(format!("account-{number}"));
        let account = serde_json::to_string(&other.provisioned_account()).unwrap();
        fs::write(file, account).unwrap();
    }
    let finished = conform(["--base-url", server.base_url(), "--provision"])
        .arg(taking_one_of(folder.path()))
        .run()
        .expect(4);
    assert_eq!(finished.report()["count"]["fail"], 0);
    finished
        .says("the first login of an account from --provision was answered 401")
        .says("another database?");
    // What needs no second factor is verified without one.
    assert_eq!(finished.verdict("tokens.lists-all"), "pass");
    assert_eq!(finished.verdict("totp.challenge"), "inconclusive");
    assert_eq!(finished.verdict("totp.session-as-any"), "inconclusive");
}
