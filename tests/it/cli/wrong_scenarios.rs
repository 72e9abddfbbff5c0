//! Mistakes in a scenario: all of them in one go, each with its place, and no request is ever sent.

use insta::assert_snapshot;

use crate::support::{RawServer, Suite, conform, steady, suite};

const WRONG: &str = "specs/account/wrong.yaml";

/// What is said of a suite with this scenario besides.
#[track_caller]
fn mistakes(scenario: &str) -> String {
    wrong(&suite().with(WRONG, scenario))
}

/// What is said of each of these steps, as the only one of a scenario.
#[track_caller]
fn mistakes_of_each(steps: impl IntoIterator<Item = String>) -> String {
    let said: Vec<String> = steps
        .into_iter()
        .map(|step| mistakes(&one_step(&step)))
        .collect();
    said.join("\n")
}

/// Runs this suite, which must be refused before a request is sent; what it says.
#[track_caller]
pub fn wrong(suite: &Suite) -> String {
    let server = RawServer::silent();
    let finished = conform(["--base-url", &server.base_url(), "--suite"])
        .arg(suite.path())
        .run()
        .expect(2);
    assert_eq!(server.connections(), 0);
    assert_eq!(finished.stdout, "");
    steady(&finished.stderr)
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
    assert_snapshot!(mistakes(scenario));
}

#[test]
fn the_excerpt_marks_the_mistake_and_names_what_is_near() {
    let suite = suite().with(WRONG, one_step("call: logot\n    expect: { status: 2xx }"));
    assert_snapshot!(wrong(&suite), @"
    error: unknown operation `logot`
     --> <folder>/specs/account/wrong.yaml:4:11
      |
    4 |   - call: logot
      |           ^^^^^
      |
      = help: did you mean `logout`?

    the suite has 1 mistake; nothing was run
    ");
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
    assert_snapshot!(mistakes(scenario));
}

#[test]
fn every_wrong_value_is_found_in_one_go() {
    let scenario = r"titel: no title
accounts:
  jane: { totp: maybe }
profile: sesions
steps:
  - cal: me
    expect: { status: 999, sorted: ascendng }
  - call: [me]
    repeat: { max: -1, until: soon, within: 5s, within: 6s }
    masked_by: me
  - call: me
    after: next-minute
    expect:
      - { status: [200, 9xx], succeeded: none }
      - nothing
";
    assert_snapshot!(mistakes(scenario));
}

#[test]
fn mistakes_of_several_files_are_found_in_one_go() {
    let suite = suite()
        .with(WRONG, one_step("call: mee\n    expect: { status: 2xx }"))
        .with(
            "specs/other/wrong.yaml",
            one_step("call: logot\n    expect: { status: 2xx }"),
        );
    assert_snapshot!(wrong(&suite));
}

#[test]
fn a_step_id_that_is_used_twice_is_refused() {
    let scenario = "title: t\nsteps:\n  - id: one\n    call: me\n    expect: { status: 401 }\n  - id: one\n    call: me\n    expect: { status: 401 }\n";
    assert_snapshot!(mistakes(scenario), @"
    error: the step id `one` is used twice
     --> <folder>/specs/account/wrong.yaml:6:9
      |
    6 |   - id: one
      |         ^^^
      |
      = help: give each step an id of its own

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let step = "call: me\n    token: a\n    token: b\n    expect: { status: 401 }";
    assert_snapshot!(mistakes(&one_step(step)), @"
    error: the key `token` stands twice
     --> <folder>/specs/account/wrong.yaml:6:5
      |
    6 |     token: b
      |     ^^^^^
      |
      = help: leave one of them

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_refusal_without_its_twin_is_refused() {
    let step = "call: me\n    expect: { status: 401 }\n    verifies: [me.describes]";
    assert_snapshot!(mistakes(&one_step(step)), @"
    error: a refusal verifies nothing without its positive control
     --> <folder>/specs/account/wrong.yaml:5:23
      |
    5 |     expect: { status: 401 }
      |                       ^^^
      |
      = help: name a step that differs in that one thing and succeeds: `control: STEP-ID`

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_path_parameter_that_is_missing_is_refused() {
    let step = "call: revoke-token\n    expect: { status: 2xx }";
    assert_snapshot!(mistakes(&one_step(step)), @"
    error: `revoke-token` needs a value for `id`
     --> <folder>/specs/account/wrong.yaml:4:11
      |
    4 |   - call: revoke-token
      |           ^^^^^^^^^^^^
      |
      = help: add `path: { id: … }`

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_path_parameter_that_no_operation_has_is_refused() {
    let step = "call: me\n    path: { id: x }\n    expect: { status: 2xx }";
    assert_snapshot!(mistakes(&one_step(step)), @"
    error: `me` has no parameter `id`
     --> <folder>/specs/account/wrong.yaml:5:17
      |
    5 |     path: { id: x }
      |                 ^

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_path_that_is_no_json_path_is_refused() {
    let step = "call: me\n    expect: { status: 2xx }\n    capture: { a: \"$.[\", b: \"$.user\", c: \"user.id\" }";
    assert_snapshot!(mistakes(&one_step(step)), @r#"
    error: `$.[` is no JSONPath (RFC 9535)
     --> <folder>/specs/account/wrong.yaml:6:19
      |
    6 |     capture: { a: "$.[", b: "$.user", c: "user.id" }
      |                   ^^^^^

    error: `user.id` is no JSONPath (RFC 9535)
     --> <folder>/specs/account/wrong.yaml:6:42
      |
    6 |     capture: { a: "$.[", b: "$.user", c: "user.id" }
      |                                          ^^^^^^^^^

    the suite has 2 mistakes; nothing was run
    "#);
}

#[test]
fn a_template_that_cannot_be_read_is_refused() {
    let templates = [
        "{{jane.token",
        "{{jane.tokn}}",
        "{{jane.token | upper}}",
        "{{jane token}}",
        "{{}}",
        "{{jane.totp}}",
    ];
    let step =
        |template| format!("call: me\n    token: \"{template}\"\n    expect: {{ status: 2xx }}");
    assert_snapshot!(mistakes_of_each(templates.map(step)));
}

#[test]
fn a_status_that_is_none_is_refused() {
    let statuses = ["999", "soon", "6xx", "[]", "2x", "-1"];
    let step = |status| format!("call: me\n    expect: {{ status: {status} }}");
    assert_snapshot!(mistakes_of_each(statuses.map(step)));
}

#[test]
fn a_step_that_expects_no_status_is_refused() {
    let step = "call: me\n    expect: { schema: user }";
    assert_snapshot!(mistakes(&one_step(step)), @"
    error: the step expects no status
     --> <folder>/specs/account/wrong.yaml:4:11
      |
    4 |   - call: me
      |           ^^
      |
      = help: add a status, so that an error page is never taken for an answer

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    let said = [
        one_step("call: [me]\n    expect: { status: 2xx }").as_str(),
        "title: t\nsteps: none\n",
        "- a\n",
    ]
    .map(mistakes);
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_scenario_without_a_title_is_refused() {
    let scenario = "steps:\n  - call: me\n    expect: { status: 401 }\n";
    assert_snapshot!(mistakes(scenario), @"
    error: the file has no `title`
     --> <folder>/specs/account/wrong.yaml:1:1
      |
    1 | steps:
      | ^^^^^
      |
      = help: add `title` (what the scenario shows, as a sentence)

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_scenario_without_a_step_is_refused() {
    assert_snapshot!(mistakes("title: t\nsteps: []\n"), @"
    error: the scenario has no step
     --> <folder>/specs/account/wrong.yaml:1:1
      |
    1 | title: t
      | ^

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn an_empty_scenario_is_refused() {
    assert_snapshot!(mistakes(""), @"
    error: the file must be a mapping, but is empty
     --> <folder>/specs/account/wrong.yaml:1:1
      |
    1 |
      | ^
      |
      = help: write a mapping (one scenario: the accounts it needs, then its steps)

    the suite has 1 mistake; nothing was run
    ");
    assert_snapshot!(mistakes("# only a comment\n"), @"
    error: the file must be a mapping, but is empty
     --> <folder>/specs/account/wrong.yaml:1:17
      |
    1 | # only a comment
      |                 ^
      |
      = help: write a mapping (one scenario: the accounts it needs, then its steps)

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn bodies_that_cannot_be_sent_together_are_refused() {
    let steps = [
        "call: login\n    body: {}\n    raw: \"\"\n    expect: { status: 4xx }",
        "call: login\n    concurrent: [{}]\n    expect: { status: 4xx }",
    ];
    assert_snapshot!(mistakes_of_each(steps.map(str::to_owned)));
}

#[test]
fn what_is_compared_or_counted_must_be_there() {
    let steps = [
        "id: own\n    call: me\n    expect: { status: 401, same_response_as: own }",
        "call: me\n    expect: { status: 401, same_response_as: other }",
        "call: me\n    expect: { status: 2xx, succeeded: 1 }",
        "call: me\n    expect: { status: 2xx, no_internals: false }",
        "call: me\n    headers: { \"a b\": c }\n    expect: { status: 2xx }",
    ];
    assert_snapshot!(mistakes_of_each(steps.map(str::to_owned)));
}

#[test]
fn whoever_cannot_make_a_call_is_refused() {
    let steps = [
        "call: me\n    as: jane.web\n    expect: { status: 2xx }",
        "call: me\n    as: jane\n    expect: { status: 2xx }",
        "call: me\n    as: jane.cli\n    token: x\n    expect: { status: 2xx }",
    ];
    assert_snapshot!(mistakes_of_each(steps.map(str::to_owned)));
}

#[test]
fn a_session_that_an_account_cannot_have_is_refused() {
    let accounts = [
        "{ sessions: [Cli] }",
        "{ sessions: [email] }",
        "{ sessions: [cli, cli] }",
        "{ registered: false, sessions: [cli] }",
    ];
    let scenario = |account| {
        let step = "call: me\n    expect: { status: 2xx }\n    verifies: [me.describes]";
        one_step(step).replace("jane: {}", &format!("jane: {account}"))
    };
    let mut said: Vec<String> = accounts.map(|one| mistakes(&scenario(one))).into();
    let step = "call: me\n    token: \"{{jane.cli}}\"\n    expect: { status: 2xx }";
    said.push(mistakes(&one_step(step)));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_scenario_that_cannot_be_continued_is_refused() {
    let continuing = |id: &str| {
        let step = "call: me\n    token: \"{{jane.cli}}\"\n    expect: { status: 2xx }\n    verifies: [me.describes]";
        let account = format!("jane: {{ sessions: [cli] }} }}\ncontinues: {id}");
        one_step(step).replace("jane: {} }", &account)
    };
    let alone = format!("exclusive: true\n{}", continuing("account/me"));
    let with_token = continuing("account/me").replace("jane.cli}}", "jane.token}}");
    let twice = suite()
        .with("specs/account/first.yaml", continuing("account/me"))
        .with(WRONG, continuing("account/me"));
    let said = [
        mistakes(&continuing("account/wrnog")),
        mistakes(&continuing("account/wrong")),
        mistakes(&alone),
        mistakes(&with_token),
        wrong(&twice),
    ];
    assert_snapshot!(said.join("\n"));
}
