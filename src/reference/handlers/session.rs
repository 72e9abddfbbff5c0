//! Opening a session, by whatever proof.

use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::Transaction;

use crate::reference::answers;
use crate::reference::api_error::ApiError;
use crate::reference::app::App;
use crate::reference::behaviour::{Action, Edits, TokenFilter};
use crate::reference::store::accounts::{self, Account};
use crate::reference::store::{Scene, tokens};

/// How a session is opened.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    /// What opens it.
    pub(super) action: Action,
    /// Which tokens it ends.
    pub(super) ends: &'a TokenFilter,
    pub(super) status: StatusCode,
    pub(super) edits: &'a Edits,
}

/// Ends the sessions that a new one replaces, and opens it.
pub(super) fn open(
    app: &App,
    transaction: &Transaction<'_>,
    account: &Account,
    name: &str,
    opening: Opening<'_>,
) -> Result<Response, ApiError> {
    let scene = Scene::of(opening.action, account.id).named(name);
    tokens::end(transaction, opening.ends, scene)?;
    let (id, token) = app.issue(transaction, account.id, name, opening.action)?;

    let rules = &app.behaviour.login;
    if tokens::is_meant(transaction, &rules.restarts_trial, scene.choosing(id))? {
        let ends_at = app.behaviour.registration.trial.end(app.now());
        accounts::set_trial_end(transaction, account.id, ends_at)?;
    }
    let described = accounts::described(transaction, rules.describes, account.id)?;
    let body = answers::logged_in(&described, &token);
    Ok(answers::json(opening.status, body, opening.edits))
}
