//! Secrets that an answer may show by mistake.

use std::fmt;

use data_encoding::HEXLOWER;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The form of a password hash as Laravel stores it.
const PASSWORD_HASH: &str = "$2y$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

/// What an answer shows by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Leak {
    /// The token that made the call.
    Token,
    /// The SHA-256 of that token, as Sanctum stores it.
    TokenHash,
    /// The hash of a password.
    PasswordHash,
}

impl Leak {
    pub(super) const ALL: [Self; 3] = [Self::Token, Self::TokenHash, Self::PasswordHash];

    /// The member that shows it: the columns of a model that is serialized whole.
    pub(super) fn member(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::TokenHash => "hash",
            Self::PasswordHash => "password",
        }
    }

    /// The secret itself, where the call has it.
    pub(super) fn text(self, token: Option<&str>) -> Option<String> {
        // Sanctum's tokens are `id|secret`, of which the secret is hashed.
        let secret = |token: &str| token.rsplit('|').next().unwrap_or(token).to_owned();
        match self {
            Self::Token => token.map(str::to_owned),
            Self::TokenHash => {
                token.map(|token| HEXLOWER.encode(&Sha256::digest(secret(token).as_bytes())))
            }
            Self::PasswordHash => Some(PASSWORD_HASH.to_owned()),
        }
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
