//! The cases: an expectation, answers on which it holds, answers on which it fails.

use crate::run::support::Scripted;

/// An expectation and what it says of answers.
pub struct Case {
    /// Keys of the step beside the expectation.
    pub step: &'static str,
    /// The expectation, as YAML.
    pub expectation: &'static str,
    pub holds: &'static [Reply],
    pub fails: &'static [Reply],
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub struct Reply {
    status: u16,
    header: Option<(&'static str, &'static str)>,
    body: &'static str,
}

const JSON: Option<(&str, &str)> = Some(("content-type", "application/json"));

impl Reply {
    pub fn scripted(&self) -> Scripted {
        let headers = self
            .header
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        (self.status, headers.collect(), self.body.to_owned())
    }
}

const fn body(body: &'static str) -> Reply {
    Reply {
        status: 200,
        header: JSON,
        body,
    }
}

const fn status(status: u16) -> Reply {
    Reply {
        status,
        header: JSON,
        body: "{}",
    }
}

const fn header(name: &'static str, value: &'static str) -> Reply {
    Reply {
        status: 200,
        header: Some((name, value)),
        body: "{}",
    }
}

/// An answer of a server whose clock is years away from that of this machine.
const fn dated(body: &'static str) -> Reply {
    Reply {
        status: 200,
        header: Some(("date", "Sun, 01 Mar 2020 12:00:00 GMT")),
        body,
    }
}

const fn case(expectation: &'static str, holds: &'static [Reply], fails: &'static [Reply]) -> Case {
    Case {
        step: "",
        expectation,
        holds,
        fails,
    }
}

pub const CASES: &[Case] = &[
    case("status: 200", &[status(200)], &[status(201), status(500)]),
    case(
        "status: 2xx",
        &[status(200), status(299)],
        &[status(300), status(404)],
    ),
    case(
        "status: [201, 4xx]",
        &[status(201), status(404)],
        &[status(200), status(500)],
    ),
    case(
        "status: <500",
        &[status(499), status(200)],
        &[status(500), status(503)],
    ),
    case(
        "schema: session",
        &[body(r#"{"token":"t","more":1}"#)],
        &[body("{}"), body(r#"{"token":1}"#), body(""), body("<p>")],
    ),
    case(
        "is_json: true",
        &[
            body("{}"),
            header("content-type", "Application/JSON; charset=utf-8"),
            header("content-type", "application/problem+json"),
        ],
        &[
            body("{"),
            body(""),
            header("content-type", "text/html"),
            header("x-other", "json"),
        ],
    ),
    case("body: empty", &[body("")], &[body("{}"), body(" ")]),
    case(
        "contains: some_word",
        &[
            body(r#"{"a":{"b":"x some_word y"}}"#),
            body("x some_word y"),
            body(r#"{"a":"\u0073ome_word"}"#),
        ],
        &[body("{}"), body(r#"{"a":"some word"}"#)],
    ),
    case(
        "no_secrets: true",
        &[
            body("{}"),
            // The SHA-256 of something else.
            body(r#"{"hash":"f41f3fa625ff120ddca7ef456bf66371ecea23c129f4e4c32367101edb516cf8"}"#),
        ],
        &[
            body(r#"{"a":["x a-very-secret-token"]}"#),
            // Its SHA-256.
            body(r#"{"hash":"85a3dacdf7d6a1b936bf1053656b40dff9d498982df559c005e12e376242c580"}"#),
        ],
    ),
    case(
        "not_html: true",
        &[
            body(r#"{"message":"<html>"}"#),
            body(""),
            header("content-type", "text/plain"),
        ],
        &[
            body("<!DOCTYPE html><p>Oh."),
            body("  <HTML lang=en>"),
            header("content-type", "text/html"),
        ],
    ),
    case(
        "no_internals: true",
        &[body(r#"{"message":"Unauthenticated."}"#), body("")],
        &[
            body(r#"{"trace":[{"line":7}]}"#),
            body(r#"{"message":"SQLSTATE[42S02]: not found"}"#),
            body(r#"{"file":"\/var\/www\/html\/app\/Login.php"}"#),
        ],
    ),
    case(
        "header: { name: Cache-Control, has: no-store }",
        &[header("cache-control", "private, No-Store")],
        &[
            header("cache-control", "no-cache, private"),
            header("cache-control", "x-no-store"),
            header("pragma", "no-store"),
        ],
    ),
    case(
        "header: { name: cache-control }",
        &[header("Cache-Control", "")],
        &[status(200)],
    ),
    case(
        "same_response_as: earlier",
        // Numbers and ids may differ, and so may the order of members.
        &[body(
            r#"{"seven":8,"token":"9|a-very-secret-token","moment":"2026-01-01T00:00:00Z","list":[1,2,3]}"#,
        )],
        &[body("{}"), status(404)],
    ),
    Case {
        step: "concurrent: [{ n: 1 }, { n: 2 }]",
        expectation: "succeeded: 2",
        holds: &[status(200), status(201)],
        fails: &[status(500)],
    },
    Case {
        step: "concurrent: [{ n: 1 }, { n: 2 }]",
        expectation: "others: [2xx, 409]",
        holds: &[status(200), status(409)],
        fails: &[status(500)],
    },
    case(
        "at: $.a, equals: 7",
        &[body(r#"{"a":7}"#), body(r#"{"a":7.0}"#)],
        &[body(r#"{"a":"7"}"#), body(r#"{"a":8}"#), body("{}")],
    ),
    case(
        r#"at: $.a, equals: "{{seven}}""#,
        &[body(r#"{"a":7}"#)],
        &[body(r#"{"a":"7"}"#)],
    ),
    case(
        r#"at: $.a, equals: "{{seven - 1}}""#,
        &[body(r#"{"a":6}"#)],
        &[body(r#"{"a":7}"#)],
    ),
    case(
        r#"at: "$.a[*]", equals: 1"#,
        &[body(r#"{"a":[1]}"#)],
        &[body(r#"{"a":[1,1]}"#), body(r#"{"a":[]}"#)],
    ),
    case(
        r#"at: $.a, not_contains: "{{token | secret}}""#,
        &[
            body(r#"{"a":"9|another-secret-token"}"#),
            body(r#"{"a":9}"#),
        ],
        &[body(r#"{"a":"8|a-very-secret-token"}"#), body("{}")],
    ),
    case(
        "at: $.a, min_entropy_bits: 128",
        &[
            body(r#"{"a":"7|oXKxyf3TTmKcWrIYb5ldOHmgQ5sxe9HvTr0zGxkY"}"#),
            body(r#"{"a":"0123456789abcdef0123456789abcdef"}"#),
        ],
        &[
            body(r#"{"a":"7|0123456789abcdef"}"#),
            body(r#"{"a":"oXKxyf3TTmKcWrIYb5ld|7"}"#),
            body("{}"),
        ],
    ),
    case(
        r#"at: "$.a[*]", count: 2"#,
        &[body(r#"{"a":[1,2]}"#)],
        &[
            body(r#"{"a":[1]}"#),
            body(r#"{"a":[1,2,3]}"#),
            body("{}"),
            body(""),
        ],
    ),
    case(
        r#"at: "$.a[*]", count: "{{many - 1}}""#,
        &[body(r#"{"a":[1,2]}"#)],
        &[body(r#"{"a":[1,2,3]}"#)],
    ),
    case(
        r#"at: "$.a[?@.id == {{seven}}]", count: 1"#,
        &[body(r#"{"a":[{"id":7},{"id":8}]}"#)],
        &[body(r#"{"a":[{"id":"7"}]}"#)],
    ),
    case(
        "at: $.a, absent: true",
        // `null` is as good as absent.
        &[body("{}"), body(r#"{"a":null}"#), body("")],
        &[body(r#"{"a":false}"#), body(r#"{"a":0}"#)],
    ),
    case(
        r#"at: "$.a[*]", unique: true"#,
        &[body(r#"{"a":[1,2,"1"]}"#), body("{}")],
        &[body(r#"{"a":[1,2,1]}"#), body(r#"{"a":[1,1.0]}"#)],
    ),
    case(
        r#"at: "$.a[*]", sorted: descending"#,
        &[
            body(
                r#"{"a":["2026-01-01T02:00:00+01:00","2026-01-01T01:00:00Z","2026-01-01T00:59:59.9Z"]}"#,
            ),
            body(r#"{"a":[3,2,2,1]}"#),
            body("{}"),
        ],
        &[
            body(r#"{"a":["2026-01-01T01:30:00+01:00","2026-01-01T01:00:00Z"]}"#),
            body(r#"{"a":[1,2]}"#),
            body(r#"{"a":[1,"a"]}"#),
        ],
    ),
    case(
        r#"at: "$.a[*]", sorted: ascending"#,
        &[body(
            r#"{"a":["2026-01-01T01:30:00+01:00","2026-01-01T01:00:00Z"]}"#,
        )],
        &[body(r#"{"a":["b","a"]}"#)],
    ),
    case(
        "at: $.a, approx: +30d",
        &[
            dated(r#"{"a":"2020-03-31T13:00:00+00:00"}"#),
            dated(r#"{"a":"2020-03-31T13:04:50Z"}"#),
            dated(r#"{"a":"2020-03-31T09:55:10-01:00"}"#),
        ],
        &[
            dated(r#"{"a":"2020-03-31T13:05:10Z"}"#),
            dated(r#"{"a":"2020-03-31T10:54:50Z"}"#),
            dated(r#"{"a":"2020-03-30T12:00:00Z"}"#),
            dated(r#"{"a":"soon"}"#),
            dated("{}"),
        ],
    ),
    case(
        "at: $.a, approx: 0s, within: 2m",
        &[dated(r#"{"a":"2020-03-01T12:01:50Z"}"#)],
        &[dated(r#"{"a":"2020-03-01T12:02:10Z"}"#)],
    ),
    case(
        r#"at: "$.a[*]", all_approx: 0s"#,
        &[
            dated(r#"{"a":[]}"#),
            dated(r#"{"a":[null]}"#),
            dated(r#"{"a":[null,"2020-03-01T12:00:00Z","2020-03-01T13:02:00+01:00"]}"#),
        ],
        &[
            dated(r#"{"a":["2020-03-01T12:00:00Z","2020-02-01T12:00:00Z"]}"#),
            dated(r#"{"a":["never"]}"#),
            dated(r#"{"a":[0]}"#),
        ],
    ),
    case(
        r#"at: $.a, same_instant: "{{moment}}""#,
        &[
            body(r#"{"a":"2026-01-01T00:00:00.000000Z"}"#),
            body(r#"{"a":"2026-01-01T00:00:00.999Z"}"#),
            body(r#"{"a":"2025-12-31T23:00:00-01:00"}"#),
        ],
        &[
            body(r#"{"a":"2026-01-01T00:00:01Z"}"#),
            body(r#"{"a":"2026-01-01"}"#),
            body("{}"),
        ],
    ),
    case(
        "at: $.a, same_email: Jane@Example.COM",
        &[
            body(r#"{"a":"Jane@Example.COM"}"#),
            body(r#"{"a":"jane@example.com"}"#),
        ],
        &[
            body(r#"{"a":"jane@example.co"}"#),
            body(r#"{"a":["Jane@Example.COM"]}"#),
            body("{}"),
        ],
    ),
];
