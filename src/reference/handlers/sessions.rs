//! What a caller with a token can do: see who they are, and see and end their sessions.

use std::sync::Arc;

use axum::RequestExt;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};

use crate::reference::answers;
use crate::reference::app::{App, Session};
use crate::reference::behaviour::Counts;
use crate::reference::failure::Failure;
use crate::reference::secrets::parse_id;
use crate::reference::store::accounts;
use crate::reference::store::tokens::{self, Scene};

pub(super) async fn me(app: Arc<App>, request: Request) -> Result<Response, Failure> {
    app.as_session(request.headers(), |app, transaction, session| {
        let account = accounts::by_id(transaction, session.account)?;
        let body = answers::current_user(&account, &app.behaviour.subscription, app.now());
        Ok(answers::json(app.behaviour.statuses.current_user, &body))
    })
    .await
}

pub(super) async fn list(app: Arc<App>, request: Request) -> Result<Response, Failure> {
    app.as_session(request.headers(), |app, transaction, session| {
        let rules = &app.behaviour.sessions;
        let listed = tokens::list(transaction, session.account, rules.lists, rules.order)?;
        let body = answers::token_list(&listed, session.token, rules.marks);
        Ok(answers::json(app.behaviour.statuses.listed, &body))
    })
    .await
}

pub(super) async fn logout(app: Arc<App>, request: Request) -> Result<Response, Failure> {
    app.as_session(request.headers(), |app, transaction, session| {
        tokens::end(
            transaction,
            app.behaviour.sessions.logout_ends,
            scene(session, None),
        )?;
        Ok(app.behaviour.statuses.logged_out.into_response())
    })
    .await
}

pub(super) async fn revoke_one(app: Arc<App>, mut request: Request) -> Result<Response, Failure> {
    // An id that is none is looked for like any other, after the caller has been recognised.
    let id = request
        .extract_parts::<Path<String>>()
        .await
        .ok()
        .and_then(|Path(text)| parse_id(&text));
    app.as_session(request.headers(), move |app, transaction, session| {
        let rules = &app.behaviour.sessions;
        let id = id.ok_or(Failure::UnknownToken)?;
        if !tokens::reaches(transaction, rules.revoke_one_reaches, session.account, id)? {
            return Err(Failure::UnknownToken);
        }
        if rules.refuses_current && id == session.token {
            return Err(Failure::CannotRevokeCurrent);
        }
        tokens::end(transaction, rules.revoke_one_ends, scene(session, Some(id)))?;
        Ok(app.behaviour.statuses.revoked_one.into_response())
    })
    .await
}

pub(super) async fn revoke_others(app: Arc<App>, request: Request) -> Result<Response, Failure> {
    app.as_session(request.headers(), |app, transaction, session| {
        let rules = &app.behaviour.sessions;
        let ended = tokens::end(transaction, rules.revoke_others_ends, scene(session, None))?;
        let count = match rules.counts {
            Counts::EndedTokens => ended,
        };
        Ok(answers::json(
            app.behaviour.statuses.revoked_others,
            &answers::revoked_others(count),
        ))
    })
    .await
}

fn scene(session: Session, chosen: Option<i64>) -> Scene<'static> {
    Scene {
        account: session.account,
        current: Some(session.token),
        chosen,
        name: None,
    }
}
