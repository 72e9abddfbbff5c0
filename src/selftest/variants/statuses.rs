//! Statuses that the documentation does not fix.

use axum::http::StatusCode;
use serde_json::json;

use crate::selftest::message::{ApiRoute, RequestMessage, ResponseMessage};
use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;

const JSON: &str = "application/json";

pub(super) const SUCCESSES: &[Variant] = &[
    // The second factor answers 201, the list 203, and revoking all others 202.
    Variant::new("successes.other", |server| {
        server.wire().answers(|call, answer| {
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
    }),
];

pub(super) const REVOKED: &[Variant] = &[
    // Revoking a token answers 200 and says so in a body.
    Variant::new("revoked.ok-with-body", |server| {
        revoked(server, |answer| {
            answer.status = StatusCode::OK;
            answer.say(
                JSON,
                json!({ "message": "The session has ended.", "revoked": true }),
            );
        });
    }),
    // Revoking a token answers 200 without a body.
    Variant::new("revoked.ok-without-body", |server| {
        revoked(server, |answer| answer.status = StatusCode::OK);
    }),
    // Revoking a token answers 202.
    Variant::new("revoked.accepted", |server| {
        revoked(server, |answer| answer.status = StatusCode::ACCEPTED);
    }),
];

pub(super) const UNKNOWN_TOKENS: &[Variant] = &[
    // Revoking a token that is unknown or another's answers 403 and repeats the id.
    Variant::new("unknown-tokens.forbidden", |server| {
        unknown(server, |call, answer| {
            let id = call.token_id().unwrap_or_default();
            let message = format!("You may not end the session {id}.");
            answer.status = StatusCode::FORBIDDEN;
            answer.say(JSON, json!({ "message": message }));
        });
    }),
    // Revoking a token that is unknown or another's answers 404 with a page for people.
    Variant::new("unknown-tokens.page", |server| {
        unknown(server, |_, answer| {
            answer.show("<!DOCTYPE html><h1>Not found</h1>");
        });
    }),
    // Revoking a token that is unknown or another's answers 200, as if it had ended.
    Variant::new("unknown-tokens.ok", |server| {
        unknown(server, |_, answer| {
            answer.status = StatusCode::OK;
            answer.say(JSON, json!({ "revoked": false }));
        });
    }),
    // Revoking a token that is unknown or another's answers 204.
    Variant::new("unknown-tokens.no-content", |server| {
        unknown(server, |_, answer| {
            answer.status = StatusCode::NO_CONTENT;
            answer.clear();
        });
    }),
    // Revoking a token that is unknown or another's answers 422.
    Variant::new("unknown-tokens.unprocessable", |server| {
        unknown(server, |_, answer| {
            answer.status = StatusCode::UNPROCESSABLE_ENTITY;
        });
    }),
];

/// Changes the answer to a token having been revoked.
fn revoked(server: &mut Server, change: fn(&mut ResponseMessage)) {
    server.wire().answers(move |call, answer| {
        if call.operation == Some(ApiRoute::RevokeToken) && answer.succeeds() {
            change(answer);
        }
    });
}

/// Changes the answer to a token not having been found.
fn unknown(server: &mut Server, change: fn(&RequestMessage, &mut ResponseMessage)) {
    server.wire().answers(move |call, answer| {
        let missing = answer.status == StatusCode::NOT_FOUND;
        if call.operation == Some(ApiRoute::RevokeToken) && missing {
            change(call, answer);
        }
    });
}
