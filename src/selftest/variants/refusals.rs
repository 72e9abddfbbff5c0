//! Where the refusal to revoke the current token says `cannot_revoke_current`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::selftest::message::{ApiRoute, RequestInfo, ResponseMessage};
use crate::selftest::variant::{Axis, Blueprint, Variant};

const WORD: &str = "cannot_revoke_current";

pub(super) const AXIS: Axis = Axis {
    name: "refusals",
    variants: &[
        Variant::new(
            "refusals.in-message",
            "The refusal has the word as its message.",
            |server| says(server, "application/json", || json!({ "message": WORD })),
        ),
        Variant::new(
            "refusals.in-code",
            "The refusal has the word as its code.",
            |server| {
                says(
                    server,
                    "application/json",
                    || json!({ "message": "This is your own session.", "code": WORD }),
                );
            },
        ),
        Variant::new(
            "refusals.in-errors",
            "The refusal has the word as a text of the field it is about.",
            |server| {
                says(
                    server,
                    "application/json",
                    || json!({ "message": "The given data was invalid.", "errors": { "token": [WORD] } }),
                );
            },
        ),
        Variant::new(
            "refusals.in-type",
            "The refusal is a problem (RFC 9457) with the word at the end of its type.",
            |server| {
                says(server, "application/problem+json", || {
                    json!({
                        "type": format!("https://errors.example/{WORD}"),
                        "title": "This is your own session",
                        "status": 422,
                    })
                });
            },
        ),
    ],
};

/// Whether an answer refuses to revoke the current token.
pub(super) fn is_of_current(call: &RequestInfo, answer: &ResponseMessage) -> bool {
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

fn says(server: &mut Blueprint, media_type: &'static str, body: fn() -> Value) {
    server.wire.answers(move |call, answer| {
        if is_of_current(call, answer) {
            answer.say(media_type, body());
        }
    });
}
