//! Headers of answers, and what is made of the headers of requests.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};

use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;

pub(super) const MEDIA_TYPES: &[Variant] = &[
    // The type of a body names the character set.
    Variant::new("media-types.charset", |server| {
        media_type(server, |old| format!("{old}; charset=utf-8"));
    }),
    // The type of a body is written in upper case.
    Variant::new("media-types.upper-case", |server| {
        media_type(server, |old| {
            format!("{};CHARSET=\"UTF-8\"", old.to_uppercase())
        });
    }),
];

pub(super) const AXIS: &[Variant] = &[
    // Answers have the headers of a stock Laravel server.
    Variant::new("headers.stock", |server| {
        server.wire().answers(|_, answer| {
            answer.set_header("cache-control", "no-cache, private");
            answer.set_header("vary", "Origin");
            answer.set_header("x-powered-by", "PHP/8.4.1");
            answer.set_header("access-control-allow-origin", "*");
            answer.headers.remove(WWW_AUTHENTICATE);
        });
    })
    .failing(BARE),
    // Answers have no header that nothing asks for.
    Variant::new("headers.bare", |server| {
        server.wire().answers(|_, answer| {
            answer.headers.remove(CACHE_CONTROL);
            answer.headers.remove(WWW_AUTHENTICATE);
        });
    })
    .failing(BARE),
    // Answers have cookies and a dozen headers more.
    Variant::new("headers.many", |server| {
        server.wire().answers(|_, answer| {
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
    }),
];

/// The documentation asks for no such header, and a stock server does not send it.
const BARE: &[&str] = &["hardening.no-store", "hardening.www-authenticate"];

pub(super) const ACCEPT: &[Variant] = &[
    // Whoever is not signed in and does not ask for JSON is sent to a page for logging in.
    Variant::new("accept.redirects", |server| {
        server.wire().answers(|call, answer| {
            let accepted = call.header("accept").unwrap_or_default();
            if answer.status == StatusCode::UNAUTHORIZED && !accepted.contains("json") {
                answer.clear();
                answer.status = StatusCode::FOUND;
                answer.set_header("location", "/login");
            }
        });
    }),
];

fn media_type(server: &mut Server, write: fn(&str) -> String) {
    server.wire().answers(move |_, answer| {
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
