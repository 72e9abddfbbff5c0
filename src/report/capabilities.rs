//! What a server is declared to have, as far as a run depends on it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::run::Session;

/// What a server is declared to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Capabilities {
    /// Whether accounts can have a second factor.
    pub second_factor: bool,
    /// Operations that this server has elsewhere, as `METHOD /path`.
    pub operations: BTreeMap<String, String>,
    /// Its limits, such as `10/min`, by operation; `all` is that for every call, `guests` that for calls without a token.
    pub rate_limits: BTreeMap<String, String>,
    /// How many failed logins the check of 429 may take.
    pub max_attempts: Option<u32>,
}

impl Capabilities {
    /// What the target of a session is declared to have.
    pub(super) fn of(session: &Session) -> Self {
        let target = &session.target;
        let limits = target.rate_limits.iter();
        let limits = limits.map(|limit| (limit.calls.word().to_owned(), limit.to_string()));
        let elsewhere = target.operations.iter().map(|(name, address)| {
            let address = format!("{} {}", address.method, address.path);
            (name.clone(), session.secrets.redact(&address))
        });
        Self {
            second_factor: session.plan.second_factor,
            operations: elsewhere.collect(),
            rate_limits: limits.collect(),
            max_attempts: target.max_attempts,
        }
    }
}
