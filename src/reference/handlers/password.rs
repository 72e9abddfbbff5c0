//! Whether a password lets in, and to which account.

use crate::reference::api_error::ApiError;
use crate::reference::app::App;
use crate::reference::behaviour::{Action, AlsoRight, TokenFilter, UnknownEmail};
use crate::reference::store::accounts::{self, Account};
use crate::reference::store::{Scene, challenges, tokens};

/// The account that is to be logged in to.
pub(super) async fn account_of(
    app: &App,
    email: String,
    password: &str,
) -> Result<Option<Account>, ApiError> {
    let find = move |connection: &_| Ok::<_, ApiError>(accounts::by_email(connection, &email)?);
    let account = app.store.read(find).await?;
    match app.behaviour.login.unknown_email {
        UnknownEmail::OwnerOfPassword if account.is_none() => owner_of(app, password).await,
        _ => Ok(account),
    }
}

/// Whether the password is right, or something else that is as good to this server.
pub(super) async fn is_let_in(
    app: &App,
    account: &Account,
    password: String,
    name: &str,
) -> Result<bool, ApiError> {
    let rules = &app.behaviour.login;
    let hash = account.password_hash.clone();
    let is_right = app
        .passwords
        .verify(rules.password.of(&password), hash)
        .await?;
    if is_right
        || has_token(app, &rules.unchecked_for, account.id, name).await?
        || is_let_in_by_challenge(app, account.id, name).await?
    {
        return Ok(!has_token(app, &rules.shut_to, account.id, name).await?);
    }
    is_right_otherwise(app, account, password).await
}

/// Whether an open challenge stands for the password.
async fn is_let_in_by_challenge(app: &App, account: i64, name: &str) -> Result<bool, ApiError> {
    let types = &app.behaviour.login.unchecked_while_challenged;
    if !types.iter().any(|kind| kind.word() == name) {
        return Ok(false);
    }
    let now = app.now();
    app.store
        .read(move |connection| Ok(challenges::is_open(connection, account, now)?))
        .await
}

/// Whether the account has such a token.
async fn has_token(
    app: &App,
    which: &TokenFilter,
    account: i64,
    name: &str,
) -> Result<bool, ApiError> {
    if *which == TokenFilter::None {
        return Ok(false);
    }
    let (which, name) = (which.clone(), name.to_owned());
    app.store
        .read(move |connection| {
            let scene = Scene::of(Action::Login, account).named(&name);
            Ok(tokens::exists(connection, &which, scene)?)
        })
        .await
}

async fn is_right_otherwise(
    app: &App,
    account: &Account,
    password: String,
) -> Result<bool, ApiError> {
    for way in &app.behaviour.login.also_right {
        let is_right = match way {
            AlsoRight::Empty => password.is_empty(),
            AlsoRight::Email => password == account.email,
            AlsoRight::Anybodys => owner_of(app, &password).await?.is_some(),
        };
        if is_right {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An account that has the password.
async fn owner_of(app: &App, password: &str) -> Result<Option<Account>, ApiError> {
    let all = app
        .store
        .read(|connection| Ok::<_, ApiError>(accounts::all(connection)?));
    for account in all.await? {
        let hash = account.password_hash.clone();
        if app.passwords.verify(password.to_owned(), hash).await? {
            return Ok(Some(account));
        }
    }
    Ok(None)
}
