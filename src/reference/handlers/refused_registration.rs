//! What a refused registration does. By the contract: nothing.

use super::new_account::{Wanted, new_account};
use crate::reference::api_error::ApiError;
use crate::reference::app::App;
use crate::reference::behaviour::{AccountChange, Action};
use crate::reference::input::Input;
use crate::reference::store::{Scene, accounts, tokens};

/// The refusal, after what the rules do in spite of it.
pub(super) async fn refuse(app: &App, input: &Input, refusal: ApiError) -> ApiError {
    let rules = &app.behaviour.registration.refused;
    let done = match &refusal {
        ApiError::TakenEmail(_) => change(app, input).await,
        _ if rules.creates => create(app, input).await,
        _ => Ok(()),
    };
    done.err().unwrap_or(refusal)
}

fn wanted(input: &Input) -> Option<Wanted> {
    Some(Wanted {
        email: input.trimmed("email")?.to_lowercase(),
        password: input.trimmed("password")?.to_owned(),
        name: input.trimmed("name").unwrap_or("Nameless").to_owned(),
    })
}

/// Creates the account after all.
async fn create(app: &App, input: &Input) -> Result<(), ApiError> {
    let Some(wanted) = wanted(input) else {
        return Ok(());
    };
    let new = new_account(app, wanted, input).await?;
    app.store
        .transaction(move |transaction| Ok(accounts::insert(transaction, new).map(drop)?))
        .await
}

/// Changes the account that has the address.
async fn change(app: &App, input: &Input) -> Result<(), ApiError> {
    let rules = app.behaviour.registration.refused.clone();
    let Some(wanted) = wanted(input) else {
        return Ok(());
    };
    let hash = match rules.changes {
        Some(AccountChange::Password) => app.passwords.hash(wanted.password).await?,
        _ => String::new(),
    };
    let trial_ends_at = app.behaviour.registration.trial.end(app.now());
    app.store
        .transaction(move |transaction| {
            let Some(account) = accounts::by_email(transaction, &wanted.email)? else {
                return Ok(());
            };
            let scene = Scene::of(Action::RefusedRegistration, account.id);
            tokens::end(transaction, &rules.ends, scene)?;
            match rules.changes {
                None => {}
                Some(AccountChange::Name) => {
                    accounts::set_name(transaction, account.id, &wanted.name)?;
                }
                Some(AccountChange::Password) => {
                    accounts::set_password_hash(transaction, account.id, &hash)?;
                }
                Some(AccountChange::Trial) => {
                    accounts::set_trial_end(transaction, account.id, trial_ends_at)?;
                }
            }
            Ok(())
        })
        .await
}
