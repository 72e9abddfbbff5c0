//! Mistakes in a scenario: all of them in one go, each with its place, and no request is ever sent.

use crate::support::{RawServer, Suite, conform, suite};

const WRONG: &str = "specs/account/wrong.yaml";

/// Runs a suite with this scenario besides, and asserts that each mistake is reported at its place, and no other.
#[track_caller]
fn mistakes(scenario: &str, expected: &[(&str, &str)]) {
    wrong(&suite().with(WRONG, scenario), WRONG, expected);
}

/// Asserts the mistakes in one file of a suite, each as `line:column` and words of its message.
#[track_caller]
pub fn wrong(suite: &Suite, file: &str, expected: &[(&str, &str)]) {
    let server = RawServer::silent();
    let finished = conform(["--base-url", &server.base_url(), "--suite"])
        .arg(suite.path())
        .run()
        .expect(2);
    assert_eq!(server.connections(), 0);
    assert_eq!(finished.stdout, "");
    let found: Vec<&str> = finished.stderr.split("error: ").skip(1).collect();
    for (place, words) in expected {
        let place = format!("{file}:{place}\n");
        let mut found = found.iter();
        let there = found.any(|mistake| {
            mistake.lines().next().unwrap_or_default().contains(words)
                && mistake.contains(&place)
                && mistake.contains('^')
        });
        assert!(
            there,
            "{words} at {place}is missing in:\n{}",
            finished.stderr
        );
    }
    assert_eq!(found.len(), expected.len(), "{}", finished.stderr);
    let s = if expected.len() == 1 { "" } else { "s" };
    finished.says(&format!(
        "the suite has {} mistake{s}; nothing was run",
        expected.len()
    ));
}

/// A scenario with one account and this one step.
fn one_step(step: &str) -> String {
    format!("title: t\naccounts: {{ jane: {{}} }}\nsteps:\n  - {step}\n")
}

#[test]
fn every_unknown_name_is_found_in_one_go() {
    let scenario = r#"title: unknown names
accounts: { jane: {} }
steps:
  - call: mee
    token: "{{jane.token}}"
    expect: { status: 200, schema: usr }
    verifies: [me.descibes]
  - call: me
    token: "{{john.token}}"
    body: { name: "{{first_token}}" }
    expect: { status: 401, verifies: [me.describes], control: nowhere }
"#;
    mistakes(
        scenario,
        &[
            ("4:11", "unknown operation `mee`"),
            ("6:36", "unknown schema `usr`"),
            ("7:16", "unknown clause `me.descibes`"),
            ("9:12", "unknown account `john`"),
            ("10:11", "unknown variable `first_token`"),
            ("11:63", "no step of this scenario has the id `nowhere`"),
        ],
    );
}

#[test]
fn the_excerpt_marks_the_mistake_and_names_what_is_near() {
    let suite = suite().with(WRONG, one_step("call: logot\n    expect: { status: 2xx }"));
    let finished = conform(["--suite"]).arg(suite.path()).run().expect(2);
    finished
        .says("4 |   - call: logot\n")
        .says("  |           ^^^^^\n")
        .says("did you mean `logout`?");
}

#[test]
fn every_unknown_key_is_found_in_one_go() {
    let scenario = r"title: unknown keys
titel: again
accounts:
  jane: { topt: true }
steps:
  - call: me
    tokne: x
    expect: { status: 401, schma: user }
  - call: me
    expect:
      - { status: 401 }
      - { contains: x, prooves: [me.describes] }
";
    mistakes(
        scenario,
        &[
            ("2:1", "unknown key `titel`"),
            ("4:11", "unknown key `topt`"),
            ("7:5", "unknown key `tokne`"),
            ("8:28", "unknown key `schma`"),
            ("12:24", "unknown key `prooves`"),
        ],
    );
}

#[test]
fn mistakes_of_several_files_are_found_in_one_go() {
    let suite = suite()
        .with(WRONG, one_step("call: mee\n    expect: { status: 2xx }"))
        .with(
            "specs/other/wrong.yaml",
            one_step("call: logot\n    expect: { status: 2xx }"),
        );
    let finished = conform(["--suite"]).arg(suite.path()).run().expect(2);
    finished
        .says("specs/account/wrong.yaml:4:11")
        .says("specs/other/wrong.yaml:4:11")
        .says("the suite has 2 mistakes");
}

#[test]
fn a_step_id_that_is_used_twice_is_refused() {
    let scenario = "title: t\nsteps:\n  - id: one\n    call: me\n    expect: { status: 401 }\n  - id: one\n    call: me\n    expect: { status: 401 }\n";
    mistakes(scenario, &[("6:9", "the step id `one` is used twice")]);
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let step = "call: me\n    token: a\n    token: b\n    expect: { status: 401 }";
    mistakes(&one_step(step), &[("6:5", "token")]);
}

#[test]
fn a_refusal_without_its_twin_is_refused() {
    let step = "call: me\n    expect: { status: 401 }\n    verifies: [me.describes]";
    mistakes(&one_step(step), &[("5:23", "positive control")]);
}

#[test]
fn a_path_parameter_that_is_missing_is_refused() {
    let step = "call: revoke-token\n    expect: { status: 2xx }";
    mistakes(
        &one_step(step),
        &[("4:11", "`revoke-token` needs a value for `id`")],
    );
}

#[test]
fn a_path_parameter_that_no_operation_has_is_refused() {
    let step = "call: me\n    path: { id: x }\n    expect: { status: 2xx }";
    mistakes(&one_step(step), &[("5:17", "`me` has no parameter `id`")]);
}

#[test]
fn a_path_that_is_no_json_path_is_refused() {
    let step = "call: me\n    expect: { status: 2xx }\n    capture: { a: \"$.[\", b: \"$.user\", c: \"user.id\" }";
    mistakes(
        &one_step(step),
        &[("6:19", "no JSONPath"), ("6:42", "no JSONPath")],
    );
}

#[test]
fn a_template_that_cannot_be_read_is_refused() {
    for (template, words) in [
        ("{{jane.token", "`{{` without `}}`"),
        ("{{jane.tokn}}", "an account has no `tokn`"),
        ("{{jane.token | upper}}", "unknown filter `upper`"),
        ("{{jane token}}", "is no expression"),
        ("{{}}", "is no expression"),
        ("{{jane.totp}}", "has no second factor"),
    ] {
        let step = format!("call: me\n    token: \"{template}\"\n    expect: {{ status: 2xx }}");
        mistakes(&one_step(&step), &[("5:12", words)]);
    }
}

#[test]
fn a_status_that_is_none_is_refused() {
    for status in ["999", "soon", "6xx", "[]", "2x", "-1"] {
        let step = format!("call: me\n    expect: {{ status: {status} }}");
        mistakes(&one_step(&step), &[("5:23", "status")]);
    }
}

#[test]
fn a_step_that_expects_no_status_is_refused() {
    let step = "call: me\n    expect: { schema: user }";
    mistakes(&one_step(step), &[("4:11", "expects no status")]);
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    mistakes(
        &one_step("call: [me]\n    expect: { status: 2xx }"),
        &[("4:11", "")],
    );
    mistakes("title: t\nsteps: none\n", &[("2:8", "")]);
    mistakes("- a\n", &[("1:1", "")]);
}

#[test]
fn a_scenario_without_a_title_is_refused() {
    mistakes(
        "steps:\n  - call: me\n    expect: { status: 401 }\n",
        &[("1:1", "title")],
    );
}

#[test]
fn a_scenario_without_a_step_is_refused() {
    mistakes("title: t\nsteps: []\n", &[("1:1", "no step")]);
}

#[test]
fn an_empty_scenario_is_refused() {
    mistakes("", &[("1:1", "")]);
    mistakes("# only a comment\n", &[("1:17", "")]);
}

#[test]
fn bodies_that_cannot_be_sent_together_are_refused() {
    let step = "call: login\n    body: {}\n    raw: \"\"\n    expect: { status: 4xx }";
    mistakes(
        &one_step(step),
        &[("4:11", "one of `body`, `raw` and `concurrent`")],
    );
    let step = "call: login\n    concurrent: [{}]\n    expect: { status: 4xx }";
    mistakes(&one_step(step), &[("5:18", "two or more")]);
}

#[test]
fn what_is_compared_or_counted_must_be_there() {
    let step = "id: own\n    call: me\n    expect: { status: 401, same_response_as: own }";
    mistakes(&one_step(step), &[("6:46", "no earlier step")]);
    let step = "call: me\n    expect: { status: 401, same_response_as: other }";
    mistakes(&one_step(step), &[("5:46", "has the id `other`")]);
    let step = "call: me\n    expect: { status: 2xx, succeeded: 1 }";
    mistakes(
        &one_step(step),
        &[("5:39", "counts the calls of `concurrent`")],
    );
    let step = "call: me\n    expect: { status: 2xx, no_internals: false }";
    mistakes(&one_step(step), &[("5:42", "`false` expects nothing")]);
    let step = "call: me\n    headers: { \"a b\": c }\n    expect: { status: 2xx }";
    mistakes(&one_step(step), &[("5:23", "no name of a header")]);
}

#[test]
fn a_session_that_an_account_cannot_have_is_refused() {
    let accounts = |accounts: &str| {
        let step = "  - call: me\n    expect: { status: 2xx }\n    verifies: [me.describes]";
        format!("title: t\naccounts: {{ {accounts} }}\nsteps:\n{step}\n")
    };
    for (account, place, words) in [
        (
            "jane: { sessions: [Cli] }",
            "2:32",
            "`Cli` is no name for a session",
        ),
        (
            "jane: { sessions: [email] }",
            "2:32",
            "`email` is no name for a session",
        ),
        (
            "jane: { sessions: [cli, cli] }",
            "2:37",
            "the session `cli` is asked for twice",
        ),
        (
            "jane: { registered: false, sessions: [cli] }",
            "2:51",
            "only an account that is registered for the scenario has sessions before it",
        ),
    ] {
        mistakes(&accounts(account), &[(place, words)]);
    }
    let step = "call: me\n    token: \"{{jane.cli}}\"\n    expect: { status: 2xx }";
    mistakes(&one_step(step), &[("5:12", "an account has no `cli`")]);
}

#[test]
fn a_scenario_that_cannot_be_continued_is_refused() {
    let continuing = |id: &str, more: &str| {
        let step = "call: me\n    token: \"{{jane.cli}}\"\n    expect: { status: 2xx }";
        let accounts = "accounts: { jane: { sessions: [cli] } }";
        let verifies = "verifies: [me.describes]";
        format!("title: t\ncontinues: {id}\n{accounts}\n{more}steps:\n  - {step}\n    {verifies}\n")
    };
    mistakes(
        &continuing("account/wrnog", ""),
        &[("2:12", "unknown scenario `account/wrnog`")],
    );
    mistakes(
        &continuing("account/wrong", ""),
        &[("2:12", "`account/wrong` continues itself")],
    );
    let alone = "runs alone neither continues another";
    mistakes(
        &continuing("account/me", "exclusive: true\n"),
        &[("2:12", alone)],
    );
    let token = continuing("account/me", "").replace("jane.cli}}", "jane.token}}");
    let unknown = "`jane.token` is not known to a scenario that continues another";
    mistakes(&token, &[("6:12", unknown)]);
    let suite = suite()
        .with("specs/account/first.yaml", continuing("account/me", ""))
        .with(WRONG, continuing("account/me", ""));
    wrong(
        &suite,
        WRONG,
        &[(
            "2:12",
            "`account/first` continues the scenario `account/me` already",
        )],
    );
}
