//! All mutants, one file a feature.

mod api;
mod auth;
mod concurrency;
mod hardening;
mod hardening_secrets;
mod login;
mod login_ends;
mod logout;
mod me;
mod rate_limit;
mod register;
mod register_refusals;
mod revoke;
mod revoke_current;
mod revoke_others;
mod tokens;
mod totp;
mod totp_sessions;

use super::Mutant;
use crate::contract::Contract;

/// Every mutant, by feature.
pub fn mutants() -> impl Iterator<Item = &'static Mutant> {
    const FEATURES: [&[Mutant]; 18] = [
        api::MUTANTS,
        register::MUTANTS,
        register_refusals::MUTANTS,
        login::MUTANTS,
        login_ends::MUTANTS,
        auth::MUTANTS,
        totp::MUTANTS,
        totp_sessions::MUTANTS,
        logout::MUTANTS,
        me::MUTANTS,
        tokens::MUTANTS,
        revoke::MUTANTS,
        revoke_current::MUTANTS,
        revoke_others::MUTANTS,
        rate_limit::MUTANTS,
        hardening::MUTANTS,
        hardening_secrets::MUTANTS,
        concurrency::MUTANTS,
    ];
    FEATURES.into_iter().flatten()
}

/// The clauses that no mutant breaks in a way that can be told.
pub fn unbroken(contract: &Contract) -> impl Iterator<Item = &str> {
    let clauses = contract.clauses.iter().map(|clause| clause.id.as_str());
    clauses.filter(|id| {
        let mut told = mutants().filter(|mutant| mutant.equivalent.is_none());
        !told.any(|mutant| mutant.breaks == *id)
    })
}
