//! Whether a code or a recovery code proves the second factor of an account.

use rusqlite::Connection;
use subtle::ConstantTimeEq;

use crate::reference::api_error::ApiError;
use crate::reference::behaviour::{AcceptedCodes, AcceptedRecoveryCodes, TotpLogin};
use crate::reference::secrets::SecretDigest;
use crate::reference::store::accounts::{self, Account, Totp};
use crate::totp;

/// What a proof uses up.
pub(super) enum Spent {
    /// The code of that step.
    Step(u64),
    /// A recovery code.
    RecoveryCode(SecretDigest),
    /// Nothing of the account's own.
    Nothing,
}

/// What a code uses up, if it is accepted.
pub(super) fn code(
    connection: &Connection,
    account: &Account,
    code: &str,
    now: i64,
    rules: &TotpLogin,
) -> Result<Option<Spent>, ApiError> {
    let own = account
        .totp
        .as_ref()
        .and_then(|totp| matching_step(totp, code, now, rules));
    if let (Some(step), false) = (own, rules.codes == AcceptedCodes::Refused) {
        return Ok(Some(Spent::Step(step)));
    }
    let accepted = match &rules.codes {
        AcceptedCodes::Right
        | AcceptedCodes::RightStart(_)
        | AcceptedCodes::StartOfRight(_)
        | AcceptedCodes::Numbers
        | AcceptedCodes::Refused => false,
        AcceptedCodes::AlsoBackdoor(backdoor) => code == backdoor,
        AcceptedCodes::SixDigits => {
            code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
        }
        AcceptedCodes::Anybodys => accounts::all(connection)?
            .iter()
            .filter_map(|other| other.totp.as_ref())
            .any(|totp| matching_step(totp, code, now, rules).is_some()),
    };
    Ok(accepted.then_some(Spent::Nothing))
}

/// What a recovery code uses up, if it is accepted.
pub(super) fn recovery_code(
    connection: &Connection,
    account: &Account,
    code: &str,
    rules: &TotpLogin,
) -> Result<Option<Spent>, ApiError> {
    let in_capitals = code.chars().any(char::is_uppercase);
    let code = rules.recovery_code.of(code);
    let has = |account: i64| {
        let digest = SecretDigest::of_recovery_code(account, &code);
        let unused_only = rules.recovery_code_once;
        accounts::has_recovery_code(connection, account, digest, unused_only)
            .map(|has| has.then_some(Spent::RecoveryCode(digest)))
    };
    let is_own_refused = match rules.recovery_codes {
        AcceptedRecoveryCodes::Refused => true,
        AcceptedRecoveryCodes::WithoutCapitals => in_capitals,
        _ => false,
    };
    if let (Some(spent), false) = (has(account.id)?, is_own_refused) {
        let unspent = rules.recovery_codes == AcceptedRecoveryCodes::CapitalsUnspent && in_capitals;
        return Ok(Some(if unspent { Spent::Nothing } else { spent }));
    }
    let accepted = match rules.recovery_codes {
        AcceptedRecoveryCodes::Right
        | AcceptedRecoveryCodes::Refused
        | AcceptedRecoveryCodes::WithoutCapitals
        | AcceptedRecoveryCodes::CapitalsUnspent => false,
        AcceptedRecoveryCodes::Any => true,
        AcceptedRecoveryCodes::Anybodys => {
            let mut found = false;
            for other in accounts::all(connection)? {
                found |= has(other.id)?.is_some();
            }
            found
        }
    };
    Ok(accepted.then_some(Spent::Nothing))
}

/// The step that the code is of, among those that are still accepted. All are compared, so that the
/// time taken tells nothing.
fn matching_step(totp: &Totp, code: &str, now: i64, rules: &TotpLogin) -> Option<u64> {
    let present = totp::step_at(now).saturating_add(rules.steps_ahead);
    let mut found = None;
    for step in
        present.saturating_sub(rules.window_steps)..=present.saturating_add(rules.window_steps)
    {
        let fresh = !rules.code_once || totp.last_step.is_none_or(|last| step > last);
        if fresh && is_same(&totp.secret.code(step), code, &rules.codes) {
            found = found.or(Some(step));
        }
    }
    found
}

fn is_same(right: &str, code: &str, codes: &AcceptedCodes) -> bool {
    match codes {
        AcceptedCodes::RightStart(digits) => code.get(..*digits) == right.get(..*digits),
        AcceptedCodes::StartOfRight(least) => code.len() >= *least && right.starts_with(code),
        AcceptedCodes::Numbers => right.trim_start_matches('0') == code,
        _ => right.as_bytes().ct_eq(code.as_bytes()).into(),
    }
}
