//! A gateway in front of the server, which at times answers in its place.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;

use crate::selftest::message::{RequestMessage, ResponseMessage};
use crate::selftest::variant::Variant;
use crate::selftest::wire::Rewrite;

/// So rarely that a scenario gets through when it starts over.
const EVERY: usize = 150;

/// Farthest from the server: what the gateway answers is rewritten by nobody.
pub(super) const AXIS: &[Variant] = &[
    // A gateway answers some calls with 503 and a page, and the server never sees them.
    Variant::new("gateway.at-its-limit", |server| {
        server.wire().rewrite(AtItsLimit::default());
    }),
    // A gateway answers some calls with 502 and a page, although the server has heeded them.
    Variant::new("gateway.loses-answers", |server| {
        let calls = AtomicUsize::new(0);
        server.wire().answers(move |_, answer| {
            if calls.fetch_add(1, Ordering::Relaxed) % EVERY == EVERY - 1 {
                *answer = ResponseMessage::new(StatusCode::BAD_GATEWAY);
                answer.show("<html><h1>502 Bad Gateway</h1></html>");
            }
        });
    }),
];

#[derive(Default)]
struct AtItsLimit {
    calls: AtomicUsize,
}

impl Rewrite for AtItsLimit {
    fn instead(&self, _: &RequestMessage) -> Option<ResponseMessage> {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        (calls % EVERY == EVERY - 1).then(|| ResponseMessage::new(StatusCode::SERVICE_UNAVAILABLE))
    }

    fn answer(&self, _: &RequestMessage, answer: &mut ResponseMessage) {
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            *answer = ResponseMessage::new(StatusCode::SERVICE_UNAVAILABLE);
            answer.show("<html><h1>503 Service Temporarily Unavailable</h1></html>");
        }
    }
}
