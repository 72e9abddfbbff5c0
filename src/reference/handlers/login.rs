//! Logging in with a password.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use rusqlite::Transaction;

use crate::reference::answers;
use crate::reference::app::App;
use crate::reference::behaviour::{Challenges, Ends, UnknownEmailWork};
use crate::reference::failure::Failure;
use crate::reference::input::Input;
use crate::reference::limiter::Attempt;
use crate::reference::secrets::{self, Digest};
use crate::reference::store::accounts::{self, Account};
use crate::reference::store::challenges;
use crate::reference::store::tokens::{self, Scene};
use crate::reference::validation::Errors;

pub(super) async fn login(app: Arc<App>, request: Request) -> Result<Response, Failure> {
    let input = Input::read(request, &app.behaviour.requests).await?;
    let email = input.trimmed("email").map(str::to_lowercase);
    let attempt = Attempt {
        route: "login",
        account: email.as_deref(),
        address: input.address(),
    };
    let allowance = app.limiter.admit(attempt, app.clock.now())?;

    let outcome = log_in(Arc::clone(&app), &input).await;
    let mut response = outcome.unwrap_or_else(|failure| failure.answer(&app.behaviour));
    allowance.write(response.headers_mut());
    Ok(response)
}

async fn log_in(app: Arc<App>, input: &Input) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let email = input
        .text("email", &mut errors)
        .map(|email| email.to_lowercase());
    let password = input.verbatim("password", &mut errors);
    let (Some(email), Some(password)) = (email, password) else {
        return Err(errors.into());
    };
    let rules = &app.behaviour.login;
    let name = App::token_name(rules.naming, &input.parts.headers);

    let account = app
        .store
        .read(move |connection| Ok::<_, Failure>(accounts::by_email(connection, &email)?))
        .await?;
    let Some(account) = account else {
        return Err(refuse_unknown(&app, password).await);
    };
    let is_right = app
        .passwords
        .verify(password, account.password_hash.clone())
        .await?;
    if !is_right {
        return Err(refuse_wrong_password(&app, account.id, name).await);
    }

    let must_prove = match rules.challenges {
        Challenges::EnrolledAccounts => account.totp.is_some(),
    };
    let (store, ends) = (app.store.clone(), rules.ends);
    store
        .transaction(move |transaction| {
            if must_prove {
                challenge(&app, transaction, &account)
            } else {
                open_session(&app, transaction, &account, &name, ends)
            }
        })
        .await
}

async fn refuse_unknown(app: &App, password: String) -> Failure {
    let work = match app.behaviour.login.unknown_email_work {
        UnknownEmailWork::SameAsKnown => {
            let hash = app.passwords.nobodys().to_owned();
            app.passwords.verify(password, hash).await.map(drop)
        }
    };
    work.map_or_else(Failure::from, |()| Failure::WrongCredentials)
}

async fn refuse_wrong_password(app: &App, account: i64, name: String) -> Failure {
    let ends = app.behaviour.login.wrong_password_ends;
    // No transaction for nothing: it would tell by the time it takes that the account exists.
    if ends == Ends::Nothing {
        return Failure::WrongCredentials;
    }
    let ended = app
        .store
        .transaction(move |transaction| {
            let scene = Scene {
                account,
                current: None,
                chosen: None,
                name: Some(&name),
            };
            tokens::end(transaction, ends, scene)
                .map(drop)
                .map_err(Failure::from)
        })
        .await;
    ended.map_or_else(|failure| failure, |()| Failure::WrongCredentials)
}

fn challenge(
    app: &App,
    transaction: &Transaction<'_>,
    account: &Account,
) -> Result<Response, Failure> {
    let now = app.now();
    let text = secrets::challenge();
    let expires_at = now + app.behaviour.second_factor.challenge_seconds;
    challenges::insert(transaction, Digest::of(&text), account.id, now, expires_at)?;
    Ok(answers::json(
        app.behaviour.statuses.challenged,
        &answers::challenged(&text),
    ))
}

/// Ends the sessions that a new one replaces, and opens it.
pub(super) fn open_session(
    app: &App,
    transaction: &Transaction<'_>,
    account: &Account,
    name: &str,
    ends: Ends,
) -> Result<Response, Failure> {
    let scene = Scene {
        account: account.id,
        current: None,
        chosen: None,
        name: Some(name),
    };
    tokens::end(transaction, ends, scene)?;
    let token = tokens::issue(transaction, account.id, name, app.now())?;
    Ok(answers::json(
        app.behaviour.statuses.logged_in,
        &answers::logged_in(account, &token),
    ))
}
