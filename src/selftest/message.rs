//! What passes between the reference and its callers, in a form that can be changed.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, request, response};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// The operations of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ApiRoute {
    Register,
    Login,
    LoginTotp,
    Logout,
    Me,
    ListTokens,
    RevokeToken,
    RevokeOthers,
}

/// Where the list of tokens is; a token stands below it.
const TOKENS: &str = "/api/auth/tokens";

/// A request, as it came or on its way in.
#[derive(Debug, Clone)]
pub(super) struct RequestMessage {
    pub(super) operation: Option<ApiRoute>,
    parts: request::Parts,
    /// The body, where it is JSON.
    pub(super) json: Option<Value>,
    raw: Bytes,
}

/// An answer on its way out.
#[derive(Debug)]
pub(super) struct ResponseMessage {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The body, where it is JSON.
    pub(super) json: Option<Value>,
    raw: Bytes,
}

fn operation(method: &Method, path: &str) -> Option<ApiRoute> {
    let token = path.strip_prefix(TOKENS);
    Some(match (method.as_str(), path) {
        ("POST", "/api/auth/register") => ApiRoute::Register,
        ("POST", "/api/auth/login") => ApiRoute::Login,
        ("POST", "/api/auth/login/totp") => ApiRoute::LoginTotp,
        ("POST", "/api/auth/logout") => ApiRoute::Logout,
        ("GET", "/api/auth/me") => ApiRoute::Me,
        ("GET", TOKENS) => ApiRoute::ListTokens,
        ("DELETE", TOKENS) => ApiRoute::RevokeOthers,
        ("DELETE", _) if token.is_some_and(|id| id.starts_with('/')) => ApiRoute::RevokeToken,
        _ => return None,
    })
}

impl RequestMessage {
    /// A request as it came.
    pub(super) fn of(parts: request::Parts, raw: Bytes) -> Self {
        Self {
            operation: operation(&parts.method, parts.uri.path()),
            parts,
            json: serde_json::from_slice(&raw).ok(),
            raw,
        }
    }

    /// A header, where it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// Sets a header; `None`, or what cannot be sent in one, removes it.
    pub(super) fn set_header(&mut self, name: &'static str, value: Option<&str>) {
        let value = value.and_then(|value| HeaderValue::from_str(value).ok());
        match value {
            Some(value) => drop(self.parts.headers.insert(name, value)),
            None => drop(self.parts.headers.remove(name)),
        }
    }

    /// A text of the body.
    pub(super) fn text(&mut self, member: &str) -> Option<&mut String> {
        match self.json.as_mut()?.get_mut(member)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The id of the token that the path names, as it was sent.
    pub(super) fn token_id(&self) -> Option<&str> {
        let path = self.parts.uri.path();
        path.strip_prefix(TOKENS)?.strip_prefix('/')
    }

    /// Changes the number of the token that the path names.
    pub(super) fn map_token_id(&mut self, map: impl Fn(i64) -> i64) {
        if let Some(id) = self.token_id().and_then(|id| id.parse().ok())
            && let Ok(uri) = format!("{TOKENS}/{}", map(id)).parse()
        {
            self.parts.uri = uri;
        }
    }

    /// As it goes on.
    pub(super) fn into_request(self) -> Request {
        let body = self.json.map_or(self.raw, |json| json.to_string().into());
        Request::from_parts(self.parts, Body::from(body))
    }
}

impl ResponseMessage {
    /// One without headers or body.
    pub(super) fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            json: None,
            raw: Bytes::new(),
        }
    }

    /// An answer as it came.
    pub(super) fn of(parts: response::Parts, raw: Bytes) -> Self {
        Self {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&raw).ok(),
            raw,
        }
    }

    /// Whether it is one of success.
    pub(super) fn succeeds(&self) -> bool {
        self.status.is_success()
    }

    /// Whether it is one of failure.
    pub(super) fn fails(&self) -> bool {
        self.status.is_client_error() || self.status.is_server_error()
    }

    /// Takes the body away.
    pub(super) fn clear(&mut self) {
        (self.json, self.raw) = (None, Bytes::new());
        self.headers.remove(CONTENT_TYPE);
    }

    /// Replaces the body by JSON of the given type.
    pub(super) fn say(&mut self, media_type: &'static str, json: Value) {
        self.json = Some(json);
        self.set_header(CONTENT_TYPE.as_str(), media_type);
    }

    /// Replaces the body by a page for people.
    pub(super) fn show(&mut self, page: &'static str) {
        (self.json, self.raw) = (None, Bytes::from_static(page.as_bytes()));
        self.set_header(CONTENT_TYPE.as_str(), "text/html");
    }

    /// Sets a header.
    pub(super) fn set_header(&mut self, name: &'static str, value: &'static str) {
        self.headers.insert(name, HeaderValue::from_static(value));
    }

    /// As it goes on, its JSON written by `writing`; `chunked` without its length.
    pub(super) fn into_response(
        mut self,
        writing: fn(&Value) -> String,
        chunked: bool,
    ) -> Response {
        self.headers.remove(CONTENT_LENGTH);
        let json = self.json.as_ref();
        let bytes = json.map_or(self.raw, |json| writing(json).into());
        let is_empty = bytes.is_empty();
        let mut body = Body::from(bytes);
        if chunked && !is_empty {
            // A stream has no length that could be told.
            body = Body::from_stream(body.into_data_stream());
        }
        (self.status, self.headers, body).into_response()
    }
}
