//! What answers look like: statuses, headers, and departures from the usual bodies.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::http::status::InvalidStatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::text::Normalization;

/// Headers of answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Headers {
    /// `Cache-Control` of every answer.
    pub cache_control: Option<String>,
    /// `WWW-Authenticate` of every 401.
    pub www_authenticate: Option<String>,
    /// Whether a 429 has `Retry-After`.
    pub retry_after: bool,
    /// Paths whose answers say that they are of another type than JSON, and of which.
    pub mislabelled: BTreeMap<String, String>,
}

/// The statuses of answers. A missing or invalid token has its own in [`Bearer`](super::Bearer).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ResponseStatuses {
    pub registered: Status,
    pub logged_in: Status,
    pub challenged: Status,
    pub logged_out: Status,
    pub current_user: Status,
    pub revoked_one: Status,
    pub invalid: Status,
    pub taken_email: Status,
    pub wrong_credentials: Status,
    pub unknown_email: Status,
    pub wrong_code: Status,
    pub unknown_challenge: Status,
    pub unknown_token: Status,
    pub foreign_token: Status,
    pub cannot_revoke_current: Status,
    pub throttled: Status,
    pub too_large: Status,
}

/// How each body departs from the usual one. By default none does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ResponseBodies {
    pub registered: Edits,
    pub logged_in: Edits,
    pub second_factor_given: Edits,
    pub challenged: Edits,
    pub current_user: Edits,
    pub token_list: Edits,
    /// Of each token in the list.
    pub token: Edits,
    pub revoked_others: Edits,
    pub invalid: Edits,
    pub unauthenticated: Edits,
    pub wrong_credentials: Edits,
    pub unknown_email: Edits,
    pub wrong_code: Edits,
    pub unknown_challenge: Edits,
    pub unknown_token: Edits,
    pub foreign_token: Edits,
    pub cannot_revoke_current: Edits,
}

/// Changes to the members of a body, by their JSON pointers.
pub type Edits = BTreeMap<String, Edit>;

/// A change to a member.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// It is missing.
    Dropped,
    /// It has this value, whether it was there or not.
    Is(Value),
    /// It has the value of the member at that pointer.
    CopyOf(String),
    /// It stands at that pointer instead.
    MovedTo(String),
    /// Only a part of the text is there.
    Part(Normalization),
    /// A number or a truth is written as a text.
    AsText,
    /// A truth is written as 1 or 0, an instant in seconds since 1970.
    AsNumber,
    /// An instant is later by so many seconds.
    SecondsLater(i64),
    /// It stands in a member of this name; only for the whole body, whose pointer is empty.
    WrappedIn(String),
}

/// A status, written as its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "u16")]
#[schemars(with = "u16", extend("minimum" = 100, "maximum" = 999))]
pub struct Status(
    /// The status.
    pub StatusCode,
);

impl TryFrom<u16> for Status {
    type Error = InvalidStatusCode;

    fn try_from(number: u16) -> Result<Self, InvalidStatusCode> {
        StatusCode::from_u16(number).map(Self)
    }
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            cache_control: Some("no-store".to_owned()),
            www_authenticate: Some("Bearer".to_owned()),
            retry_after: true,
            mislabelled: BTreeMap::new(),
        }
    }
}

impl Default for ResponseStatuses {
    fn default() -> Self {
        Self {
            registered: Status(StatusCode::CREATED),
            logged_in: Status(StatusCode::OK),
            challenged: Status(StatusCode::OK),
            logged_out: Status(StatusCode::NO_CONTENT),
            current_user: Status(StatusCode::OK),
            revoked_one: Status(StatusCode::NO_CONTENT),
            invalid: Status(StatusCode::UNPROCESSABLE_ENTITY),
            taken_email: Status(StatusCode::UNPROCESSABLE_ENTITY),
            wrong_credentials: Status(StatusCode::UNAUTHORIZED),
            unknown_email: Status(StatusCode::UNAUTHORIZED),
            wrong_code: Status(StatusCode::UNAUTHORIZED),
            unknown_challenge: Status(StatusCode::UNAUTHORIZED),
            unknown_token: Status(StatusCode::NOT_FOUND),
            foreign_token: Status(StatusCode::NOT_FOUND),
            cannot_revoke_current: Status(StatusCode::UNPROCESSABLE_ENTITY),
            throttled: Status(StatusCode::TOO_MANY_REQUESTS),
            too_large: Status(StatusCode::PAYLOAD_TOO_LARGE),
        }
    }
}
