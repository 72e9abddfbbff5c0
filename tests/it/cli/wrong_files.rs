//! Files and folders that hold no suite, and those made to bring a reader down.

use std::fmt::Write as _;
use std::fs;

use insta::assert_snapshot;

use crate::cli::wrong_scenarios::wrong;
use crate::support::{GOOD_SCENARIO, RawServer, conform, steady, suite};

const WRONG: &str = "specs/account/wrong.yaml";

/// What is said of the suite with this in the place of a file.
#[track_caller]
fn mistakes(path: &str, content: impl AsRef<[u8]>) -> String {
    wrong(&suite().with(path, content))
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
    assert_snapshot!(mistakes(WRONG, scenario), @"
    error: the file nests deeper, or repeats more by aliases, than any file of this kind does
     --> <folder>/specs/account/wrong.yaml:5:10
      |
    5 | a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]
      |          ^^^

    the suite has 1 mistake; nothing was run
    ");
    let contract = fs::read_to_string(suite().path().join("specs/contract.yaml")).unwrap();
    assert_snapshot!(mistakes("specs/contract.yaml", format!("{bomb}{contract}")), @"
    error: the file nests deeper, or repeats more by aliases, than any file of this kind does
     --> <folder>/specs/contract.yaml:5:10
      |
    5 | a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]
      |          ^^^

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn deep_nesting_is_refused() {
    let closed = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let maps = format!("{}x{}", "{a: ".repeat(5_000), "}".repeat(5_000));
    let lists = "- ".repeat(5_000);
    let said = ["[".repeat(200_000), closed, maps, format!("\n  {lists}x")]
        .map(|deep| mistakes(WRONG, format!("title: t\nsteps: {deep}\n")));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_deep_schema_is_refused() {
    let deep = format!("{}{{}}{}", r#"{"not":"#.repeat(5_000), "}".repeat(5_000));
    assert_snapshot!(mistakes("schemas/user.json", deep), @r#"
    error: the schema is no JSON: recursion limit exceeded
     --> <folder>/schemas/user.json:1:890
      |
    1 | ...:{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"n...
      |                                                                    ^
      |
      = help: a schema is JSON Schema 2020-12 and refers to nothing on the network

    the suite has 1 mistake; nothing was run
    "#);
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let files: [(_, &[u8]); 3] = [
        (WRONG, b"title: caf\xe9\n"),
        ("schemas/user.json", b"\xff\xfe{\0}\0"),
        ("specs/contract.yaml", b"title: \xff\n"),
    ];
    let said = files.map(|(path, content)| mistakes(path, content));
    assert_snapshot!(said.join("\n"), @"
    error: the file is not UTF-8 from here on
     --> <folder>/specs/account/wrong.yaml:1:11
      |
    1 | title: caf�
      |           ^
      |
      = help: save it as UTF-8

    the suite has 1 mistake; nothing was run

    error: the file is not UTF-8 from here on
     --> <folder>/schemas/user.json:1:1
      |
    1 | ��{␀}␀
      | ^
      |
      = help: save it as UTF-8

    error: unknown schema `user`
     --> <folder>/specs/account/me.yaml:6:36
      |
    6 |     expect: { status: 200, schema: user }
      |                                    ^^^^

    the suite has 2 mistakes; nothing was run

    error: the file is not UTF-8 from here on
     --> <folder>/specs/contract.yaml:1:8
      |
    1 | title: �
      |        ^
      |
      = help: save it as UTF-8

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn yaml_that_cannot_be_read_is_refused() {
    let said = [
        "title: \"t\nsteps: []\n",
        "title: t\nsteps:\n\t- call: me\n",
        "title: t\n steps: []\n",
        "title: [t\n",
        "title: t\u{0}\n",
        "title: *nobody\nsteps: []\n",
        "title: t\nsteps: []\n---\ntitle: u\nsteps: []\n",
    ]
    .map(|text| mistakes(WRONG, text));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_file_far_too_large_is_refused() {
    let comment = "# nothing\n".repeat(200_000);
    assert_snapshot!(mistakes(WRONG, comment), @"error: cannot read <folder>/specs/account/wrong.yaml: it has more than 1 MiB");
}

#[test]
fn a_folder_without_a_contract_is_refused() {
    assert_snapshot!(wrong(&suite().without("specs/contract.yaml")), @"error: <folder> holds no suite: a suite is a folder with specs/contract.yaml, specs/<feature>/<scenario>.yaml and schemas/");
}

#[test]
fn a_missing_folder_is_refused() {
    let finished = conform(["--suite", "no/such/folder"])
        .run()
        .expect_refusal();
    assert_snapshot!(finished.stderr, @"error: cannot read no/such/folder: No such file or directory (os error 2)");
    let checked = conform(["check", "--suite", "no/such/folder"])
        .run_as_is()
        .expect(2);
    assert_eq!(checked.all(), finished.all());
}

#[test]
fn a_file_in_place_of_the_folder_is_refused() {
    let suite = suite();
    let file = suite.path().join("specs/contract.yaml");
    let finished = conform(["--suite"]).arg(&file).run().expect_refusal();
    assert_snapshot!(steady(&finished.stderr), @"error: <folder>/specs/contract.yaml holds no suite: a suite is a folder with specs/contract.yaml, specs/<feature>/<scenario>.yaml and schemas/");
}

#[test]
fn a_suite_without_a_scenario_is_refused() {
    let suite = suite()
        .without("specs/account/me.yaml")
        .without("specs/account/logout.yaml");
    let finished = conform(["--suite"]).arg(suite.path()).run();
    assert_snapshot!(steady(&finished.expect_refusal().stderr), @"error: there is no scenario to run: the suite has none, or the flags leave all out");
}

#[test]
fn a_schema_that_is_none_is_refused() {
    let said = [
        "{",
        "",
        r#"{ "type": "objekt" }"#,
        r#"{ "required": "email" }"#,
        r#"{ "pattern": "(" }"#,
        r##"{ "$ref": "#/$defs/nobody" }"##,
        "[]",
    ]
    .map(|schema| mistakes("schemas/user.json", schema));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_schema_refers_to_nothing_on_the_network() {
    let server = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    let schema = format!(r#"{{ "$ref": "{}/other.json" }}"#, server.base_url());
    assert_snapshot!(mistakes("schemas/user.json", schema), @r#"
    error: the schema is wrong: Resource 'http://127.0.0.1:<port>/other.json' is not present in a registry and retrieving it failed: Retrieval is disabled, cannot fetch http://127.0.0.1:<port>/other.json
     --> <folder>/schemas/user.json:1:1
      |
    1 | { "$ref": "http://127.0.0.1:<port>/other.json" }
      | ^
      |
      = help: a schema is JSON Schema 2020-12 and refers to nothing on the network

    the suite has 1 mistake; nothing was run
    "#);
    assert_eq!(server.connections(), 0);
}

#[test]
fn check_finds_the_mistakes_as_a_run_does() {
    let suite = suite().changed("specs/account/me.yaml", "call: me", "call: mee");
    let finished = conform(["check", "--suite"])
        .arg(suite.path())
        .run_as_is()
        .expect(2);
    assert_snapshot!(steady(&finished.stderr), @"
    error: unknown operation `mee`
     --> <folder>/specs/account/me.yaml:4:11
      |
    4 |   - call: mee
      |           ^^^
      |
      = help: did you mean `me`?

    the suite has 1 mistake; nothing was run
    ");
    assert_eq!(wrong(&suite), steady(&finished.stderr));
}

#[test]
fn check_tells_what_no_scenario_proves() {
    let suite = suite().without("specs/account/logout.yaml");
    let finished = conform(["check", "--suite"])
        .arg(suite.path())
        .run_as_is()
        .expect(1);
    assert_snapshot!(finished.stdout, @"
    2 clauses: 1 verified by 1 expectation in 1 scenario
    0 of these expectations are refusals, each with a positive control
    2 sentences of the documentation: 2 covered, 0 excluded with a reason
    1 throttled call in a full run (register 1), and at most 0 in the check of 429
    suite without a release, e3502aa6d7c2145474a79ca1dc62548153f109e50e977d3a36968bb470dd2823
    gap: the clause `logout.no-content` is verified by no expectation
    gap: the operation `list-tokens` is called by no step
    gap: the operation `login` is called by no step
    gap: the operation `logout` is called by no step
    gap: the operation `register` is called by no step
    gap: the operation `revoke-token` is called by no step
    ");
}
