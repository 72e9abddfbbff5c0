//! Wrong usage: refused with one clear message and exit code 2, before anything is tested.

use std::fs;

use insta::assert_snapshot;

use crate::support::{RawServer, conform, steady};

/// Runs with these arguments, which must be refused; what it says.
#[track_caller]
pub fn refused(arguments: &[&str]) -> String {
    steady(&conform(arguments).run().expect_refusal().stderr)
}

/// What it says of each of these values of a flag.
#[track_caller]
pub fn each_refused(flag: &str, values: &[&str]) -> String {
    let said: Vec<String> = values.iter().map(|value| refused(&[flag, value])).collect();
    said.join("\n")
}

#[test]
fn an_unknown_flag_is_refused() {
    assert_snapshot!(refused(&["--base-ulr", "http://127.0.0.1:1"]), @"
    error: unexpected argument '--base-ulr' found

      tip: a similar argument exists: '--base-url'

    Usage: conform --base-url <URL> [FILTER]

    For more information, try '--help'.
    ");
}

#[test]
fn a_filter_that_matches_nothing_is_refused() {
    assert_snapshot!(refused(&["no-such-scenario"]), @"error: no scenario matches `no-such-scenario`: `conform --list` shows the names of the scenarios, `conform --help` the commands");
}

#[test]
fn a_mistyped_subcommand_is_refused() {
    assert_snapshot!(refused(&["chekc"]), @"error: no scenario matches `chekc`: did you mean `check`?");
    assert_snapshot!(refused(&["completion"]), @"error: no scenario matches `completion`: did you mean `completions`?");
    assert_snapshot!(refused(&["tokens::refuses-curent"]), @"error: no scenario matches `tokens::refuses-curent`: did you mean `tokens::refuses-current`?");
}

#[test]
fn a_base_url_without_its_flag_is_told_so() {
    assert_snapshot!(refused(&["http://localhost:8000"]), @"error: no scenario matches `http://localhost:8000`: to test that server, write --base-url http://localhost:8000");
}

#[test]
fn a_filter_that_skip_takes_back_is_refused() {
    assert_snapshot!(refused(&["login::", "--skip", "login::"]), @"error: no scenario matches `login::` that --skip leaves, or in whole with --exact");
}

#[test]
fn an_operation_of_another_form_is_refused() {
    let operations = [
        "me",
        "me=",
        "me=GET",
        "me=/api/me",
        "me=GET api/me",
        "me=GET /a b",
        "me=GET /a?b",
        "me=GET /a#b",
        "me=G-T /a",
    ];
    assert_snapshot!(each_refused("--operation", &operations));
}

#[test]
fn an_operation_that_the_contract_lacks_is_refused_with_those_it_has() {
    assert_snapshot!(refused(&["--operation", "mee=GET /me"]), @"error: --operation: the contract has no operation `mee`: did you mean `me`?");
    assert_snapshot!(refused(&["--operation", "sign-out=GET /me"]), @"error: --operation: the contract has no operation `sign-out`: it has list-tokens, login, login-totp, logout, me, register, revoke-others, revoke-token");
    assert_snapshot!(refused(&["--operation", "me=PSOT /me"]), @"error: --operation: `PSOT` is no method of HTTP: did you mean `POST`?");
    assert_snapshot!(refused(&["--operation", "me=X /me"]), @"error: --operation: `X` is no method of HTTP: write one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS");
}

#[test]
fn an_operation_must_keep_its_parameters() {
    let operations = [
        "revoke-token=DELETE /tokens",
        "revoke-token=DELETE /tokens/{token}",
        "me=GET /users/{id}",
    ];
    assert_snapshot!(each_refused("--operation", &operations), @"
    error: --operation: the path of `revoke-token` must hold `{id}`, so that the harness can say which one it means

    error: --operation: the path of `revoke-token` must hold `{id}`, so that the harness can say which one it means

    error: --operation: the path of `me` holds `{id}`, for which the contract has no value
    ");
}

#[test]
fn a_header_that_cannot_be_sent_is_refused_without_its_value() {
    let headers = [
        "X-Key hunter2",
        ": hunter2",
        "X Key: hunter2",
        "X-Key: hunter2\nX-Other: 1",
    ];
    let said = each_refused("--header", &headers);
    assert!(!said.contains("hunter2"), "{said}");
    assert_snapshot!(said, @r#"
    error: --header: write "Name: value"

    error: --header: the header `` cannot be sent: a name has letters, digits and hyphens, a value is one line

    error: --header: the header `X Key` cannot be sent: a name has letters, digits and hyphens, a value is one line

    error: --header: the header `X-Key` cannot be sent: a name has letters, digits and hyphens, a value is one line
    "#);
}

#[test]
fn a_timeout_needs_a_unit_and_must_not_be_nothing() {
    let timeouts = ["0s", "0ms", "abc", "5", "", "1e3s", "5 s"];
    assert_snapshot!(each_refused("--timeout", &timeouts));
    assert_snapshot!(refused(&["--timeout=-5s"]), @"
    error: invalid value '-5s' for '--timeout <DURATION>': `-5s` is no duration: write 500ms, 3s, 2m or 1h

    For more information, try '--help'.
    ");
}

#[test]
fn a_partition_has_a_part_of_its_parts() {
    let partitions = [
        "slice:0/2",
        "slice:3/2",
        "slice:1/0",
        "slice:1",
        "1/2",
        "hash:1/2",
        "slice:-1/2",
        "slice:a/b",
    ];
    assert_snapshot!(each_refused("--partition", &partitions));
}

#[test]
fn a_slice_without_a_scenario_is_refused() {
    assert_snapshot!(refused(&["--partition", "slice:5000/5000"]), @"error: there is no scenario to run: the suite has none, or the flags leave all out");
}

#[test]
fn the_number_of_threads_is_bounded() {
    let threads = ["0", "257", "99999999999999999999", "many"];
    assert_snapshot!(each_refused("--test-threads", &threads), @"
    error: invalid value '0' for '--test-threads <N>': write a number from 1 to 256

    For more information, try '--help'.

    error: invalid value '257' for '--test-threads <N>': write a number from 1 to 256

    For more information, try '--help'.

    error: invalid value '99999999999999999999' for '--test-threads <N>': write a number from 1 to 256

    For more information, try '--help'.

    error: invalid value 'many' for '--test-threads <N>': write a number from 1 to 256

    For more information, try '--help'.
    ");
}

#[test]
fn certificates_that_cannot_be_read_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.pem");
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "no certificate").unwrap();
    let said = [missing, empty].map(|file| {
        let file = file.to_str().unwrap();
        refused(&["--base-url", "https://127.0.0.1:1", "--cacert", file])
    });
    assert_snapshot!(said.concat(), @"
    testing https://127.0.0.1:1
    error: cannot use the certificates in <folder>/missing.pem: No such file or directory (os error <number>)
    testing https://127.0.0.1:1
    error: cannot use the certificates in <folder>/empty.pem: it holds no certificate in PEM form
    ");
}

#[test]
fn a_missing_account_file_is_refused() {
    assert_snapshot!(refused(&["--totp-account", "no/such/account.json"]), @"error: cannot use the account in no/such/account.json: No such file or directory (os error <number>)");
}

#[test]
fn an_account_file_that_holds_no_account_is_refused_without_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    let file = file.to_str().unwrap();
    let contents: [&[u8]; 9] = [
        b"",
        b"password=hunter2",
        br#"{"email":"jane@example.com","password":"hunter2""#,
        br#"{"email":"jane@example.com","password":"hunter2"}"#,
        br#"{"email":"jane@example.com","password":["hunter2"],"totp_secret":"GEZDGNBV"}"#,
        br#"{"mail":"hunter2","password":{"hunter2":1},"totp_secret":42,"recovery_codes":["hunter2",7,8,null]}"#,
        b"{\n  \"email\": \"jane@example.com\"\n  \"password\": \"hunter2\"\n}",
        br#"{"email":"jane@example.com","password":"hunter2","totp_secret":"hunter2!"}"#,
        b"hunter2 \xff\xfe",
    ];
    let said = contents.map(|content| {
        fs::write(file, content).unwrap();
        refused(&["--totp-account", file])
    });
    let said = said.concat();
    assert!(!said.contains("hunter2"), "{said}");
    assert_snapshot!(said, @"
    error: cannot use the account in <folder>/account.json: there is nothing
    error: cannot use the account in <folder>/account.json: line 1 is no JSON from column 1 on
    error: cannot use the account in <folder>/account.json: line 1 is no JSON from column 48 on
    error: cannot use the account in <folder>/account.json: the account has no `totp_secret`
    error: cannot use the account in <folder>/account.json: `password` must be text, but is a list
    error: cannot use the account in <folder>/account.json: the account has no `email`; `password` must be text, but is an object; `totp_secret` must be text, but is a number; an entry of `recovery_codes` must be text, but is a number; an entry of `recovery_codes` must be text, but is null
    error: cannot use the account in <folder>/account.json: line 3 is no JSON from column 3 on
    error: cannot use the account in <folder>/account.json: its totp_secret cannot be used: the TOTP secret is not Base32: use the letters A to Z and the digits 2 to 7, as the authenticator shows it
    error: cannot use the account in <folder>/account.json: line 1 is no JSON from column 1 on
    ");
}

#[test]
fn an_account_comes_from_one_source() {
    assert_snapshot!(refused(&["--provision", "true", "--totp-account", "x.json"]), @"
    error: the argument '--provision <CMD>' cannot be used with '--totp-account <FILE>'

    Usage: conform --provision <CMD> --report-dir <DIR> [FILTER]

    For more information, try '--help'.
    ");
}

#[test]
fn an_email_domain_that_is_none_is_refused() {
    let domains = [
        "nonsense",
        "",
        "a..b",
        ".example.com",
        "exa mple.com",
        "jane@example.com",
        "example.com/x",
    ];
    assert_snapshot!(each_refused("--email-domain", &domains));
}

#[test]
fn a_proxy_that_is_no_address_is_refused() {
    assert_snapshot!(refused(&["--proxy", "no proxy"]), @"error: --proxy: the address of the proxy cannot be used: write one such as http://proxy.example:3128");
}

#[test]
fn an_unknown_profile_is_refused_with_those_there_are() {
    assert_snapshot!(refused(&["--profile", "core,sesions"]), @"
    error: invalid value 'sesions' for '--profile <PROFILE,…>'
      [possible values: core, sessions, totp, rate-limit, hardening, concurrency, all]

      tip: a similar value exists: 'sessions'

    For more information, try '--help'.
    ");
}

#[test]
fn a_run_flag_beside_a_subcommand_is_refused() {
    let finished = conform(["--base-url", "http://127.0.0.1:1", "check"])
        .run_as_is()
        .expect(2);
    assert_eq!(finished.stdout, "");
    assert_snapshot!(finished.stderr, @"error: `check` is a command: write it first, and its own flags after it");
}

#[test]
fn a_report_folder_that_cannot_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "kept").unwrap();
    let said = [file.clone(), file.join("below")].map(|wrong| {
        let run = conform(["register::refusals", "--report-dir"]).arg(wrong);
        steady(&run.run_as_is().expect(2).all())
    });
    assert_snapshot!(said.concat(), @"
    testing http://127.0.0.1:<port> (the embedded reference implementation)
    error: cannot write <folder>/file: File exists (os error <number>) (--report-dir DIR names another folder)

    testing http://127.0.0.1:<port> (the embedded reference implementation)
    error: cannot write <folder>/file/below: Not a directory (os error <number>) (--report-dir DIR names another folder)
    ");
    assert_eq!(fs::read_to_string(&file).unwrap(), "kept");
}

#[test]
fn a_reference_that_cannot_be_served_says_why() {
    let taken = RawServer::silent();
    let address = taken.address.to_string();
    let said = [
        ["serve", "--addr", &address].as_slice(),
        &["serve", "--provision-account"],
        &["serve", "--db", "no/such/folder/data.db"],
    ]
    .map(|arguments| {
        let finished = conform(arguments).run_as_is().expect(2);
        assert_eq!(finished.stdout, "");
        steady(&finished.stderr)
    });
    assert_snapshot!(said.concat(), @"
    error: cannot listen on 127.0.0.1:<port>: Address already in use (os error <number>); choose a free port of this machine, or port 0 for any
    error: the following required arguments were not provided:
      --db <FILE>

    Usage: conform serve --db <FILE> --provision-account

    For more information, try '--help'.
    error: cannot open the database no/such/folder/data.db: unable to open database file: no/such/folder/data.db; check that its directory exists and that you may write there
    ");
}
