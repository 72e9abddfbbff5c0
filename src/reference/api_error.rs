//! Everything that can be answered instead of what was asked for.

use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::ReferenceError;
use super::answers;
use super::behaviour::{Behaviour, Edits};
use super::limiter::Throttled;
use super::store::Fault;
use super::validation::Errors;

/// Why the server answered 500, for whoever wraps the router: an extension of such a response,
/// never sent to the caller.
#[derive(Debug, Clone)]
pub struct Cause(
    /// The error as text; it may name tables and files.
    pub String,
);

/// Why a request is not answered as it asks.
#[derive(Debug)]
pub(super) enum ApiError {
    Invalid(Errors),
    TakenEmail(Errors),
    Unauthenticated(StatusCode),
    WrongCredentials,
    UnknownEmail,
    WrongCode,
    UnknownChallenge,
    UnknownToken,
    ForeignToken,
    CannotRevokeCurrent,
    Throttled(Throttled),
    TooLarge,
    /// The body broke off or is not framed as HTTP demands.
    Unreadable,
    UnknownPath,
    WrongMethod,
    /// The server's own fault, with what it knows about it.
    Fault(String),
}

impl ApiError {
    pub(super) fn answer(self, behaviour: &Behaviour) -> Response {
        let (statuses, bodies) = (&behaviour.statuses, &behaviour.bodies);
        let (status, body, edits) = match &self {
            Self::Invalid(errors) => (statuses.invalid.0, errors.body(), &bodies.invalid),
            Self::TakenEmail(errors) => (statuses.taken_email.0, errors.body(), &bodies.invalid),
            Self::Unauthenticated(status) => (
                *status,
                message("Unauthenticated."),
                &bodies.unauthenticated,
            ),
            Self::WrongCredentials => (
                statuses.wrong_credentials.0,
                message(WRONG_CREDENTIALS),
                &bodies.wrong_credentials,
            ),
            Self::UnknownEmail => (
                statuses.unknown_email.0,
                message(WRONG_CREDENTIALS),
                &bodies.unknown_email,
            ),
            Self::WrongCode => (
                statuses.wrong_code.0,
                message("The code is wrong or has been used before."),
                &bodies.wrong_code,
            ),
            Self::UnknownChallenge => (
                statuses.unknown_challenge.0,
                message("This login can no longer be completed. Please log in again."),
                &bodies.unknown_challenge,
            ),
            Self::UnknownToken => (
                statuses.unknown_token.0,
                message(UNKNOWN_TOKEN),
                &bodies.unknown_token,
            ),
            Self::ForeignToken => (
                statuses.foreign_token.0,
                message(UNKNOWN_TOKEN),
                &bodies.foreign_token,
            ),
            Self::CannotRevokeCurrent => (
                statuses.cannot_revoke_current.0,
                cannot_revoke_current(),
                &bodies.cannot_revoke_current,
            ),
            Self::Throttled(_) => (
                statuses.throttled.0,
                message("Too many attempts. Please wait before the next one."),
                &NONE,
            ),
            Self::TooLarge => (
                statuses.too_large.0,
                message("The request is too large."),
                &NONE,
            ),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                message("The request could not be read."),
                &NONE,
            ),
            Self::UnknownPath => (
                StatusCode::NOT_FOUND,
                message("There is nothing at this path."),
                &NONE,
            ),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                message("This path has no such method."),
                &NONE,
            ),
            Self::Fault(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                message("Something went wrong on the server."),
                &NONE,
            ),
        };
        let mut response = answers::json(status, body, edits);
        self.add_headers(response.headers_mut(), status, behaviour);
        if let Self::Fault(cause) = self {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }

    fn add_headers(&self, headers: &mut HeaderMap, status: StatusCode, behaviour: &Behaviour) {
        if let Self::Throttled(throttled) = self {
            throttled.write(headers);
            if !behaviour.headers.retry_after {
                headers.remove(RETRY_AFTER);
            }
        }
        let scheme = behaviour.headers.www_authenticate.as_deref();
        if let (StatusCode::UNAUTHORIZED, Some(Ok(scheme))) =
            (status, scheme.map(HeaderValue::from_str))
        {
            headers.insert(WWW_AUTHENTICATE, scheme);
        }
    }
}

const WRONG_CREDENTIALS: &str = "There is no account with this e-mail address and password.";
const UNKNOWN_TOKEN: &str = "You have no session with this id.";
const NONE: Edits = Edits::new();

fn message(text: &str) -> Value {
    json!({ "message": text })
}

fn cannot_revoke_current() -> Value {
    json!({
        "message": "This session is the one that you are using. Log out to end it.",
        "error": "cannot_revoke_current",
    })
}

impl Fault for ApiError {
    fn is_fault(&self) -> bool {
        matches!(self, Self::Fault(_))
    }

    fn interrupted() -> Self {
        Self::Fault("the work was interrupted".to_owned())
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<ReferenceError> for ApiError {
    fn from(error: ReferenceError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<Errors> for ApiError {
    fn from(errors: Errors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<Throttled> for ApiError {
    fn from(throttled: Throttled) -> Self {
        Self::Throttled(throttled)
    }
}
