//! Headers of answers, and what is made of the headers of requests.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};

use crate::selftest::variant::{Axis, Blueprint, Exception, Variant};

pub(super) const MEDIA_TYPES: Axis = Axis {
    name: "media-types",
    variants: &[
        Variant::new(
            "media-types.charset",
            "The type of a body names the character set.",
            |server| media_type(server, |old| format!("{old}; charset=utf-8")),
        ),
        Variant::new(
            "media-types.upper-case",
            "The type of a body is written in upper case.",
            |server| {
                media_type(server, |old| {
                    format!("{};CHARSET=\"UTF-8\"", old.to_uppercase())
                });
            },
        ),
    ],
};

const NOT_SAID: &str =
    "the documentation asks for no such header, and a stock server does not send it";

pub(super) const AXIS: Axis = Axis {
    name: "headers",
    variants: &[
        Variant::new(
            "headers.stock",
            "Answers have the headers of a stock Laravel server.",
            |server| {
                server.wire.answers(|_, answer| {
                    answer.set_header("cache-control", "no-cache, private");
                    answer.set_header("vary", "Origin");
                    answer.set_header("x-powered-by", "PHP/8.4.1");
                    answer.set_header("access-control-allow-origin", "*");
                    answer.headers.remove(WWW_AUTHENTICATE);
                });
            },
        )
        .with_exceptions(BARE),
        Variant::new(
            "headers.bare",
            "Answers have no header that nothing asks for.",
            |server| {
                server.wire.answers(|_, answer| {
                    answer.headers.remove(CACHE_CONTROL);
                    answer.headers.remove(WWW_AUTHENTICATE);
                });
            },
        )
        .with_exceptions(BARE),
        Variant::new(
            "headers.many",
            "Answers have cookies and a dozen headers more.",
            |server| {
                server.wire.answers(|_, answer| {
                    for (name, value) in [
                        ("set-cookie", "laravel_session=eyJpdiI6; path=/; httponly"),
                        ("strict-transport-security", "max-age=31536000"),
                        ("x-content-type-options", "nosniff"),
                        ("x-frame-options", "DENY"),
                        ("x-request-id", "0f8fad5b-d9cb-469f-a165-70867728950e"),
                        ("etag", "W/\"0\""),
                        ("location", "/api/auth/me"),
                        ("server", "nginx"),
                    ] {
                        answer.set_header(name, value);
                    }
                    if answer.status == StatusCode::UNAUTHORIZED {
                        answer.set_header(
                            "www-authenticate",
                            "Bearer realm=\"api\", error=\"invalid_token\"",
                        );
                    }
                });
            },
        ),
    ],
};

const BARE: &[Exception] = &[
    Exception::failed("hardening.no-store", NOT_SAID),
    Exception::failed("hardening.www-authenticate", NOT_SAID),
];

pub(super) const ACCEPT: Axis = Axis {
    name: "accept",
    variants: &[Variant::new(
        "accept.redirects",
        "Whoever is not signed in and does not ask for JSON is sent to a page for logging in.",
        |server| {
            server.wire.answers(|call, answer| {
                let accepted = call.header("accept").unwrap_or_default();
                if answer.status == StatusCode::UNAUTHORIZED && !accepted.contains("json") {
                    answer.clear();
                    answer.status = StatusCode::FOUND;
                    answer.set_header("location", "/login");
                }
            });
        },
    )],
};

fn media_type(server: &mut Blueprint, write: fn(&str) -> String) {
    server.wire.answers(move |_, answer| {
        let old = answer
            .headers
            .get(CONTENT_TYPE)
            .and_then(|old| old.to_str().ok());
        let new = old.map(|old| HeaderValue::from_str(&write(old)));
        if let Some(Ok(new)) = new {
            answer.headers.insert(CONTENT_TYPE, new);
        }
    });
}
