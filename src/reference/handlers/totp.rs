//! Finishing the login of an account with 2FA.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use rusqlite::Transaction;
use subtle::ConstantTimeEq;

use super::login::open_session;
use crate::reference::app::App;
use crate::reference::behaviour::SecondFactor;
use crate::reference::failure::Failure;
use crate::reference::input::Input;
use crate::reference::limiter::Attempt;
use crate::reference::secrets::Digest;
use crate::reference::store::accounts::{self, Account, Totp};
use crate::reference::store::challenges;
use crate::reference::validation::Errors;
use crate::totp;

/// What a caller proves the second factor with.
enum Proof {
    Code(String),
    RecoveryCode(String),
}

pub(super) async fn login_totp(app: Arc<App>, request: Request) -> Result<Response, Failure> {
    let input = Input::read(request, &app.behaviour.requests).await?;
    let subject = subject(&app, &input).await?;
    let attempt = Attempt {
        route: "login/totp",
        account: subject.as_deref(),
        address: input.address(),
    };
    let allowance = app.limiter.admit(attempt, app.clock.now())?;

    let outcome = complete(Arc::clone(&app), &input).await;
    let mut response = outcome.unwrap_or_else(|failure| failure.answer(&app.behaviour));
    allowance.write(response.headers_mut());
    Ok(response)
}

/// Whose codes are being tried. Codes are short, so attempts count for the account, however many
/// challenges somebody who knows its password collects.
async fn subject(app: &App, input: &Input) -> Result<Option<String>, Failure> {
    let Some(text) = input.trimmed("totp_token").map(str::to_owned) else {
        return Ok(None);
    };
    app.store
        .read(move |connection| {
            let challenge = challenges::find(connection, Digest::of(&text))?;
            Ok(Some(
                challenge.map_or(format!("unknown {text}"), |challenge| {
                    format!("account {}", challenge.account)
                }),
            ))
        })
        .await
}

async fn complete(app: Arc<App>, input: &Input) -> Result<Response, Failure> {
    let (challenge, proof) = validated(input)?;
    let name = App::token_name(app.behaviour.second_factor.naming, &input.parts.headers);
    let store = app.store.clone();
    store
        .transaction(move |transaction| {
            let rules = &app.behaviour.second_factor;
            let account = answer(&app, transaction, challenge, &proof)?;
            open_session(&app, transaction, &account, &name, rules.ends)
        })
        .await
}

fn validated(input: &Input) -> Result<(Digest, Proof), Failure> {
    let mut errors = Errors::default();
    let challenge = input
        .text("totp_token", &mut errors)
        .map(|text| Digest::of(&text));
    let proof = match (input.has("code"), input.has("recovery_code")) {
        (true, true) => {
            errors.add(
                "code",
                "Please give either a code or a recovery code, not both.",
            );
            None
        }
        (_, false) => input.text("code", &mut errors).map(Proof::Code),
        (false, true) => input
            .text("recovery_code", &mut errors)
            .map(Proof::RecoveryCode),
    };
    challenge.zip(proof).ok_or_else(|| errors.into())
}

/// Spends the proof and the challenge, and returns the account whose they are.
fn answer(
    app: &App,
    transaction: &Transaction<'_>,
    digest: Digest,
    proof: &Proof,
) -> Result<Account, Failure> {
    let rules = &app.behaviour.second_factor;
    let now = app.now();
    let challenge = challenges::find(transaction, digest)?
        .filter(|challenge| {
            now < challenge.expires_at && challenge.wrong_attempts < rules.challenge_attempts
        })
        .ok_or(Failure::UnknownChallenge)?;
    let account = accounts::by_id(transaction, challenge.account)?;
    let accepted = match proof {
        Proof::Code(code) => match account
            .totp
            .as_ref()
            .and_then(|totp| matching_step(totp, code, now, rules))
        {
            Some(step) => {
                accounts::set_last_step(transaction, account.id, step)?;
                true
            }
            None => false,
        },
        Proof::RecoveryCode(code) => {
            let digest = Digest::of_recovery_code(account.id, code);
            accounts::use_recovery_code(
                transaction,
                account.id,
                digest,
                rules.recovery_code_once,
                now,
            )?
        }
    };
    if !accepted {
        challenges::count_wrong_attempt(transaction, digest)?;
        return Err(Failure::WrongCode);
    }
    if rules.challenge_once {
        challenges::delete(transaction, digest)?;
    }
    Ok(account)
}

/// The step that the code is of, among those that are still accepted. All are compared, so that the
/// time taken tells nothing.
fn matching_step(totp: &Totp, code: &str, now: i64, rules: &SecondFactor) -> Option<u64> {
    let present = totp::step_at(now);
    let mut found = None;
    for step in
        present.saturating_sub(rules.window_steps)..=present.saturating_add(rules.window_steps)
    {
        let fresh = !rules.code_once || totp.last_step.is_none_or(|last| step > last);
        let same: bool = totp
            .secret
            .code(step)
            .as_bytes()
            .ct_eq(code.as_bytes())
            .into();
        if fresh && same {
            found = found.or(Some(step));
        }
    }
    found
}
