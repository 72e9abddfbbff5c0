//! Codes of second factors, leased for the step that sends them.

use super::call::Unanswered;
use super::scope::Scope;
use super::session::Session;
use super::step_throttling::wait_budget_exceeded;
use crate::accounts::{SecondFactor, begins_with_zero};
use crate::http::SecretKind;
use crate::suite::{Expression, Field, Reference};

/// Leases what the inputs of a step ask of second factors. What was leased for a call that was throttled is used again as
/// long as it is good.
pub(super) async fn lease(
    session: &Session,
    inputs: &[&Expression],
    scope: &mut Scope,
) -> Result<(), Unanswered> {
    let (clock, secrets) = (&session.clock, &session.secrets);
    for expression in inputs {
        let Reference::Account(name, field) = &expression.reference else {
            continue;
        };
        let Some(factor) = scope.second_factor(name) else {
            continue;
        };
        match field {
            Field::Totp => lease_code(session, name, &factor, |_| true, scope).await?,
            Field::TotpWithZero => {
                lease_code(session, name, &factor, begins_with_zero, scope).await?;
            }
            // A wrong code is no secret, but who reads a report cannot tell.
            Field::WrongTotp => {
                let code = || Some(factor.wrong_code(clock));
                let code = scope.keep_once(name, "wrong_totp", code)?;
                secrets.add(SecretKind::TotpCode, code);
            }
            Field::OldTotp => {
                if !clock.is_known() || clock.is_zoned() {
                    let why = "the server does not tell its time, so that it is unknown which code is old: say with \
                               --clock-offset how many seconds its clock is ahead";
                    return Err(Unanswered::Missing(why.to_owned()));
                }
                let code = || Some(factor.old_code(clock));
                let code = scope.keep_once(name, "old_totp", code)?;
                secrets.add(SecretKind::TotpCode, code);
            }
            Field::RecoveryCode => {
                scope.keep_once(name, "recovery_code", || factor.lease_recovery_code())?;
            }
            Field::WrongRecoveryCode => {
                let code = || Some(factor.wrong_recovery_code());
                let code = scope.keep_once(name, "wrong_recovery_code", code)?;
                secrets.add(SecretKind::RecoveryCode, code);
            }
            Field::Email
            | Field::Password
            | Field::Name
            | Field::Token
            | Field::SentTotp
            | Field::SentRecoveryCode => {}
        }
    }
    Ok(())
}

async fn lease_code(
    session: &Session,
    name: &str,
    factor: &SecondFactor,
    fits: impl Fn(&str) -> bool,
    scope: &mut Scope,
) -> Result<(), Unanswered> {
    let kept = scope.leased_code(name);
    if !kept.is_some_and(|leased| factor.is_current(leased, &session.clock)) {
        let leased = factor
            .lease_code(&session.clock, &session.throttle, fits)
            .await;
        let leased = leased.map_err(wait_budget_exceeded)?;
        session.secrets.add(SecretKind::TotpCode, &leased.code);
        scope.keep_code(name, leased);
    }
    Ok(())
}
