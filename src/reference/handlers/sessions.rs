//! What a caller with a token can do: see who they are, and see and end their sessions.

use std::sync::Arc;

use axum::RequestExt;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::response::{IntoResponse, Response};
use rusqlite::Transaction;

use crate::reference::answers::{self, TokenView};
use crate::reference::api_error::ApiError;
use crate::reference::app::{App, AuthenticatedCaller};
use crate::reference::behaviour::{Action, Counts, TokenFilter};
use crate::reference::secrets::parse_id;
use crate::reference::store::{accounts, tokens};

pub(super) async fn me(app: Arc<App>, request: Request) -> Result<Response, ApiError> {
    app.as_session(&request, Action::Me, |app, transaction, session| {
        let described = app.behaviour.sessions.me_describes;
        let account = accounts::described(transaction, described, session.account)?;
        let rules = &app.behaviour.subscription;
        let scene = session.scene(Action::Me).choosing(session.token);
        let is_denied = tokens::is_meant(transaction, &rules.denies_trial_to, scene)?;
        let in_trial = app.now() < account.trial_ends_at && !is_denied;
        Ok(answers::json(
            app.behaviour.statuses.current_user.0,
            answers::current_user(&account, rules, in_trial),
            &app.behaviour.bodies.current_user,
        ))
    })
    .await
}

pub(super) async fn list(app: Arc<App>, request: Request) -> Result<Response, ApiError> {
    let sent = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    app.as_session(&request, Action::List, move |app, transaction, session| {
        let rules = &app.behaviour.sessions;
        let listed = tokens::list(transaction, rules, session.scene(Action::List))?;
        let seen = TokenView {
            reveals: rules.reveals,
            edits: &app.behaviour.bodies.token,
            sent: &sent,
        };
        let entries = listed
            .iter()
            .map(|(token, is_current)| answers::token(token, *is_current, &seen));
        Ok(answers::json(
            StatusCode::OK,
            answers::token_list(entries),
            &app.behaviour.bodies.token_list,
        ))
    })
    .await
}

pub(super) async fn logout(app: Arc<App>, request: Request) -> Result<Response, ApiError> {
    app.as_session(&request, Action::Logout, |app, transaction, session| {
        let ends = &app.behaviour.sessions.logout_ends;
        tokens::end(transaction, ends, session.scene(Action::Logout))?;
        Ok(app.behaviour.statuses.logged_out.0.into_response())
    })
    .await
}

pub(super) async fn revoke_one(app: Arc<App>, mut request: Request) -> Result<Response, ApiError> {
    // An id that is none is looked for like any other, after the caller has been recognised.
    let path = request.extract_parts::<Path<String>>().await;
    let text = path.map(|Path(text)| text).unwrap_or_default();
    let id = app.behaviour.sessions.id_reading.of(&text);
    let is_odd = parse_id(&text).is_none();
    app.as_session(
        &request,
        Action::RevokeOne,
        move |app, transaction, session| {
            let rules = &app.behaviour.sessions;
            app.survive_id(&text)?;
            let scene = session.scene(Action::RevokeOne);
            let id = match id {
                Some(shown) => tokens::shown_as(transaction, shown, session.account)?,
                None => None,
            };
            let scene = id.map_or(scene, |id| scene.choosing(id));
            if !tokens::is_meant(transaction, &rules.revoke_one_reaches, scene)? {
                tokens::end(transaction, &rules.revoke_unknown_ends, scene)?;
                return Err(out_of_reach(transaction, session, id)?);
            }
            let is_recognised = rules.knows_current_however_spelt || !is_odd;
            if is_recognised && tokens::is_meant(transaction, &rules.refuses_to_revoke, scene)? {
                let refusal = session.scene(Action::RefusedRevocation);
                tokens::end(transaction, &rules.refusal_ends, refusal)?;
                return Err(ApiError::CannotRevokeCurrent);
            }
            tokens::end(transaction, &rules.revoke_one_ends, scene)?;
            Ok(app.behaviour.statuses.revoked_one.0.into_response())
        },
    )
    .await
}

fn out_of_reach(
    transaction: &Transaction<'_>,
    session: AuthenticatedCaller,
    id: Option<i64>,
) -> Result<ApiError, ApiError> {
    let token = match id {
        Some(id) => tokens::find(transaction, id)?,
        None => None,
    };
    let foreign = token.filter(|token| token.account != session.account);
    Ok(foreign.map_or(ApiError::UnknownToken, |_| ApiError::ForeignToken))
}

pub(super) async fn revoke_others(app: Arc<App>, request: Request) -> Result<Response, ApiError> {
    app.as_session(
        &request,
        Action::RevokeOthers,
        |app, transaction, session| {
            let ends = &app.behaviour.sessions.revoke_others_ends;
            let scene = session.scene(Action::RevokeOthers);
            let to_count = match &app.behaviour.sessions.counts {
                Counts::Only(which) => {
                    let such = [TokenFilter::Living, ends.clone(), which.clone()];
                    Some(tokens::count(
                        transaction,
                        &TokenFilter::All(such.into()),
                        scene,
                    )?)
                }
                _ => None,
            };
            let ended = tokens::end(transaction, ends, scene)?;
            let ended = to_count.unwrap_or(ended);
            let count = counted(app, transaction, session, ended)?;
            Ok(answers::json(
                StatusCode::OK,
                answers::revoked_others(count),
                &app.behaviour.bodies.revoked_others,
            ))
        },
    )
    .await
}

fn counted(
    app: &App,
    transaction: &Transaction<'_>,
    session: AuthenticatedCaller,
    ended: usize,
) -> Result<usize, ApiError> {
    let scene = session.scene(Action::RevokeOthers);
    let count = |and: &[TokenFilter]| {
        let which = [&[TokenFilter::Own], and].concat();
        tokens::count(transaction, &TokenFilter::All(which), scene)
    };
    Ok(match &app.behaviour.sessions.counts {
        Counts::EndedTokens | Counts::Only(_) => ended,
        Counts::AndAllEndedBy(action) => ended + count(&[TokenFilter::EndedBy(*action)])?,
        Counts::OneMore => ended + 1,
        Counts::AtLeastOne => ended.max(1),
        Counts::AtMostOne => ended.min(1),
        Counts::LivingTokens => count(&[TokenFilter::Living])?,
        Counts::IssuedTokens => count(&[])?.saturating_sub(1),
        Counts::RevokedTokens => count(&[TokenFilter::EndedBy(Action::RevokeOthers)])?,
    })
}
