//! Decisions about requests as such: what is read, and how often somebody may try.

use schemars::JsonSchema;
use serde::Deserialize;

/// What requests are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Requests {
    /// Kinds of body on which the server fails.
    pub fails_on: Vec<Oddity>,
}

/// What is odd about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// The body is no JSON.
    NoJson,
    /// The body is a list.
    List,
    /// The body is `null`.
    Null,
    /// The body is a text, a number, or a truth.
    Scalar,
    /// The body is not declared as JSON.
    UndeclaredJson,
    /// A text has a NUL in it.
    Nul,
    /// There is a list or an object where a text is due.
    Structure,
    /// The id of a token in the path is no number, or not written as one.
    OddId,
    /// The id of a token in the path is a number beyond 32 bits that no token has.
    LargeId,
    /// The token of the `Authorization` header is no ASCII.
    OddBearer,
    /// The client is of a type that nobody knows.
    UnknownClientType,
}

/// Decisions of limiting attempts to log in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Limiting {
    /// Which attempts count.
    pub counts: CountedAttempts,
    /// What makes the attempts of one subject those of another, besides the account.
    pub told_apart_by: ToldApartBy,
    /// Whether codes are limited.
    pub codes: bool,
    /// Whether a wrong password is told to be wrong, however many there were.
    pub right_passwords_only: bool,
}

/// Which attempts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountedAttempts {
    /// All.
    All,
    /// Those at addresses that have no account.
    UnknownEmails,
    /// Those as no known type of client.
    UnknownClients,
    /// Those at addresses whose account has no second factor.
    WithoutSecondFactor,
}

/// What makes the attempts of one subject those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldApartBy {
    /// Nothing else.
    Nothing,
    /// What `X-Forwarded-For` says.
    ForwardedFor,
    /// The password that is tried.
    Password,
}

impl Default for Limiting {
    fn default() -> Self {
        Self {
            counts: CountedAttempts::All,
            told_apart_by: ToldApartBy::Nothing,
            codes: true,
            right_passwords_only: false,
        }
    }
}
