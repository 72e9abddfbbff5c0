use std::fs;

use serde_json::json;

use super::*;
use crate::http::Exchange;

const CONTRACT: &str = r"
title: Test API
client_header: X-Client
production: https://production.invalid
operations:
  me: { method: GET, path: /me, known: documented }
documentation:
  - { id: s, section: Section, says: something }
clauses:
  - { id: a.one, level: must, profile: core, source: documented, sources: [s], text: One. }
";

const SCHEMA: &str = r#"{
  "type": "object",
  "required": ["id"],
  "properties": { "id": { "type": "integer" }, "items": { "maxItems": 1 } }
}"#;

const NAME: &str = "<token-1>";
const CUT: &str = "… (7 bytes more)";

/// A suite of one scenario: a step that is referred to, and one that expects this.
fn suite(expectation: &str, call: &str) -> Suite {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("specs/contract.yaml", CONTRACT);
    write("schemas/thing.json", SCHEMA);
    let scenario = format!(
        "title: one\naccounts: {{ jane: {{ registered: false }} }}\nsteps:\n\
         - {{ id: first, call: me, expect: {{ status: 2xx }}, capture: {{ kept: $.kept }} }}\n\
         - {{ {call}, expect: [{{ status: 2xx }}, {{ {expectation}, verifies: [a.one] }}] }}\n"
    );
    write("specs/test/one.yaml", &scenario);
    Suite::from_dir(folder.path()).unwrap_or_else(|error| panic!("{expectation}: {error}"))
}

/// An answer as it is kept, with a body and the headers that these lines are.
fn answer(body: &str, headers: &[(&str, &str)]) -> Answer {
    let headers = headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }));
    let exchange: Exchange = serde_json::from_value(json!({
        "request": { "method": "GET", "url": "http://127.0.0.1/me", "headers": [], "body": null },
        "response": { "status": 200, "headers": headers.collect::<Vec<_>>(), "body": body },
        "sent": "2026-01-01T00:00:00Z",
        "milliseconds": 1.0,
    }))
    .unwrap();
    exchange.answer().unwrap()
}

struct Case<'a> {
    call: &'a str,
    headers: &'a [(&'a str, &'a str)],
    /// What an earlier step captured.
    reported: &'a str,
    changed: &'a [usize],
}

const CASE: Case<'_> = Case {
    call: "call: me",
    headers: &[],
    reported: "plain",
    changed: &[],
};

impl Case<'_> {
    /// What `of` makes of a kept body and the condition that it is to meet.
    #[track_caller]
    fn reported<T>(
        &self,
        expectation: &str,
        body: &str,
        of: impl FnOnce(&ReportedAnswer<'_>, &Condition) -> T,
    ) -> T {
        let suite = suite(expectation, self.call);
        let step = &suite.scenarios[0].steps[1];
        let mut scope = Scope::default();
        scope.capture("kept", Ok(json!(self.reported)));
        let answer = answer(body, self.headers);
        let reported = ReportedAnswer {
            suite: &suite,
            step,
            scope: &scope,
            answer: &answer,
            changed: self.changed,
        };
        of(&reported, &step.expectations[1].conditions[0].0)
    }

    /// Whether a kept body tells of an expectation, where that holds of it or not.
    #[track_caller]
    fn tells(&self, expectation: &str, body: &str) -> [bool; 2] {
        self.reported(expectation, body, |reported, condition| {
            [true, false].map(|holds| reported.decides(condition, holds))
        })
    }
}

const ALWAYS: [bool; 2] = [true, true];
const NEVER: [bool; 2] = [false, false];

#[test]
fn what_does_not_look_at_the_body_is_told_whatever_stands_there() {
    for body in ["plain", NAME, CUT] {
        assert_eq!(CASE.tells("status: 200", body), ALWAYS, "{body}");
        assert_eq!(CASE.tells("body: empty", body), ALWAYS, "{body}");
    }
}

#[test]
fn a_header_tells_where_no_name_stands_in_any() {
    let with = |value| {
        Case {
            headers: &[("x-one", "1"), ("x-two", value)],
            ..CASE
        }
        .tells("header: { name: x-one }", "{}")
    };
    assert_eq!(with("2"), ALWAYS);
    assert_eq!(with(NAME), NEVER);
}

#[test]
fn that_no_secret_is_shown_nobody_can_tell_but_that_one_is() {
    assert_eq!(CASE.tells("no_secrets: true", "{}"), [false, true]);
}

#[test]
fn what_is_cut_tells_of_no_whole() {
    for (expectation, whole) in [
        ("no_internals: true", "<token-1>"),
        ("is_json: true", "{}"),
        ("contains: word", "<token-1>"),
    ] {
        assert_eq!(CASE.tells(expectation, whole), ALWAYS, "{expectation}");
        assert_eq!(CASE.tells(expectation, CUT), NEVER, "{expectation}");
    }
}

#[test]
fn what_is_no_json_tells_so_only_where_no_name_stands() {
    assert_eq!(CASE.tells("is_json: true", "oh"), ALWAYS);
    assert_eq!(CASE.tells("is_json: true", r#"{"a":"<token-1>"}"#), ALWAYS);
    assert_eq!(CASE.tells("is_json: true", "oh <token-1>"), NEVER);
}

#[test]
fn a_word_that_is_a_secret_is_not_looked_for() {
    let expectation = r#"contains: "{{kept}}""#;
    assert_eq!(CASE.tells(expectation, "{}"), ALWAYS);
    let secret = Case {
        reported: NAME,
        ..CASE
    };
    assert_eq!(secret.tells(expectation, "{}"), NEVER);
}

#[test]
fn a_shape_is_told_by_mistakes_where_no_name_stands() {
    let tells = |body: &str| CASE.tells("schema: thing", body);
    assert_eq!(tells(r#"{"id":1}"#), [true, false], "there is no mistake");
    assert_eq!(tells(r#"{"id":1,"a":"<token-1>"}"#), NEVER);
    assert_eq!(tells(r#"{"id":"x","a":"<token-1>"}"#), [false, true]);
    assert_eq!(tells(r#"{"id":"<token-1>"}"#), NEVER);
    assert_eq!(
        tells(r#"{"a":"<token-1>"}"#),
        [false, true],
        "a member is missing"
    );
    assert_eq!(
        tells(r#"{"<token-1>":1}"#),
        NEVER,
        "it may be the one that is missing"
    );
    assert_eq!(
        tells(r#"{"id":1,"items":["<token-1>",2]}"#),
        [false, true],
        "there are two"
    );
    assert_eq!(tells(&format!(r#"{{"id":"x"}}{CUT}"#)), NEVER);
    assert_eq!(
        tells("oh"),
        ALWAYS,
        "it is no JSON, and nothing hides there"
    );
    assert_eq!(tells("oh <token-1>"), NEVER);
}

#[test]
fn two_answers_are_compared_only_as_they_were() {
    let expectation = "same_response_as: first";
    assert_eq!(CASE.tells(expectation, "{}"), ALWAYS);
    assert_eq!(CASE.tells(expectation, NAME), NEVER);
    let changed = Case {
        changed: &[0],
        ..CASE
    };
    assert_eq!(changed.tells(expectation, "{}"), NEVER);
    let another = Case {
        changed: &[1],
        ..CASE
    };
    assert_eq!(another.tells(expectation, "{}"), ALWAYS);
    let raw = Case {
        call: "call: me, raw: x",
        ..CASE
    };
    assert_eq!(
        raw.tells(expectation, "{}"),
        NEVER,
        "what it said is not known"
    );
}

#[test]
fn a_place_tells_where_neither_it_nor_what_it_is_asked_for_is_a_secret() {
    fn tells(case: &Case<'_>, test: &str, body: &str) -> [bool; 2] {
        case.tells(&format!("at: $.a, {test}"), body)
    }
    assert_eq!(
        tells(&CASE, "equals: 1", r#"{"a":1,"b":"<token-1>"}"#),
        ALWAYS
    );
    assert_eq!(tells(&CASE, "equals: 1", r#"{"a":"<token-1>"}"#), NEVER);
    assert_eq!(
        tells(&CASE, "equals: 1", &format!(r#"{{"a":1}}{CUT}"#)),
        NEVER
    );
    assert_eq!(
        tells(&CASE, "equals: 1", "oh"),
        ALWAYS,
        "it is no JSON, and nothing hides there"
    );
    assert_eq!(tells(&CASE, "equals: 1", NAME), NEVER);
    let asked = r#"equals: "{{kept}}""#;
    assert_eq!(tells(&CASE, asked, r#"{"a":1}"#), ALWAYS);
    assert_eq!(
        tells(
            &Case {
                reported: NAME,
                ..CASE
            },
            asked,
            r#"{"a":1}"#
        ),
        NEVER
    );
    assert_eq!(tells(&CASE, "min_entropy_bits: 128", r#"{"a":1}"#), NEVER);
}

#[test]
fn an_instant_tells_only_beside_the_time_of_the_server() {
    let expectation = "at: $.a, approx: 0s";
    let body = r#"{"a":"2026-01-01T00:00:00Z"}"#;
    assert_eq!(CASE.tells(expectation, body), NEVER);
    let dated = Case {
        headers: &[("date", "Thu, 01 Jan 2026 00:00:00 GMT")],
        ..CASE
    };
    assert_eq!(dated.tells(expectation, body), ALWAYS);
}

#[test]
fn the_name_of_a_secret_that_the_server_issued_is_one_that_is_shown() {
    let shows = |body: &str, expectation: &str| {
        CASE.reported(expectation, body, |reported, condition| {
            reported.shows_secret(condition)
        })
    };
    assert!(shows(NAME, "no_secrets: true"));
    assert!(!shows("plain", "no_secrets: true"));
    assert!(!shows(NAME, "no_internals: true"));
}

#[test]
fn a_body_is_as_it_was_where_no_name_stands_and_nothing_is_cut() {
    for (body, plain) in [("plain", true), (NAME, false), (CUT, false)] {
        let is_plain = CASE.reported("no_secrets: true", body, |reported, _| {
            is_kept_whole(reported.answer)
        });
        assert_eq!(is_plain, plain, "{body}");
    }
}
