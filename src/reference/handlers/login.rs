//! Logging in with a password.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use rusqlite::Transaction;

use super::password::{account_of, is_let_in};
use super::session::{Opening, open};
use crate::reference::answers;
use crate::reference::api_error::ApiError;
use crate::reference::app::App;
use crate::reference::behaviour::{Action, AlsoRight, Steps, TokenFilter};
use crate::reference::input::Input;
use crate::reference::secrets::{self, SecretDigest};
use crate::reference::store::accounts::Account;
use crate::reference::store::{Scene, challenges, tokens};
use crate::reference::validation::Errors;

pub(super) async fn login(app: Arc<App>, request: Request) -> Result<Response, ApiError> {
    let input = Input::read(request, &app.behaviour.requests).await?;
    let email = input.trimmed("email").map(str::to_lowercase);
    let admitted = app.admit("login", email, &input).await?;
    if !app.behaviour.limiting.right_passwords_only {
        admitted?;
    }
    let outcome = log_in(Arc::clone(&app), &input).await;
    app.limited(admitted, outcome)
}

async fn log_in(app: Arc<App>, input: &Input) -> Result<Response, ApiError> {
    let mut errors = Errors::default();
    let rules = &app.behaviour.login;
    let email = input
        .text("email", &mut errors)
        .map(|email| rules.email.of(&email));
    let needs_none = rules.also_right.contains(&AlsoRight::Empty);
    let password = if needs_none && !input.has("password") {
        Some(String::new())
    } else {
        input.verbatim("password", &mut errors)
    };
    let (Some(email), Some(password)) = (email, password) else {
        return Err(errors.into());
    };
    let name = app.token_name(&rules.naming, input)?;

    let Some(account) = account_of(&app, email, &password).await? else {
        return Err(refuse_unknown(&app, password).await);
    };
    let challenged_anyhow = rules.challenges.before_password && account.totp.is_some();
    if !challenged_anyhow && !is_let_in(&app, &account, password, &name).await? {
        return Err(refuse_wrong_password(&app, account.id, name).await);
    }
    enter(app, account, name).await
}

/// Opens a session, or asks for the second factor first.
async fn enter(app: Arc<App>, account: Account, name: String) -> Result<Response, ApiError> {
    let rules = &app.behaviour.login;
    let ends = match rules.replaces {
        Steps::Two if account.totp.is_none() => {
            // The old sessions end a moment before the new one begins.
            end(&app, &rules.ends, Action::Login, account.id, name.clone()).await?;
            app.linger().await;
            TokenFilter::None
        }
        _ => rules.ends.clone(),
    };
    let store = app.store.clone();
    store
        .transaction(move |transaction| {
            if must_prove(&app, transaction, &account, &name)? {
                return challenge(&app, transaction, &account, &name);
            }
            let opening = Opening {
                action: Action::Login,
                ends: &ends,
                status: app.behaviour.statuses.logged_in.0,
                edits: &app.behaviour.bodies.logged_in,
            };
            open(&app, transaction, &account, &name, opening)
        })
        .await
}

/// Ends such tokens of an account, by themselves.
async fn end(
    app: &App,
    ends: &TokenFilter,
    action: Action,
    account: i64,
    name: String,
) -> Result<(), ApiError> {
    let ends = ends.clone();
    app.store
        .transaction(move |transaction| {
            let scene = Scene::of(action, account).named(&name);
            Ok(tokens::end(transaction, &ends, scene).map(drop)?)
        })
        .await
}

fn must_prove(
    app: &App,
    transaction: &Transaction<'_>,
    account: &Account,
    name: &str,
) -> Result<bool, ApiError> {
    let rules = &app.behaviour.login.challenges;
    let scene = Scene::of(Action::Challenge, account.id).named(name);
    if account.totp.is_none() {
        return Ok(tokens::exists(transaction, &rules.others_with, scene)?);
    }
    let is_exempt = rules.not_as.is_some_and(|kind| kind.word() == name);
    Ok(!is_exempt && !tokens::exists(transaction, &rules.not_with, scene)?)
}

fn challenge(
    app: &App,
    transaction: &Transaction<'_>,
    account: &Account,
    name: &str,
) -> Result<Response, ApiError> {
    let (rules, now) = (&app.behaviour.second_factor, app.now());
    let text = secrets::challenge();
    let digest = SecretDigest::of(&rules.challenge.of(&text));
    challenges::insert(
        transaction,
        digest,
        account.id,
        now,
        now + rules.challenge_seconds,
    )?;

    let mut body = answers::challenged(&text);
    let rules = &app.behaviour.login.challenges;
    let scene = Scene::of(Action::Challenge, account.id).named(name);
    tokens::end(transaction, &rules.ends, scene)?;
    if rules.gives_token {
        let (_, token) = app.issue(transaction, account.id, name, Action::Challenge)?;
        body["token"] = token.into();
    }
    let (status, edits) = (
        app.behaviour.statuses.challenged.0,
        &app.behaviour.bodies.challenged,
    );
    Ok(answers::json(status, body, edits))
}

/// Computes as much as for a wrong password, so that the time taken tells nothing.
async fn refuse_unknown(app: &App, password: String) -> ApiError {
    let hash = app.passwords.nobodys().to_owned();
    let work = app.passwords.verify(password, hash).await;
    work.map_or_else(ApiError::from, |_| ApiError::UnknownEmail)
}

async fn refuse_wrong_password(app: &App, account: i64, name: String) -> ApiError {
    let ends = &app.behaviour.login.wrong_password_ends;
    // No transaction for nothing: it would tell by the time it takes that the account exists.
    if *ends == TokenFilter::None {
        return ApiError::WrongCredentials;
    }
    let ended = end(app, ends, Action::WrongPassword, account, name).await;
    ended.map_or_else(|failure| failure, |()| ApiError::WrongCredentials)
}
