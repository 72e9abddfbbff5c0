//! Mistakes in the contract, each with its place, and no request is ever sent.

use crate::cli::wrong_scenarios::wrong;
use crate::support::{conform, suite};

const CONTRACT: &str = "specs/contract.yaml";

/// Changes the contract in one place, and asserts the mistakes that this makes.
#[track_caller]
fn mistakes(from: &str, to: &str, expected: &[(&str, &str)]) {
    wrong(&suite().changed(CONTRACT, from, to), CONTRACT, expected);
}

#[test]
fn unknown_keys_are_refused() {
    mistakes(
        "title: API Auth",
        "titel: x\ntitle: API Auth",
        &[("1:1", "unknown key `titel`")],
    );
    mistakes(
        "    profile: core\n",
        "    profile: core\n    levle: must\n",
        &[("22:5", "unknown key `levle`")],
    );
    mistakes(
        "known: assumed }\ndoc",
        "known: assumed, verb: x }\ndoc",
        &[("10:82", "unknown key `verb`")],
    );
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
    wrong(
        &suite,
        CONTRACT,
        &[("25:9", "the id `me.describes` is used twice")],
    );
}

#[test]
fn a_call_that_would_leave_the_target_is_refused() {
    for (good, bad, message) in [
        (
            "path: /api/auth/me,",
            "path: \"@127.0.0.2:9/me\",",
            "`@127.0.0.2:9/me` is no path",
        ),
        (
            "path: /api/auth/me,",
            "path: api/auth/me,",
            "`api/auth/me` is no path",
        ),
        (
            "path: /api/auth/me,",
            "path: /api/auth/me?x=1,",
            "`/api/auth/me?x=1` is no path",
        ),
        (
            "me: { method: GET",
            "me: { method: G T",
            "`G T` is no HTTP method",
        ),
    ] {
        let suite = suite().changed(CONTRACT, good, bad);
        let refused = conform(["--suite"]).arg(suite.path()).run().expect(2);
        refused.says(message).says("specs/contract.yaml:");
    }
}

#[test]
fn a_sentence_id_that_is_used_twice_is_refused() {
    let suite = suite()
        .changed(CONTRACT, "id: logout.says", "id: me.says")
        .changed(CONTRACT, "sources: [logout.says]", "sources: [me.says]");
    wrong(
        &suite,
        CONTRACT,
        &[("15:9", "the id `me.says` is used twice")],
    );
}

#[test]
fn an_operation_that_stands_twice_is_refused() {
    mistakes("  logout: {", "  me: {", &[("8:3", "me")]);
}

#[test]
fn a_sentence_that_does_not_exist_is_refused() {
    mistakes(
        "sources: [me.says]",
        "sources: [me.sais, me.says]",
        &[("23:15", "unknown sentence `me.sais`")],
    );
}

#[test]
fn a_sentence_that_nothing_covers_is_refused() {
    mistakes(
        "sources: [logout.says]",
        "sources: [me.says]",
        &[(
            "15:9",
            "the sentence `logout.says` is neither covered by a clause nor excluded",
        )],
    );
}

#[test]
fn a_sentence_that_is_excluded_and_covered_is_refused() {
    mistakes(
        "    says: there is no body\n",
        "    says: there is no body\n    excluded: no\n",
        &[(
            "15:9",
            "the sentence `logout.says` is excluded and yet covered by a clause",
        )],
    );
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
    wrong(
        &suite,
        CONTRACT,
        &[(
            "26:9",
            "the clause `logout.no-content` rests on no sentence",
        )],
    );
}

#[test]
fn words_that_the_contract_does_not_know_are_refused() {
    mistakes(
        "profile: sessions",
        "profile: sesions",
        &[("27:14", "sesions")],
    );
    mistakes(
        "/api/auth/me, known: documented",
        "/api/auth/me, known: guessed",
        &[("7:49", "guessed")],
    );
}

#[test]
fn a_clause_without_a_statement_is_refused() {
    mistakes(
        "    text: Logging out answers 204 without a body.\n",
        "",
        &[("29:5", "text")],
    );
}

#[test]
fn an_empty_contract_is_refused() {
    wrong(&suite().with(CONTRACT, ""), CONTRACT, &[("1:1", "")]);
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
    wrong(
        &suite,
        CONTRACT,
        &[("26:9", "the clause `logout.no-content` cites no standard")],
    );
}

const DESCRIBES: &str = "    text: The answer describes the current user.";
const NO_CONTENT: &str = "    text: Logging out answers 204 without a body.";

#[test]
fn a_clause_that_stands_back_for_what_cannot_be_blamed_is_refused() {
    mistakes(
        DESCRIBES,
        &format!("    masked_by: [logout.no-contnet]\n{DESCRIBES}"),
        &[("24:17", "unknown clause `logout.no-contnet`")],
    );
    mistakes(
        DESCRIBES,
        &format!("    masked_by: [me.describes]\n{DESCRIBES}"),
        &[(
            "24:17",
            "`me.describes` and `me.describes` mask one another",
        )],
    );
    let suite = suite()
        .changed(
            CONTRACT,
            DESCRIBES,
            &format!("    masked_by: [logout.no-content]\n{DESCRIBES}"),
        )
        .changed(
            CONTRACT,
            NO_CONTENT,
            &format!("    masked_by: [me.describes]\n{NO_CONTENT}"),
        );
    let both = [
        (
            "24:17",
            "`me.describes` and `logout.no-content` mask one another",
        ),
        (
            "31:17",
            "`logout.no-content` and `me.describes` mask one another",
        ),
    ];
    wrong(&suite, CONTRACT, &both);
    let level = "  - id: logout.no-content\n    level: ";
    let suite = crate::support::suite()
        .changed(CONTRACT, &format!("{level}must"), &format!("{level}should"))
        .changed(
            CONTRACT,
            DESCRIBES,
            &format!("    masked_by: [logout.no-content]\n{DESCRIBES}"),
        );
    let less = "`me.describes` is masked by `logout.no-content`, which is less binding";
    wrong(&suite, CONTRACT, &[("24:17", less)]);
}
