//! Mistakes in the contract, each with its place, and no request is ever sent.

use insta::assert_snapshot;

use crate::cli::wrong_scenarios::wrong;
use crate::support::suite;

const CONTRACT: &str = "specs/contract.yaml";

/// What is said of the contract with a change in one place.
#[track_caller]
fn mistakes(from: &str, to: &str) -> String {
    wrong(&suite().changed(CONTRACT, from, to))
}

#[test]
fn unknown_keys_are_refused() {
    assert_snapshot!(mistakes("title: API Auth", "titel: x\ntitle: API Auth"), @"
    error: unknown key `titel`
     --> <folder>/specs/contract.yaml:1:1
      |
    1 | titel: x
      | ^^^^^
      |
      = help: did you mean `title`?

    the suite has 1 mistake; nothing was run
    ");
    assert_snapshot!(mistakes("    profile: core\n", "    profile: core\n    levle: must\n"), @"
    error: unknown key `levle`
      --> <folder>/specs/contract.yaml:22:5
       |
    22 |     levle: must
       |     ^^^^^
       |
       = help: did you mean `level`?

    the suite has 1 mistake; nothing was run
    ");
    assert_snapshot!(mistakes("role: end-session }", "verb: x }"), @r#"
    error: unknown key `verb`
      --> <folder>/specs/contract.yaml:10:82
       |
    10 |   revoke-token: { method: DELETE, path: "/api/auth/tokens/{id}", known: assumed, verb: x }
       |                                                                                  ^^^^
       |
       = help: leave it out, or write one of method, path, known, role, throttled, usual_body, effect

    the suite has 1 mistake; nothing was run
    "#);
}

#[test]
fn a_clause_id_that_is_used_twice_is_refused() {
    let suite = suite()
        .changed(CONTRACT, "id: logout.no-content", "id: me.describes")
        .changed(
            "specs/account/logout.yaml",
            "[logout.no-content]",
            "[me.describes]",
        );
    assert_snapshot!(wrong(&suite), @"
    error: the id `me.describes` is used twice
      --> <folder>/specs/contract.yaml:25:9
       |
    25 |   - id: me.describes
       |         ^^^^^^^^^^^^
       |
       = help: give each sentence, each clause and each release an id of its own

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_call_that_would_leave_the_target_is_refused() {
    let said = [
        ("path: /api/auth/me,", "path: \"@127.0.0.2:9/me\","),
        ("path: /api/auth/me,", "path: api/auth/me,"),
        ("path: /api/auth/me,", "path: /api/auth/me?x=1,"),
        ("me: { method: GET", "me: { method: G T"),
    ]
    .map(|(good, bad)| mistakes(good, bad));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_sentence_id_that_is_used_twice_is_refused() {
    let suite = suite()
        .changed(CONTRACT, "id: logout.says", "id: me.says")
        .changed(CONTRACT, "sources: [logout.says]", "sources: [me.says]");
    assert_snapshot!(wrong(&suite), @"
    error: the id `me.says` is used twice
      --> <folder>/specs/contract.yaml:15:9
       |
    15 |   - id: me.says
       |         ^^^^^^^
       |
       = help: give each sentence, each clause and each release an id of its own

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn an_operation_that_stands_twice_is_refused() {
    assert_snapshot!(mistakes("  logout: {", "  me: {"), @"
    error: the key `me` stands twice
     --> <folder>/specs/contract.yaml:8:3
      |
    8 |   me: { method: POST, path: /api/auth/logout, known: documented, role: log-out }
      |   ^^
      |
      = help: leave one of them

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_sentence_that_does_not_exist_is_refused() {
    assert_snapshot!(mistakes("sources: [me.says]", "sources: [me.sais, me.says]"), @"
    error: unknown sentence `me.sais`
      --> <folder>/specs/contract.yaml:23:15
       |
    23 |     sources: [me.sais, me.says]
       |               ^^^^^^^
       |
       = help: did you mean `me.says`?

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_sentence_that_nothing_covers_is_refused() {
    assert_snapshot!(mistakes("sources: [logout.says]", "sources: [me.says]"), @"
    error: the sentence `logout.says` is neither covered by a clause nor excluded
      --> <folder>/specs/contract.yaml:15:9
       |
    15 |   - id: logout.says
       |         ^^^^^^^^^^^

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_sentence_that_is_excluded_and_covered_is_refused() {
    let says = "    says: there is no body\n";
    assert_snapshot!(mistakes(says, &format!("{says}    excluded: no\n")), @"
    error: the sentence `logout.says` is excluded and yet covered by a clause
      --> <folder>/specs/contract.yaml:15:9
       |
    15 |   - id: logout.says
       |         ^^^^^^^^^^^

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_clause_that_rests_on_nothing_is_refused() {
    let suite = suite()
        .changed(CONTRACT, "sources: [logout.says]", "sources: []")
        .changed(
            CONTRACT,
            "    says: there is no body\n",
            "    says: there is no body\n    excluded: of no use\n",
        );
    assert_snapshot!(wrong(&suite), @"
    error: the clause `logout.no-content` rests on no sentence
      --> <folder>/specs/contract.yaml:26:9
       |
    26 |   - id: logout.no-content
       |         ^^^^^^^^^^^^^^^^^
       |
       = help: name the sentences of `documentation` in `sources`

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn words_that_the_contract_does_not_know_are_refused() {
    assert_snapshot!(mistakes("profile: sessions", "profile: sesions"), @"
    error: unknown value `sesions`
      --> <folder>/specs/contract.yaml:27:14
       |
    27 |     profile: sesions
       |              ^^^^^^^
       |
       = help: did you mean `sessions`?

    the suite has 1 mistake; nothing was run
    ");
    assert_snapshot!(mistakes("/api/auth/me, known: documented", "/api/auth/me, known: guessed"), @"
    error: unknown value `guessed`
     --> <folder>/specs/contract.yaml:7:49
      |
    7 |   me: { method: GET, path: /api/auth/me, known: guessed, role: describe-caller }
      |                                                 ^^^^^^^
      |
      = help: write one of documented, assumed

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn every_wrong_value_is_found_in_one_go() {
    let contract = r"titel: API
client_header: [X-Client]
production: https://example.com
operations:
  me: { method: GET, path: /me, known: guessed, throttled: maybe }
  logout: { path: /logout, known: documented, effect: { ends: { cller: logout.ends } } }
  login: POST /login
documentation:
  - { id: me.says, section: Me }
clauses:
  - id: me.describes
    level: mst
    profile: core
    source: documented
    sources: me.says
    text:
";
    let operations = "{ me: { method: GET, path: /me, known: documented } }";
    assert_snapshot!(wrong(&suite().with(CONTRACT, contract)));
    // What is wrong with scenarios shows as well, but for names that nobody can look up.
    let both = suite()
        .with(CONTRACT, format!("title: t\noperations: {operations}\n"))
        .changed("specs/account/me.yaml", "call: me", "call: mee")
        .changed("specs/account/logout.yaml", "title:", "titel:");
    assert_snapshot!(wrong(&both));
}

#[test]
fn a_clause_without_a_statement_is_refused() {
    assert_snapshot!(mistakes("    text: Logging out answers 204 without a body.\n", ""), @"
    error: an entry of `clauses` has no `text`
      --> <folder>/specs/contract.yaml:25:5
       |
    25 |   - id: logout.no-content
       |     ^^
       |
       = help: add `text` (the clause itself)

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn an_empty_contract_is_refused() {
    assert_snapshot!(wrong(&suite().with(CONTRACT, "")), @"
    error: the file must be a mapping, but is empty
     --> <folder>/specs/contract.yaml:1:1
      |
    1 |
      | ^
      |
      = help: write a mapping (what a server promises: `specs/contract.yaml`)

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn a_clause_of_a_standard_names_its_section() {
    let suite = suite()
        .changed(CONTRACT, "sources: [logout.says]", "standards: []")
        .changed(
            CONTRACT,
            "    source: documented\n    standards",
            "    source: standard\n    standards",
        )
        .changed(
            CONTRACT,
            "    says: there is no body\n",
            "    says: there is no body\n    excluded: of no use\n",
        );
    assert_snapshot!(wrong(&suite), @"
    error: the clause `logout.no-content` cites no standard
      --> <folder>/specs/contract.yaml:26:9
       |
    26 |   - id: logout.no-content
       |         ^^^^^^^^^^^^^^^^^
       |
       = help: name its sections in `standards`: `[ASVS 7.4.1, CWE-613]`

    the suite has 1 mistake; nothing was run
    ");
}

const DESCRIBES: &str = "    text: The answer describes the current user.";
const NO_CONTENT: &str = "    text: Logging out answers 204 without a body.";

#[test]
fn a_clause_that_stands_back_for_what_cannot_be_blamed_is_refused() {
    let masked_by = |clause| format!("    masked_by: [{clause}]\n{DESCRIBES}");
    assert_snapshot!(mistakes(DESCRIBES, &masked_by("logout.no-contnet")), @"
    error: unknown clause `logout.no-contnet`
      --> <folder>/specs/contract.yaml:24:17
       |
    24 |     masked_by: [logout.no-contnet]
       |                 ^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `logout.no-content`?

    the suite has 1 mistake; nothing was run
    ");
    assert_snapshot!(mistakes(DESCRIBES, &masked_by("me.describes")), @"
    error: `me.describes` and `me.describes` mask one another
      --> <folder>/specs/contract.yaml:24:17
       |
    24 |     masked_by: [me.describes]
       |                 ^^^^^^^^^^^^
       |
       = help: leave one of them to be reported

    the suite has 1 mistake; nothing was run
    ");
    let one_another = suite()
        .changed(CONTRACT, DESCRIBES, &masked_by("logout.no-content"))
        .changed(
            CONTRACT,
            NO_CONTENT,
            &format!("    masked_by: [me.describes]\n{NO_CONTENT}"),
        );
    assert_snapshot!(wrong(&one_another), @"
    error: `me.describes` and `logout.no-content` mask one another
      --> <folder>/specs/contract.yaml:24:17
       |
    24 |     masked_by: [logout.no-content]
       |                 ^^^^^^^^^^^^^^^^^
       |
       = help: leave one of them to be reported

    error: `logout.no-content` and `me.describes` mask one another
      --> <folder>/specs/contract.yaml:31:17
       |
    31 |     masked_by: [me.describes]
       |                 ^^^^^^^^^^^^
       |
       = help: leave one of them to be reported

    the suite has 2 mistakes; nothing was run
    ");
    let level = "  - id: logout.no-content\n    level: ";
    let less_binding = suite()
        .changed(CONTRACT, &format!("{level}must"), &format!("{level}should"))
        .changed(CONTRACT, DESCRIBES, &masked_by("logout.no-content"));
    assert_snapshot!(wrong(&less_binding), @"
    error: `me.describes` is masked by `logout.no-content`, which is less binding
      --> <folder>/specs/contract.yaml:24:17
       |
    24 |     masked_by: [logout.no-content]
       |                 ^^^^^^^^^^^^^^^^^
       |
       = help: a violation that fails a run must not be hidden by one that does not

    the suite has 1 mistake; nothing was run
    ");
}

#[test]
fn an_account_that_no_operation_makes_ready_is_refused() {
    let without = |role: &str| {
        let role = format!(", role: {role}");
        wrong(&suite().changed(CONTRACT, &role, ""))
    };
    assert_snapshot!(without("register"));
    assert_snapshot!(wrong(&suite().changed(
        CONTRACT,
        "role: log-out",
        "role: describe-caller"
    )), @r"
    error: two operations have the role `describe-caller`
     --> <folder>/specs/contract.yaml:7:67
      |
    7 |   me: { method: GET, path: /api/auth/me, known: documented, role: describe-caller }
      |                                                                   ^^^^^^^^^^^^^^^
      |
      = help: leave one of them

    the suite has 1 mistake; nothing was run
    ");
}
