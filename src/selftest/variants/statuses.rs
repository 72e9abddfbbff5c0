//! Statuses that the documentation does not fix.

use axum::http::StatusCode;
use serde_json::json;

use crate::selftest::message::{ApiRoute, RequestInfo, ResponseMessage};
use crate::selftest::variant::{Axis, Blueprint, Variant};

const JSON: &str = "application/json";

pub(super) const SUCCESSES: Axis = Axis {
    name: "successes",
    variants: &[Variant::new(
        "successes.other",
        "The second factor answers 201, the list 203, and revoking all others 202.",
        |server| {
            server.wire.answers(|call, answer| {
                let status = match call.operation {
                    Some(ApiRoute::LoginTotp) => StatusCode::CREATED,
                    Some(ApiRoute::ListTokens) => StatusCode::NON_AUTHORITATIVE_INFORMATION,
                    Some(ApiRoute::RevokeOthers) => StatusCode::ACCEPTED,
                    _ => return,
                };
                if answer.succeeds() {
                    answer.status = status;
                }
            });
        },
    )],
};

pub(super) const REVOKED: Axis = Axis {
    name: "revoked",
    variants: &[
        Variant::new(
            "revoked.ok-with-body",
            "Revoking a token answers 200 and says so in a body.",
            |server| {
                revoked(server, |answer| {
                    answer.status = StatusCode::OK;
                    answer.say(
                        JSON,
                        json!({ "message": "The session has ended.", "revoked": true }),
                    );
                });
            },
        ),
        Variant::new(
            "revoked.ok-without-body",
            "Revoking a token answers 200 without a body.",
            |server| revoked(server, |answer| answer.status = StatusCode::OK),
        ),
        Variant::new(
            "revoked.accepted",
            "Revoking a token answers 202.",
            |server| revoked(server, |answer| answer.status = StatusCode::ACCEPTED),
        ),
    ],
};

pub(super) const UNKNOWN_TOKENS: Axis = Axis {
    name: "unknown-tokens",
    variants: &[
        Variant::new(
            "unknown-tokens.forbidden",
            "Revoking a token that is unknown or another's answers 403 and repeats the id.",
            |server| {
                unknown(server, |call, answer| {
                    let id = call.token_id().unwrap_or_default();
                    let message = format!("You may not end the session {id}.");
                    answer.status = StatusCode::FORBIDDEN;
                    answer.say(JSON, json!({ "message": message }));
                });
            },
        ),
        Variant::new(
            "unknown-tokens.page",
            "Revoking a token that is unknown or another's answers 404 with a page for people.",
            |server| {
                unknown(server, |_, answer| {
                    answer.show("<!DOCTYPE html><h1>Not found</h1>");
                });
            },
        ),
        Variant::new(
            "unknown-tokens.ok",
            "Revoking a token that is unknown or another's answers 200, as if it had ended.",
            |server| {
                unknown(server, |_, answer| {
                    answer.status = StatusCode::OK;
                    answer.say(JSON, json!({ "revoked": false }));
                });
            },
        ),
        Variant::new(
            "unknown-tokens.no-content",
            "Revoking a token that is unknown or another's answers 204.",
            |server| {
                unknown(server, |_, answer| {
                    answer.status = StatusCode::NO_CONTENT;
                    answer.clear();
                });
            },
        ),
        Variant::new(
            "unknown-tokens.unprocessable",
            "Revoking a token that is unknown or another's answers 422.",
            |server| {
                unknown(server, |_, answer| {
                    answer.status = StatusCode::UNPROCESSABLE_ENTITY;
                });
            },
        ),
    ],
};

/// Changes the answer to a token having been revoked.
fn revoked(server: &mut Blueprint, change: fn(&mut ResponseMessage)) {
    server.wire.answers(move |call, answer| {
        if call.operation == Some(ApiRoute::RevokeToken) && answer.succeeds() {
            change(answer);
        }
    });
}

/// Changes the answer to a token not having been found.
fn unknown(server: &mut Blueprint, change: fn(&RequestInfo, &mut ResponseMessage)) {
    server.wire.answers(move |call, answer| {
        let missing = answer.status == StatusCode::NOT_FOUND;
        if call.operation == Some(ApiRoute::RevokeToken) && missing {
            change(call, answer);
        }
    });
}
