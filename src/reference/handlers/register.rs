//! Creating an account.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use rusqlite::Transaction;

use super::new_account::{Wanted, new_account};
use super::refused_registration::refuse;
use crate::reference::answers;
use crate::reference::api_error::ApiError;
use crate::reference::app::App;
use crate::reference::behaviour::{Action, PasswordShown, Race, TakenEmail};
use crate::reference::input::Input;
use crate::reference::store::accounts::{self, Account, NewAccount};
use crate::reference::store::{Scene, tokens};
use crate::reference::validation::{Errors, is_address};

/// Greatest length of an e-mail address, in code points.
const EMAIL_MAX_CHARS: usize = 255;

pub(super) async fn register(app: Arc<App>, request: Request) -> Result<Response, ApiError> {
    let mut input = Input::read(request, &app.behaviour.requests).await?;
    input.or_default(&app.behaviour.registration.optional);
    let wanted = match validated(&app, &input).await? {
        Ok(wanted) => wanted,
        Err(refusal) => return Err(refuse(&app, &input, refusal).await),
    };
    let token_name = app.token_name(&app.behaviour.registration.naming, &input)?;
    let sent = wanted.password.clone();
    let new = new_account(&app, wanted, &input).await?;
    if app.behaviour.registration.race != Race::Refused {
        app.linger().await;
    }

    let store = app.store.clone();
    store
        .transaction(move |transaction| {
            let account = create(&app, transaction, new)?;
            let (_, token) = app.issue(transaction, account.id, &token_name, Action::Register)?;
            let mut body = answers::registered(&account, &token);
            match app.behaviour.registration.password_shown {
                PasswordShown::Nothing => {}
                PasswordShown::AsSent => body["user"]["password"] = sent.into(),
                PasswordShown::Hash => body["user"]["password"] = account.password_hash.into(),
            }
            let (statuses, bodies) = (&app.behaviour.statuses, &app.behaviour.bodies);
            Ok(answers::json(
                statuses.registered.0,
                body,
                &bodies.registered,
            ))
        })
        .await
}

/// Creates the account, although somebody may have taken the address since it was looked up.
fn create(app: &App, transaction: &Transaction<'_>, new: NewAccount) -> Result<Account, ApiError> {
    let rules = &app.behaviour.registration;
    let email = new.email.clone();
    if let Some(account) = accounts::insert(transaction, new)? {
        return Ok(account);
    }
    if rules.race == Race::Fails {
        return Err(ApiError::Fault("the address is taken".to_owned()));
    }
    let winner = accounts::by_email(transaction, &email)?
        .filter(|_| rules.race == Race::SignsIn || rules.taken_email != TakenEmail::Refused);
    winner.ok_or_else(|| ApiError::TakenEmail(Errors::with("email", TAKEN)))
}

/// Checks all fields before it complains, so that a caller learns everything at once. The outer
/// error is the server's own fault.
async fn validated(app: &App, input: &Input) -> Result<Result<Wanted, ApiError>, ApiError> {
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
    let email = input.text("email", &mut errors);
    let mut taken = false;
    if let Some(email) = &email {
        if !is_address(email, rules.email_form) || email.chars().count() > EMAIL_MAX_CHARS {
            errors.add("email", "This is not an e-mail address.");
        } else if is_refused(app, rules.email_sought.of(email)).await? {
            errors.add("email", TAKEN);
            taken = true;
        }
    }
    let password = input.verbatim("password", &mut errors);
    check_length(app, password.as_deref(), &mut errors);
    Ok(match (email, password, name) {
        (Some(email), Some(password), Some(name)) if errors.is_empty() => Ok(Wanted {
            email: rules.email.of(&email),
            password,
            name,
        }),
        _ if taken => Err(ApiError::TakenEmail(errors)),
        _ => Err(ApiError::Invalid(errors)),
    })
}

fn check_length(app: &App, password: Option<&str>, errors: &mut Errors) {
    let rules = &app.behaviour.registration;
    let Some(password) = password else { return };
    let length = rules.password_measure.of(password);
    if length < rules.password_min {
        errors.add(
            "password",
            format!("A password has at least {} characters.", rules.password_min),
        );
    }
    if let Some(most) = rules.password_max.filter(|most| length > *most) {
        errors.add(
            "password",
            format!("A password has at most {most} characters."),
        );
    }
}

/// Whether an address is refused because it has an account.
async fn is_refused(app: &App, email: String) -> Result<bool, ApiError> {
    let rule = app.behaviour.registration.taken_email.clone();
    app.store
        .read(move |connection| {
            let Some(account) = accounts::by_email(connection, &email)? else {
                return Ok(false);
            };
            Ok(match rule {
                TakenEmail::Refused => true,
                TakenEmail::SignsIn => false,
                TakenEmail::RefusedWhile(which) => {
                    let scene = Scene::of(Action::Register, account.id);
                    tokens::exists(connection, &which, scene)?
                }
            })
        })
        .await
}

const TAKEN: &str = "There is already an account with this e-mail address.";
