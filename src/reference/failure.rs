//! Everything that can be answered instead of what was asked for.

use axum::http::header::{HeaderValue, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::ReferenceError;
use super::answers;
use super::behaviour::Behaviour;
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
pub(super) enum Failure {
    Invalid(Errors),
    Unauthenticated,
    WrongCredentials,
    WrongCode,
    UnknownChallenge,
    UnknownToken,
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

impl Failure {
    pub(super) fn answer(self, behaviour: &Behaviour) -> Response {
        let statuses = &behaviour.statuses;
        let (status, body) = match &self {
            Self::Invalid(errors) => (statuses.invalid, errors.body()),
            Self::Unauthenticated => (statuses.unauthenticated, message("Unauthenticated.")),
            Self::WrongCredentials => (
                statuses.wrong_credentials,
                message("There is no account with this e-mail address and password."),
            ),
            Self::WrongCode => (
                statuses.wrong_code,
                message("The code is wrong or has been used before."),
            ),
            Self::UnknownChallenge => (
                statuses.unknown_challenge,
                message("This login can no longer be completed. Please log in again."),
            ),
            Self::UnknownToken => (
                statuses.unknown_token,
                message("You have no session with this id."),
            ),
            Self::CannotRevokeCurrent => (statuses.cannot_revoke_current, cannot_revoke_current()),
            Self::Throttled(_) => (
                statuses.throttled,
                message("Too many attempts. Please wait before the next one."),
            ),
            Self::TooLarge => (statuses.too_large, message("The request is too large.")),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                message("The request could not be read."),
            ),
            Self::UnknownPath => (
                StatusCode::NOT_FOUND,
                message("There is nothing at this path."),
            ),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                message("This path has no such method."),
            ),
            Self::Fault(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                message("Something went wrong on the server."),
            ),
        };
        let mut response = answers::json(status, &body);
        self.add_headers(response.headers_mut(), status, behaviour);
        if let Self::Fault(cause) = self {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }

    fn add_headers(&self, headers: &mut HeaderMap, status: StatusCode, behaviour: &Behaviour) {
        if let Self::Throttled(throttled) = self {
            throttled.write(headers);
        }
        if let (StatusCode::UNAUTHORIZED, Some(scheme)) =
            (status, behaviour.headers.www_authenticate)
        {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
    }
}

fn message(text: &str) -> Value {
    json!({ "message": text })
}

fn cannot_revoke_current() -> Value {
    json!({
        "message": "This session is the one that you are using. Log out to end it.",
        "error": "cannot_revoke_current",
    })
}

impl Fault for Failure {
    fn is_fault(&self) -> bool {
        matches!(self, Self::Fault(_))
    }

    fn interrupted() -> Self {
        Self::Fault("the work was interrupted".to_owned())
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<ReferenceError> for Failure {
    fn from(error: ReferenceError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<Errors> for Failure {
    fn from(errors: Errors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<Throttled> for Failure {
    fn from(throttled: Throttled) -> Self {
        Self::Throttled(throttled)
    }
}
