//! Where the refusal to revoke the current token says `cannot_revoke_current`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::selftest::message::{ApiRoute, RequestMessage, ResponseMessage};
use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;

const WORD: &str = "cannot_revoke_current";

pub(super) const AXIS: &[Variant] = &[
    // The refusal has the word as its message.
    Variant::new("refusals.in-message", |server| {
        says(server, "application/json", || json!({ "message": WORD }));
    }),
    // The refusal has the word as its code.
    Variant::new("refusals.in-code", |server| {
        says(
            server,
            "application/json",
            || json!({ "message": "This is your own session.", "code": WORD }),
        );
    }),
    // The refusal has the word as a text of the field it is about.
    Variant::new("refusals.in-errors", |server| {
        says(
            server,
            "application/json",
            || json!({ "message": "The given data was invalid.", "errors": { "token": [WORD] } }),
        );
    }),
    // The refusal is a problem (RFC 9457) with the word at the end of its type.
    Variant::new("refusals.in-type", |server| {
        says(server, "application/problem+json", || {
            json!({
                "type": format!("https://errors.example/{WORD}"),
                "title": "This is your own session",
                "status": 422,
            })
        });
    }),
];

/// Whether an answer refuses to revoke the current token.
pub(super) fn is_of_current(call: &RequestMessage, answer: &ResponseMessage) -> bool {
    let says_so = || {
        answer
            .json
            .as_ref()
            .is_some_and(|json| json["error"] == WORD)
    };
    call.operation == Some(ApiRoute::RevokeToken)
        && answer.status == StatusCode::UNPROCESSABLE_ENTITY
        && says_so()
}

fn says(server: &mut Server, media_type: &'static str, body: fn() -> Value) {
    server.wire().answers(move |call, answer| {
        if is_of_current(call, answer) {
            answer.say(media_type, body());
        }
    });
}
