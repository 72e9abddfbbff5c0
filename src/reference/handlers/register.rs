//! Creating an account.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;

use crate::reference::answers;
use crate::reference::app::App;
use crate::reference::behaviour::TakenEmail;
use crate::reference::failure::Failure;
use crate::reference::input::Input;
use crate::reference::secrets;
use crate::reference::store::{accounts, tokens};
use crate::reference::validation::{Errors, is_email};

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

struct Wanted {
    email: String,
    password: String,
    name: String,
}

pub(super) async fn register(app: Arc<App>, request: Request) -> Result<Response, Failure> {
    let input = Input::read(request, &app.behaviour.requests).await?;
    let Wanted {
        email,
        password,
        name,
    } = validated(&app, &input).await?;
    let password_hash = app.passwords.hash(password).await?;
    let token_name = App::token_name(app.behaviour.registration.naming, &input.parts.headers);

    let status = app.behaviour.statuses.registered;
    let store = app.store.clone();
    let (account, token) = store
        .transaction(move |transaction| {
            let now = app.now();
            let rules = &app.behaviour.registration;
            let new = accounts::NewAccount {
                public_id: secrets::user_id(),
                email,
                name,
                password_hash,
                created_at: now,
                trial_ends_at: now + i64::from(rules.trial_days) * SECONDS_PER_DAY,
                totp_secret: None,
            };
            // Somebody may have taken the address since it was looked up.
            let account = accounts::insert(transaction, new)?.ok_or_else(taken)?;
            let token = tokens::issue(transaction, account.id, &token_name, now)?;
            Ok::<_, Failure>((account, token))
        })
        .await?;
    Ok(answers::json(
        status,
        &answers::registered(&account, &token),
    ))
}

/// Checks all fields before it complains, so that a caller learns everything at once.
async fn validated(app: &App, input: &Input) -> Result<Wanted, Failure> {
    let rules = &app.behaviour.registration;
    let mut errors = Errors::default();
    let name = input.text("name", &mut errors);
    if name
        .as_ref()
        .is_some_and(|name| name.chars().count() > rules.name_max_chars)
    {
        errors.add(
            "name",
            format!("A name has at most {} characters.", rules.name_max_chars),
        );
    }
    let email = input
        .text("email", &mut errors)
        .map(|email| email.to_lowercase());
    if let Some(email) = &email {
        if !is_email(email) || email.chars().count() > rules.email_max_chars {
            errors.add("email", "This is not an e-mail address.");
        } else if is_taken(app, email.clone()).await? {
            match rules.taken_email {
                TakenEmail::Refused => errors.add("email", TAKEN),
            }
        }
    }
    let password = input.verbatim("password", &mut errors);
    if password
        .as_ref()
        .is_some_and(|password| password.chars().count() < rules.password_min_chars)
    {
        errors.add(
            "password",
            format!(
                "A password has at least {} characters.",
                rules.password_min_chars
            ),
        );
    }
    match (email, password, name) {
        (Some(email), Some(password), Some(name)) if errors.is_empty() => Ok(Wanted {
            email,
            password,
            name,
        }),
        _ => Err(errors.into()),
    }
}

async fn is_taken(app: &App, email: String) -> Result<bool, Failure> {
    app.store
        .read(move |connection| Ok(accounts::by_email(connection, &email)?.is_some()))
        .await
}

const TAKEN: &str = "There is already an account with this e-mail address.";

fn taken() -> Failure {
    Errors::with("email", TAKEN).into()
}
