//! What is done to accounts and tokens, by name.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Status;

/// Something that a request comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Action {
    Register,
    RefusedRegistration,
    Login,
    Challenge,
    WrongPassword,
    Code,
    RecoveryCode,
    WrongProof,
    Me,
    List,
    Logout,
    RevokeOne,
    RefusedRevocation,
    RevokeOthers,
}

impl Action {
    /// The word under which it is kept.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::RefusedRegistration => "refused-registration",
            Self::Login => "login",
            Self::Challenge => "challenge",
            Self::WrongPassword => "wrong-password",
            Self::Code => "code",
            Self::RecoveryCode => "recovery-code",
            Self::WrongProof => "wrong-proof",
            Self::Me => "me",
            Self::List => "list",
            Self::Logout => "logout",
            Self::RevokeOne => "revoke-one",
            Self::RefusedRevocation => "refused-revocation",
            Self::RevokeOthers => "revoke-others",
        }
    }
}

/// The status of a refusal, with exceptions for some actions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ByAction {
    /// What it is if there is no exception.
    pub usually: Status,
    /// The exceptions.
    pub except: BTreeMap<Action, Status>,
}

impl Default for ByAction {
    fn default() -> Self {
        Self {
            usually: Status(StatusCode::UNAUTHORIZED),
            except: BTreeMap::new(),
        }
    }
}

impl ByAction {
    /// The status of that action.
    #[must_use]
    pub fn on(&self, action: Action) -> StatusCode {
        self.except.get(&action).unwrap_or(&self.usually).0
    }
}
