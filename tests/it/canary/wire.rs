//! The reference behind a layer that keeps every secret in mind that goes over the wire.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use serde_json::Value;

use crate::canary::encodings::SHORTEST;
use crate::support::{Reference, reference_behind};

/// What was seen on the wire.
#[derive(Debug, Default)]
pub struct Wire {
    pub secrets: BTreeSet<String>,
    /// Codes of six digits: as a part of a longer number they are none.
    pub codes: BTreeSet<String>,
}

impl Wire {
    pub fn add(&mut self, secret: &str) {
        // A scenario tries an e-mail as a password: that makes no secret of the e-mail.
        if secret.len() >= SHORTEST && !secret.contains('@') {
            self.secrets.insert(secret.to_owned());
        }
        // The part of a token that is secret by itself.
        if let Some((_, secret)) = secret.split_once('|') {
            self.add(secret);
        }
    }

    fn add_from(&mut self, body: &Value, accepted: bool) {
        match body {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value) {
                        (
                            "password" | "token" | "totp_token" | "recovery_code",
                            Value::String(text),
                            // What a scenario tries in place of a password is a sentence.
                        ) if !text.contains(' ') => self.add(text),
                        ("code", Value::String(code)) if accepted => {
                            self.codes.insert(code.clone());
                        }
                        _ => self.add_from(value, accepted),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_from(item, accepted)),
            _ => {}
        }
    }

    pub fn add_exchange(&mut self, bearer: Option<&str>, request: &[u8], answer: &Answer) {
        if let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
            self.add(token);
        }
        for body in [request, &answer.body] {
            let body = serde_json::from_slice(body).unwrap_or_default();
            self.add_from(&body, answer.status.is_success());
        }
    }
}

/// What the reference answers, before it is changed.
pub struct Answer {
    pub path: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bearer: Option<String>,
    pub request: Bytes,
    pub body: Bytes,
}

/// The reference behind a layer that keeps every secret in mind; `change` has the last word on an answer.
pub fn listened_to(
    wire: &Arc<Mutex<Wire>>,
    change: impl Fn(&Answer) -> Option<Response> + Clone + Send + Sync + 'static,
) -> Reference {
    let wire = Arc::clone(wire);
    reference_behind(move |router| {
        router.layer(from_fn(move |request: Request, next: Next| {
            let (wire, change) = (Arc::clone(&wire), change.clone());
            async move {
                let (head, body) = request.into_parts();
                let sent = to_bytes(body, usize::MAX).await.unwrap();
                let path = head.uri.path().to_owned();
                let bearer = head.headers.get(header::AUTHORIZATION);
                let bearer =
                    bearer.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
                let request = Request::from_parts(head, Body::from(sent.clone()));
                let (head, body) = next.run(request).await.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap();
                let answer = Answer {
                    path,
                    status: head.status,
                    headers: head.headers.clone(),
                    bearer,
                    request: sent,
                    body,
                };
                wire.lock().unwrap().add_exchange(
                    answer.bearer.as_deref(),
                    &answer.request,
                    &answer,
                );
                change(&answer)
                    .unwrap_or_else(|| Response::from_parts(head, Body::from(answer.body)))
            }
        }))
    })
}
