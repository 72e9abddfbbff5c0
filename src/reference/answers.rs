//! The bodies of answers to what was asked for.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::behaviour::{Edits, Reveals, Subscription};
use super::clock::written;
use super::edits::edited;
use super::store::accounts::Account;
use super::store::tokens::Token;

pub(super) fn json(status: StatusCode, mut body: Value, edits: &Edits) -> Response {
    edited(&mut body, edits);
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

pub(super) fn current_user(
    account: &Account,
    subscription: &Subscription,
    in_trial: bool,
) -> Value {
    let mut user = user(account);
    user["subscription"] = json!({
        "status": if in_trial { &subscription.during_trial } else { "expired" },
        "trial_ends_at": written(account.trial_ends_at),
        "plan": "monthly",
    });
    user
}

/// How tokens are seen in a list.
pub(super) struct TokenView<'a> {
    pub(super) reveals: Reveals,
    pub(super) edits: &'a Edits,
    /// The token that makes the call, as it was sent.
    pub(super) sent: &'a str,
}

/// What the list of tokens shows of one.
pub(super) fn token(token: &Token, is_current: bool, seen: &TokenView<'_>) -> Value {
    let mut entry = json!({
        "id": token.id,
        "name": token.name,
        "created_at": written(token.created_at),
        "last_used_at": token.last_used_at.map(written),
        "is_current": is_current,
    });
    match seen.reveals {
        Reveals::Nothing => {}
        Reveals::Digest => entry["token"] = HEXLOWER.encode(&token.digest).into(),
        Reveals::CallingToken => entry["token"] = seen.sent.into(),
    }
    edited(&mut entry, seen.edits);
    entry
}

pub(super) fn token_list(entries: impl Iterator<Item = Value>) -> Value {
    json!({ "tokens": entries.collect::<Vec<_>>() })
}

pub(super) fn revoked_others(count: usize) -> Value {
    json!({ "revoked_count": count })
}

fn user(account: &Account) -> Value {
    json!({ "id": account.public_id, "email": account.email, "name": account.name })
}
