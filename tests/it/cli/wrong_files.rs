//! Files and folders that hold no suite, and those made to bring a reader down.

use std::fmt::Write as _;
use std::fs;

use crate::cli::wrong_scenarios::wrong;
use crate::support::{GOOD_SCENARIO, RawServer, Suite, conform, suite};

const WRONG: &str = "specs/account/wrong.yaml";

/// Asserts that the suite is refused in these words, and no request sent.
#[track_caller]
fn refused(suite: &Suite, words: &[&str]) {
    let server = RawServer::silent();
    let finished = conform(["--base-url", &server.base_url(), "--suite"])
        .arg(suite.path())
        .run()
        .expect(2);
    assert_eq!(server.connections(), 0);
    for word in words {
        finished.says(word);
    }
    // However large what is wrong: the message stays readable.
    assert!(
        finished.stderr.len() < 20_000,
        "{} bytes",
        finished.stderr.len()
    );
}

#[test]
fn the_suite_that_the_others_are_made_from_is_good() {
    let suite = suite();
    let finished = conform(["--suite"]).arg(suite.path()).run().expect(0);
    assert_eq!(finished.verdict("me.describes"), "pass");
    assert_eq!(finished.verdict("logout.no-content"), "pass");
    assert_eq!(finished.report()["suite"]["built_in"], false);
    finished.never_says("of a part of the suite");
}

#[test]
fn a_suite_is_found_by_the_folder_of_its_contract_too() {
    let suite = suite();
    let finished = conform(["--suite"]).arg(suite.path().join("specs")).run();
    assert_eq!(finished.expect(0).verdict("me.describes"), "pass");
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_nothing() {
    let text = format!("\u{feff}{}", GOOD_SCENARIO.replace('\n', "\r\n"));
    let suite = suite().with("specs/account/me.yaml", text);
    conform(["--suite"]).arg(suite.path()).run().expect(0);
}

#[test]
fn billions_of_laughs_are_refused() {
    let mut bomb = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        let line = [alias.as_str(); 9].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{line}]");
    }
    let scenario = format!("{bomb}title: *a11\nsteps: []\n");
    refused(&suite().with(WRONG, &scenario), &[WRONG, "alias"]);
    let contract = fs::read_to_string(suite().path().join("specs/contract.yaml")).unwrap();
    let suite = suite().with("specs/contract.yaml", format!("{bomb}{contract}"));
    refused(&suite, &["specs/contract.yaml"]);
}

#[test]
fn deep_nesting_is_refused() {
    let closed = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let maps = format!("{}x{}", "{a: ".repeat(5_000), "}".repeat(5_000));
    let lists = "- ".repeat(5_000);
    for deep in ["[".repeat(200_000), closed, maps, format!("\n  {lists}x")] {
        let scenario = format!("title: t\nsteps: {deep}\n");
        refused(&suite().with(WRONG, scenario), &[WRONG]);
    }
}

#[test]
fn a_deep_schema_is_refused() {
    let deep = format!("{}{{}}{}", r#"{"not":"#.repeat(5_000), "}".repeat(5_000));
    refused(
        &suite().with("schemas/user.json", deep),
        &["schemas/user.json"],
    );
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    refused(&suite().with(WRONG, b"title: caf\xe9\n"), &[WRONG, "UTF-8"]);
    refused(
        &suite().with("schemas/user.json", b"\xff\xfe{\0}\0"),
        &["schemas/user.json", "UTF-8"],
    );
    refused(
        &suite().with("specs/contract.yaml", b"title: \xff\n"),
        &["specs/contract.yaml", "UTF-8"],
    );
}

#[test]
fn yaml_that_cannot_be_read_is_refused() {
    for text in [
        "title: \"t\nsteps: []\n",
        "title: t\nsteps:\n\t- call: me\n",
        "title: t\n steps: []\n",
        "title: [t\n",
        "title: t\u{0}\n",
        "title: *nobody\nsteps: []\n",
        "title: t\nsteps: []\n---\ntitle: u\nsteps: []\n",
    ] {
        refused(&suite().with(WRONG, text), &[WRONG, "1 mistake"]);
    }
}

#[test]
fn a_file_far_too_large_is_refused() {
    let comment = "# nothing\n".repeat(200_000);
    refused(
        &suite().with(WRONG, comment),
        &[WRONG, "it has more than 1 MiB"],
    );
}

#[test]
fn a_folder_without_a_contract_is_refused() {
    refused(
        &suite().without("specs/contract.yaml"),
        &["holds no suite", "specs/contract.yaml"],
    );
}

#[test]
fn a_missing_folder_is_refused() {
    let finished = conform(["--suite", "no/such/folder"])
        .run()
        .expect_refusal();
    finished.says("cannot read no/such/folder");
    let finished = conform(["check", "--suite", "no/such/folder"])
        .run_as_is()
        .expect(2);
    finished.says("cannot read no/such/folder");
}

#[test]
fn a_file_in_place_of_the_folder_is_refused() {
    let suite = suite();
    let file = suite.path().join("specs/contract.yaml");
    let finished = conform(["--suite"]).arg(&file).run().expect_refusal();
    finished.says("contract.yaml");
}

#[test]
fn a_suite_without_a_scenario_is_refused() {
    let suite = suite()
        .without("specs/account/me.yaml")
        .without("specs/account/logout.yaml");
    let finished = conform(["--suite"]).arg(suite.path()).run();
    finished.expect_refusal();
}

#[test]
fn a_schema_that_is_none_is_refused() {
    for (schema, words) in [
        ("{", "no JSON"),
        ("", "no JSON"),
        (r#"{ "type": "objekt" }"#, "the schema is wrong"),
        (r#"{ "required": "email" }"#, "the schema is wrong"),
        (r#"{ "pattern": "(" }"#, "the schema is wrong"),
        (r##"{ "$ref": "#/$defs/nobody" }"##, "the schema is wrong"),
        ("[]", "the schema is wrong"),
    ] {
        refused(
            &suite().with("schemas/user.json", schema),
            &["schemas/user.json", words],
        );
    }
}

#[test]
fn a_schema_refers_to_nothing_on_the_network() {
    let server = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    let schema = format!(r#"{{ "$ref": "{}/other.json" }}"#, server.base_url());
    refused(
        &suite().with("schemas/user.json", schema),
        &["schemas/user.json", "the schema is wrong"],
    );
    assert_eq!(server.connections(), 0);
}

#[test]
fn check_finds_the_mistakes_as_a_run_does() {
    let suite = suite().changed("specs/account/me.yaml", "call: me", "call: mee");
    let finished = conform(["check", "--suite"])
        .arg(suite.path())
        .run_as_is()
        .expect(2);
    finished
        .says("specs/account/me.yaml:4:11")
        .says("unknown operation `mee`");
    wrong(
        &suite,
        "specs/account/me.yaml",
        &[("4:11", "unknown operation `mee`")],
    );
}

#[test]
fn check_tells_what_no_scenario_proves() {
    let suite = suite().without("specs/account/logout.yaml");
    let finished = conform(["check", "--suite"])
        .arg(suite.path())
        .run_as_is()
        .expect(1);
    let gaps: Vec<&str> = finished
        .stdout
        .lines()
        .filter(|line| line.starts_with("gap: "))
        .collect();
    assert!(
        gaps.iter().any(|gap| gap.contains("logout.no-content")),
        "{gaps:?}"
    );
    assert!(
        !gaps.iter().any(|gap| gap.contains("me.describes")),
        "{gaps:?}"
    );
}
