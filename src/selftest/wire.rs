//! Requests and answers, changed on their way.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::message::{RequestMessage, ResponseMessage};

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
    fn instead(&self, _: &RequestMessage) -> Option<ResponseMessage> {
        None
    }
    /// Changes a request.
    fn request(&self, _: &mut RequestMessage) {}
    /// Changes the answer to a call.
    fn answer(&self, _: &RequestMessage, _: &mut ResponseMessage) {}
}

impl<F: Fn(&RequestMessage, &mut ResponseMessage) + Send + Sync> Rewrite for F {
    fn answer(&self, call: &RequestMessage, answer: &mut ResponseMessage) {
        self(call, answer);
    }
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

opaque_debug!(Wire: delay, chunked);

impl Wire {
    /// Adds a change farther from the reference than all before it.
    pub(super) fn rewrite(&mut self, rewrite: impl Rewrite + 'static) {
        self.rewrites.push(Arc::new(rewrite));
    }

    /// Adds a change of answers. (A closure needs its types from a signature.)
    pub(super) fn answers(
        &mut self,
        change: impl Fn(&RequestMessage, &mut ResponseMessage) + Send + Sync + 'static,
    ) {
        self.rewrite(change);
    }

    /// Adds a change of every JSON body that is sent.
    pub(super) fn bodies(
        &mut self,
        change: impl Fn(&RequestMessage, &mut Value) + Send + Sync + 'static,
    ) {
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
    let call = RequestMessage::of(parts, raw);
    let mut rewrites = wire.rewrites.iter();
    let mut answer = match rewrites.find_map(|rewrite| rewrite.instead(&call)) {
        Some(answer) => answer,
        None => forward(&wire, call.clone(), next).await,
    };
    for rewrite in &wire.rewrites {
        rewrite.answer(&call, &mut answer);
    }
    if let Some(delay) = wire.delay {
        tokio::time::sleep(delay).await;
    }
    answer.into_response(wire.writing, wire.chunked)
}

async fn forward(wire: &Wire, mut asked: RequestMessage, next: Next) -> ResponseMessage {
    for rewrite in wire.rewrites.iter().rev() {
        rewrite.request(&mut asked);
    }
    let (parts, body) = next.run(asked.into_request()).await.into_parts();
    ResponseMessage::of(parts, to_bytes(body, usize::MAX).await.unwrap_or_default())
}
