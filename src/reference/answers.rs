//! The bodies of answers to what was asked for.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::behaviour::{Marks, Subscription};
use super::clock::written;
use super::store::accounts::Account;
use super::store::tokens::Token;

pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    (status, Json(body)).into_response()
}

pub(super) fn registered(account: &Account, token: &str) -> Value {
    let mut user = user(account);
    user["trial_ends_at"] = written(account.trial_ends_at).into();
    json!({ "user": user, "token": token })
}

pub(super) fn logged_in(account: &Account, token: &str) -> Value {
    json!({ "user": user(account), "token": token })
}

pub(super) fn challenged(totp_token: &str) -> Value {
    json!({ "requires_totp": true, "totp_token": totp_token })
}

pub(super) fn current_user(account: &Account, subscription: &Subscription, now: i64) -> Value {
    let in_trial = now < account.trial_ends_at;
    let mut user = user(account);
    user["subscription"] = json!({
        "status": if in_trial { subscription.during_trial } else { subscription.after_trial },
        "trial_ends_at": written(account.trial_ends_at),
        "plan": subscription.plan,
    });
    user
}

pub(super) fn token_list(tokens: &[Token], calling: i64, marks: Marks) -> Value {
    let entry = |token: &Token| {
        let is_current = match marks {
            Marks::CallingToken => token.id == calling,
        };
        json!({
            "id": token.id,
            "name": token.name,
            "created_at": written(token.created_at),
            "last_used_at": token.last_used_at.map(written),
            "is_current": is_current,
        })
    };
    json!({ "tokens": tokens.iter().map(entry).collect::<Vec<_>>() })
}

pub(super) fn revoked_others(count: usize) -> Value {
    json!({ "revoked_count": count })
}

fn user(account: &Account) -> Value {
    json!({ "id": account.public_id, "email": account.email, "name": account.name })
}
