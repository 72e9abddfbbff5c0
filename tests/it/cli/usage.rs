//! Wrong usage: refused with one clear message and exit code 2, before anything is tested.

use std::fs;

use crate::support::{RawServer, conform};

/// Runs with these arguments and asserts that they are refused in these words.
#[track_caller]
pub fn refused(arguments: &[&str], words: &[&str]) {
    let finished = conform(arguments).run().expect_refusal();
    for word in words {
        finished.says(word);
    }
}

#[test]
fn an_unknown_flag_is_refused() {
    refused(
        &["--base-ulr", "http://127.0.0.1:1"],
        &["--base-ulr", "--base-url"],
    );
}

#[test]
fn a_filter_that_matches_nothing_is_refused() {
    refused(
        &["no-such-scenario"],
        &["no scenario matches `no-such-scenario`", "--list"],
    );
}

#[test]
fn a_mistyped_subcommand_is_refused() {
    refused(&["chekc"], &["chekc", "--help"]);
}

#[test]
fn a_filter_that_skip_takes_back_is_refused() {
    refused(&["login::", "--skip", "login::"], &["login::"]);
}

#[test]
fn an_operation_of_another_form_is_refused() {
    for operation in [
        "me",
        "me=",
        "me=GET",
        "me=/api/me",
        "me=GET api/me",
        "me=GET /a b",
        "me=GET /a?b",
        "me=GET /a#b",
        "me=G-T /a",
    ] {
        refused(
            &["--operation", operation],
            &["--operation", "METHOD /path"],
        );
    }
}

#[test]
fn an_operation_that_the_contract_lacks_is_refused_with_those_it_has() {
    refused(
        &["--operation", "mee=GET /me"],
        &["`mee`", "login-totp", "revoke-others"],
    );
}

#[test]
fn an_operation_must_keep_its_parameters() {
    refused(&["--operation", "revoke-token=DELETE /tokens"], &["{id}"]);
    refused(
        &["--operation", "revoke-token=DELETE /tokens/{token}"],
        &["{id}"],
    );
    refused(&["--operation", "me=GET /users/{id}"], &["{id}"]);
}

#[test]
fn a_header_that_cannot_be_sent_is_refused_without_its_value() {
    for header in [
        "X-Key hunter2",
        ": hunter2",
        "X Key: hunter2",
        "X-Key: hunter2\nX-Other: 1",
    ] {
        let finished = conform(["--header", header]).run().expect_refusal();
        finished.says("--header").never_says("hunter2");
    }
}

#[test]
fn a_timeout_needs_a_unit_and_must_not_be_nothing() {
    refused(&["--timeout", "0s"], &["--timeout"]);
    refused(&["--timeout", "0ms"], &["--timeout"]);
    for timeout in ["abc", "5", "", "1e3s", "5 s"] {
        refused(&["--timeout", timeout], &["--timeout", "500ms"]);
    }
    refused(&["--timeout=-5s"], &["--timeout"]);
}

#[test]
fn a_partition_has_a_part_of_its_parts() {
    for partition in [
        "slice:0/2",
        "slice:3/2",
        "slice:1/0",
        "slice:1",
        "1/2",
        "hash:1/2",
        "slice:-1/2",
        "slice:a/b",
    ] {
        refused(&["--partition", partition], &["--partition", "slice:1/4"]);
    }
}

#[test]
fn a_slice_without_a_scenario_is_refused() {
    refused(
        &["--partition", "slice:5000/5000"],
        &["there is no scenario to run"],
    );
}

#[test]
fn the_number_of_threads_is_bounded() {
    for threads in ["0", "257", "99999999999999999999", "many"] {
        refused(
            &["--test-threads", threads],
            &["--test-threads", "from 1 to 256"],
        );
    }
}

#[test]
fn certificates_that_cannot_be_read_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.pem");
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "no certificate").unwrap();
    for file in [missing, empty] {
        let file = file.to_str().unwrap();
        refused(
            &["--base-url", "https://127.0.0.1:1", "--cacert", file],
            &[file, "certificate"],
        );
    }
}

#[test]
fn a_missing_account_file_is_refused() {
    refused(
        &["--totp-account", "no/such/account.json"],
        &["no/such/account.json"],
    );
}

#[test]
fn an_account_file_that_holds_no_account_is_refused_without_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    let file = file.to_str().unwrap();
    for content in [
        "",
        "password=hunter2",
        r#"{"email":"jane@example.com","password":"hunter2""#,
        r#"{"email":"jane@example.com","password":"hunter2"}"#,
        r#"{"email":"jane@example.com","password":["hunter2"],"totp_secret":"GEZDGNBV"}"#,
        r#"{"email":"jane@example.com","password":"hunter2","totp_secret":"hunter2!"}"#,
    ] {
        fs::write(file, content).unwrap();
        let finished = conform(["--totp-account", file]).run().expect_refusal();
        finished.says("account").never_says("hunter2");
    }
    fs::write(file, b"hunter2 \xff\xfe").unwrap();
    let finished = conform(["--totp-account", file]).run().expect_refusal();
    finished.says(file).never_says("hunter2");
}

#[test]
fn an_account_comes_from_one_source() {
    refused(
        &["--provision", "true", "--totp-account", "x.json"],
        &["--provision", "--totp-account"],
    );
}

#[test]
fn an_email_domain_that_is_none_is_refused() {
    for domain in [
        "nonsense",
        "",
        "a..b",
        ".example.com",
        "exa mple.com",
        "jane@example.com",
        "example.com/x",
    ] {
        refused(
            &["--email-domain", domain],
            &["--email-domain", "example.com"],
        );
    }
}

#[test]
fn a_proxy_that_is_no_address_is_refused() {
    refused(&["--proxy", "no proxy"], &["proxy"]);
}

#[test]
fn an_unknown_profile_is_refused_with_those_there_are() {
    refused(
        &["--profile", "core,sesions"],
        &["sesions", "sessions", "rate-limit"],
    );
}

#[test]
fn a_run_flag_beside_a_subcommand_is_refused() {
    let finished = conform(["--base-url", "http://127.0.0.1:1", "check"])
        .run_as_is()
        .expect(2);
    assert_eq!(finished.stdout, "");
    finished.says("check");
}

#[test]
fn a_report_folder_that_cannot_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "kept").unwrap();
    for wrong in [file.clone(), file.join("below")] {
        let finished = conform(["register::refusals", "--report-dir"])
            .arg(&wrong)
            .run_as_is()
            .expect(2);
        finished.says(wrong.to_str().unwrap()).says("--report-dir");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "kept");
}

#[test]
fn a_reference_that_cannot_be_served_says_why() {
    let taken = RawServer::silent();
    let finished = conform(["serve", "--addr", &taken.address.to_string()])
        .run_as_is()
        .expect(2);
    finished.says(&taken.address.to_string());
    assert_eq!(finished.stdout, "");
    let finished = conform(["serve", "--provision-account"])
        .run_as_is()
        .expect(2);
    finished.says("--db");
    let finished = conform(["serve", "--db", "no/such/folder/data.db"])
        .run_as_is()
        .expect(2);
    finished.says("no/such/folder/data.db");
}
