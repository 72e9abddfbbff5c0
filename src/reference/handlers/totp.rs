//! Finishing the login of an account with 2FA.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::Transaction;

use super::proof::{self, Spent};
use super::session::{Opening, open};
use crate::reference::api_error::ApiError;
use crate::reference::app::App;
use crate::reference::behaviour::{Action, Steps, TotpLogin, UnknownChallenge};
use crate::reference::input::Input;
use crate::reference::secrets::SecretDigest;
use crate::reference::store::accounts::{self, Account};
use crate::reference::store::{Scene, challenges, tokens};
use crate::reference::validation::Errors;

/// What a caller proves the second factor with.
enum Proof {
    Code(String),
    RecoveryCode(String),
}

/// What was proven, and what that uses up.
struct Accepted {
    account: Account,
    challenge: SecretDigest,
    spent: Spent,
}

pub(super) async fn login_totp(app: Arc<App>, request: Request) -> Result<Response, ApiError> {
    let input = Input::read(request, &app.behaviour.requests).await?;
    let subject = if app.behaviour.limiting.codes {
        subject(&app, &input).await?
    } else {
        None
    };
    let admitted = app.admit("login/totp", subject, &input).await?;
    admitted?;
    let outcome = complete(Arc::clone(&app), &input).await;
    app.limited(admitted, outcome)
}

/// Whose codes are being tried. Codes are short, so attempts count for the account, however many
/// challenges somebody who knows its password collects.
async fn subject(app: &App, input: &Input) -> Result<Option<String>, ApiError> {
    let Some(text) = input.trimmed("totp_token").map(str::to_owned) else {
        return Ok(None);
    };
    let kept = app.behaviour.second_factor.challenge;
    app.store
        .read(move |connection| {
            let challenge = challenges::find(connection, SecretDigest::of(&kept.of(&text)))?;
            Ok(Some(
                challenge.map_or(format!("unknown {text}"), |challenge| {
                    format!("account {}", challenge.account)
                }),
            ))
        })
        .await
}

/// What stands for a challenge that was not sent at all.
const MISSING: &str = "";

async fn complete(app: Arc<App>, input: &Input) -> Result<Response, ApiError> {
    let rules = &app.behaviour.second_factor;
    let (challenge, proof) = validated(input, rules)?;
    let name = app.token_name(&rules.naming, input)?;
    let store = app.store.clone();
    let spends = match proof {
        Proof::Code(_) => rules.spends_code,
        Proof::RecoveryCode(_) => rules.spends_recovery_code,
    };
    match spends {
        Steps::One => {
            store
                .transaction(move |transaction| {
                    let accepted = check(&app, transaction, challenge, &proof, &name)?;
                    finish(&app, transaction, &accepted, &name)
                })
                .await
        }
        Steps::Two => {
            let (checking, named) = (Arc::clone(&app), name.clone());
            let accepted = store
                .transaction(move |transaction| {
                    check(&checking, transaction, challenge, &proof, &named)
                })
                .await?;
            app.linger().await;
            store
                .transaction(move |transaction| finish(&app, transaction, &accepted, &name))
                .await
        }
    }
}

fn validated(input: &Input, rules: &TotpLogin) -> Result<(SecretDigest, Proof), ApiError> {
    let mut errors = Errors::default();
    let may_be_missing = rules.unknown_challenge == UnknownChallenge::OwnerOfProofIfMissing;
    let challenge = if may_be_missing && !input.has("totp_token") {
        Some(SecretDigest::of(MISSING))
    } else {
        input
            .text("totp_token", &mut errors)
            .map(|text| SecretDigest::of(&rules.challenge.of(&text)))
    };
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

/// Checks the proof. A wrong one counts against the challenge.
fn check(
    app: &App,
    transaction: &Transaction<'_>,
    challenge: SecretDigest,
    proof: &Proof,
    name: &str,
) -> Result<Accepted, ApiError> {
    let (rules, now) = (&app.behaviour.second_factor, app.now());
    let Some(account) = challenged(transaction, challenge, now, rules)? else {
        let by_proof = match rules.unknown_challenge {
            UnknownChallenge::Refused => false,
            UnknownChallenge::OwnerOfProof => true,
            UnknownChallenge::OwnerOfProofIfMissing => {
                challenge.matches(&SecretDigest::of(MISSING).bytes())
            }
        };
        return if by_proof {
            owner_of(transaction, challenge, proof, now, rules)
        } else {
            Err(ApiError::UnknownChallenge)
        };
    };
    let Some(spent) = spent(transaction, &account, proof, now, rules)? else {
        challenges::count_wrong_attempt(transaction, challenge)?;
        let scene = Scene::of(Action::WrongProof, account.id).named(name);
        tokens::end(transaction, &rules.wrong_proof_ends, scene)?;
        return Err(ApiError::WrongCode);
    };
    Ok(Accepted {
        account,
        challenge,
        spent,
    })
}

/// The account that has been challenged, if the challenge can still be answered.
fn challenged(
    transaction: &Transaction<'_>,
    digest: SecretDigest,
    now: i64,
    rules: &TotpLogin,
) -> Result<Option<Account>, ApiError> {
    let challenge = challenges::find(transaction, digest)?.filter(|challenge| {
        now < challenge.expires_at
            && rules
                .challenge_attempts
                .is_none_or(|most| challenge.wrong_attempts < most)
    });
    Ok(match challenge {
        Some(challenge) => Some(accounts::by_id(transaction, challenge.account)?),
        None => None,
    })
}

fn spent(
    transaction: &Transaction<'_>,
    account: &Account,
    proof: &Proof,
    now: i64,
    rules: &TotpLogin,
) -> Result<Option<Spent>, ApiError> {
    match proof {
        Proof::Code(code) => proof::code(transaction, account, code, now, rules),
        Proof::RecoveryCode(code) => proof::recovery_code(transaction, account, code, rules),
    }
}

/// Takes the proof for that of whoever it fits.
fn owner_of(
    transaction: &Transaction<'_>,
    challenge: SecretDigest,
    proof: &Proof,
    now: i64,
    rules: &TotpLogin,
) -> Result<Accepted, ApiError> {
    for account in accounts::all(transaction)? {
        if let Some(spent) = spent(transaction, &account, proof, now, rules)? {
            return Ok(Accepted {
                account,
                challenge,
                spent,
            });
        }
    }
    Err(ApiError::UnknownChallenge)
}

/// Spends the proof and the challenge, and opens the session.
fn finish(
    app: &App,
    transaction: &Transaction<'_>,
    accepted: &Accepted,
    name: &str,
) -> Result<Response, ApiError> {
    let rules = &app.behaviour.second_factor;
    let id = accepted.account.id;
    let action = match accepted.spent {
        Spent::Step(step) => {
            accounts::set_last_step(transaction, id, step)?;
            Action::Code
        }
        Spent::RecoveryCode(digest) => {
            accounts::use_recovery_code(transaction, id, digest, app.now())?;
            Action::RecoveryCode
        }
        Spent::Nothing => Action::Code,
    };
    if rules.challenge_once {
        challenges::delete(transaction, accepted.challenge)?;
    }
    let opening = Opening {
        action,
        ends: &rules.ends,
        status: StatusCode::OK,
        edits: &app.behaviour.bodies.second_factor_given,
    };
    open(app, transaction, &accepted.account, name, opening)
}
