//! What answers look like: statuses, headers, and departures from the usual bodies.

use axum::http::StatusCode;

use super::text::Normalization;

/// Headers of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headers {
    /// `Cache-Control` of every answer.
    pub cache_control: Option<&'static str>,
    /// `WWW-Authenticate` of every 401.
    pub www_authenticate: Option<&'static str>,
    /// Whether a 429 has `Retry-After`.
    pub retry_after: bool,
    /// Paths whose answers say that they are of another type than JSON, and of which.
    pub mislabelled: &'static [(&'static str, &'static str)],
}

/// The status of every answer. A missing or invalid token has its own in
/// [`Bearer`](super::Bearer).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ResponseStatuses {
    pub registered: StatusCode,
    pub logged_in: StatusCode,
    pub second_factor_given: StatusCode,
    pub challenged: StatusCode,
    pub logged_out: StatusCode,
    pub current_user: StatusCode,
    pub listed: StatusCode,
    pub revoked_one: StatusCode,
    pub revoked_others: StatusCode,
    pub invalid: StatusCode,
    pub taken_email: StatusCode,
    pub wrong_credentials: StatusCode,
    pub unknown_email: StatusCode,
    pub wrong_code: StatusCode,
    pub unknown_challenge: StatusCode,
    pub unknown_token: StatusCode,
    pub foreign_token: StatusCode,
    pub cannot_revoke_current: StatusCode,
    pub throttled: StatusCode,
    pub too_large: StatusCode,
}

/// How each body departs from the usual one. By default none does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

/// Changes to a body, one after the other.
pub type Edits = &'static [Edit];

/// A change to a body. Members are named by their JSON pointers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// The member is missing.
    Drop(&'static str),
    /// The member is there, but null.
    Null(&'static str),
    /// The member is this text, whether it was there or not.
    Text(&'static str, &'static str),
    /// The member is true or false.
    Flag(&'static str, bool),
    /// The member has a value that another one has.
    Copy {
        /// Where the value is taken from.
        from: &'static str,
        /// Where it stands as well.
        to: &'static str,
    },
    /// Only a part of the text is there.
    Part(&'static str, Normalization),
    /// A number or a truth is written as a text.
    Quoted(&'static str),
    /// A truth is written as 1 or 0, an instant in seconds since 1970.
    Number(&'static str),
    /// An instant is moved by so many seconds.
    Moved(&'static str, i64),
    /// The whole body stands in a member of this name.
    Wrapped(&'static str),
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            cache_control: Some("no-store"),
            www_authenticate: Some("Bearer"),
            retry_after: true,
            mislabelled: &[],
        }
    }
}

impl Default for ResponseStatuses {
    fn default() -> Self {
        Self {
            registered: StatusCode::CREATED,
            logged_in: StatusCode::OK,
            second_factor_given: StatusCode::OK,
            challenged: StatusCode::OK,
            logged_out: StatusCode::NO_CONTENT,
            current_user: StatusCode::OK,
            listed: StatusCode::OK,
            revoked_one: StatusCode::NO_CONTENT,
            revoked_others: StatusCode::OK,
            invalid: StatusCode::UNPROCESSABLE_ENTITY,
            taken_email: StatusCode::UNPROCESSABLE_ENTITY,
            wrong_credentials: StatusCode::UNAUTHORIZED,
            unknown_email: StatusCode::UNAUTHORIZED,
            wrong_code: StatusCode::UNAUTHORIZED,
            unknown_challenge: StatusCode::UNAUTHORIZED,
            unknown_token: StatusCode::NOT_FOUND,
            foreign_token: StatusCode::NOT_FOUND,
            cannot_revoke_current: StatusCode::UNPROCESSABLE_ENTITY,
            throttled: StatusCode::TOO_MANY_REQUESTS,
            too_large: StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}
