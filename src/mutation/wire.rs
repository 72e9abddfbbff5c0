//! Requests and answers, changed on their way.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Everything that stands between the reference and its callers.
#[derive(Clone)]
pub struct Wire {
    rewrites: Vec<Arc<dyn Rewrite>>,
    /// How JSON is written.
    pub(super) writing: fn(&Value) -> String,
    /// How long an answer is held back.
    pub(super) delay: Option<Duration>,
    /// Whether a body is sent without telling its length first.
    pub(super) chunked: bool,
}

/// A change of what passes. Those nearer to the reference see a request last and an answer first.
pub(super) trait Rewrite: Send + Sync {
    /// Answers a call by itself, so that the reference never sees it.
    fn instead(&self, _: &Call) -> Option<Answer> {
        None
    }
    /// Changes a request.
    fn request(&self, _: &mut Asked) {}
    /// Changes the answer to a call.
    fn answer(&self, _: &Call, _: &mut Answer) {}
}

impl<F: Fn(&Call, &mut Answer) + Send + Sync> Rewrite for F {
    fn answer(&self, call: &Call, answer: &mut Answer) {
        self(call, answer);
    }
}

/// The operations of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
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

/// What a caller asked for.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) operation: Option<Operation>,
    path: String,
    headers: HeaderMap,
    /// The body, where it is JSON.
    pub(super) json: Option<Value>,
}

/// A request on its way in.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) operation: Option<Operation>,
    parts: request::Parts,
    /// The body, where it is JSON.
    pub(super) json: Option<Value>,
    raw: Bytes,
}

/// An answer on its way out.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The body, where it is JSON.
    pub(super) json: Option<Value>,
    raw: Bytes,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            rewrites: Vec::new(),
            writing: Value::to_string,
            delay: None,
            chunked: false,
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("rewrites", &self.rewrites.len())
            .field("delay", &self.delay)
            .field("chunked", &self.chunked)
            .finish_non_exhaustive()
    }
}

impl Wire {
    /// Adds a change farther from the reference than all before it.
    pub(super) fn rewrite(&mut self, rewrite: impl Rewrite + 'static) {
        self.rewrites.push(Arc::new(rewrite));
    }

    /// Adds a change of answers. (A closure needs its types from a signature.)
    pub(super) fn answers(&mut self, change: impl Fn(&Call, &mut Answer) + Send + Sync + 'static) {
        self.rewrite(change);
    }

    /// Adds a change of every JSON body that is sent.
    pub(super) fn bodies(&mut self, change: impl Fn(&Call, &mut Value) + Send + Sync + 'static) {
        self.answers(move |call, answer| {
            if let Some(json) = &mut answer.json {
                change(call, json);
            }
        });
    }

    /// Puts it around a router.
    pub(super) fn around(self, router: Router) -> Router {
        // As a fallback the router finds the route after the request has been changed.
        Router::new()
            .fallback_service(router)
            .layer(middleware::from_fn_with_state(Arc::new(self), pass))
    }
}

async fn pass(State(wire): State<Arc<Wire>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(raw) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let json: Option<Value> = serde_json::from_slice(&raw).ok();
    let call = Call {
        operation: operation(&parts.method, parts.uri.path()),
        path: parts.uri.path().to_owned(),
        headers: parts.headers.clone(),
        json: json.clone(),
    };
    let asked = Asked {
        operation: call.operation,
        parts,
        json,
        raw,
    };
    let mut rewrites = wire.rewrites.iter();
    let mut answer = match rewrites.find_map(|rewrite| rewrite.instead(&call)) {
        Some(answer) => answer,
        None => forward(&wire, asked, next).await,
    };
    for rewrite in &wire.rewrites {
        rewrite.answer(&call, &mut answer);
    }
    if let Some(delay) = wire.delay {
        tokio::time::sleep(delay).await;
    }
    answer.into_response(&wire)
}

async fn forward(wire: &Wire, mut asked: Asked, next: Next) -> Answer {
    for rewrite in wire.rewrites.iter().rev() {
        rewrite.request(&mut asked);
    }
    let (parts, body) = next.run(asked.into_request()).await.into_parts();
    let raw = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Answer {
        status: parts.status,
        headers: parts.headers,
        json: serde_json::from_slice(&raw).ok(),
        raw,
    }
}

fn operation(method: &Method, path: &str) -> Option<Operation> {
    let token = path.strip_prefix(TOKENS);
    Some(match (method.as_str(), path) {
        ("POST", "/api/auth/register") => Operation::Register,
        ("POST", "/api/auth/login") => Operation::Login,
        ("POST", "/api/auth/login/totp") => Operation::LoginTotp,
        ("POST", "/api/auth/logout") => Operation::Logout,
        ("GET", "/api/auth/me") => Operation::Me,
        ("GET", TOKENS) => Operation::ListTokens,
        ("DELETE", TOKENS) => Operation::RevokeOthers,
        ("DELETE", _) if token.is_some_and(|id| id.starts_with('/')) => Operation::RevokeToken,
        _ => return None,
    })
}

impl Call {
    /// A header that the caller sent, where it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// The id of the token to be revoked, as it was sent.
    pub(super) fn token_id(&self) -> Option<&str> {
        self.path.strip_prefix(TOKENS)?.strip_prefix('/')
    }
}

impl Asked {
    /// A header, where it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        text(&self.parts.headers, name)
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

    /// Changes the number of the token that the path names.
    pub(super) fn map_token_id(&mut self, map: impl Fn(i64) -> i64) {
        let path = self.parts.uri.path();
        let id = path
            .strip_prefix(TOKENS)
            .and_then(|id| id.strip_prefix('/'));
        let Some(id) = id.and_then(|id| id.parse().ok()) else {
            return;
        };
        if let Ok(uri) = format!("{TOKENS}/{}", map(id)).parse() {
            self.parts.uri = uri;
        }
    }

    fn into_request(self) -> Request {
        let body = self.json.map_or(self.raw, |json| json.to_string().into());
        Request::from_parts(self.parts, Body::from(body))
    }
}

impl Answer {
    /// One without headers or body.
    pub(super) fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            json: None,
            raw: Bytes::new(),
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

    /// Sets a header.
    pub(super) fn set_header(&mut self, name: &'static str, value: &'static str) {
        self.headers.insert(name, HeaderValue::from_static(value));
    }

    fn into_response(mut self, wire: &Wire) -> Response {
        self.headers.remove(CONTENT_LENGTH);
        let json = self.json.as_ref();
        let bytes = json.map_or(self.raw, |json| (wire.writing)(json).into());
        let chunked = wire.chunked && !bytes.is_empty();
        let mut body = Body::from(bytes);
        if chunked {
            // A stream has no length that could be told.
            body = Body::from_stream(body.into_data_stream());
        }
        (self.status, self.headers, body).into_response()
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
