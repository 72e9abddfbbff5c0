//! Servers that refuse more than they have to.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::clock::date;
use crate::reference::Clock;
use crate::selftest::message::{ApiRoute, RequestMessage, ResponseMessage};
use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;
use crate::selftest::wire::Rewrite;

const KNOWN: [&str; 3] = ["email", "password", "name"];

pub(super) const AXIS: &[Variant] = &[
    // Registering with a member that the server does not know is refused with 422.
    Variant::new("strictness.unknown-members", |server| {
        let clock = Arc::clone(&server.settings.clock);
        server.wire().rewrite(Strict { clock });
    }),
];

/// Refuses to register with such a text.
pub(super) fn refuse_registration(
    server: &mut Server,
    member: &'static str,
    is_refused: fn(&str) -> bool,
) {
    let clock = Arc::clone(&server.settings.clock);
    server.wire().rewrite(Refusing {
        clock,
        member,
        is_refused,
    });
}

struct Refusing {
    clock: Arc<dyn Clock>,
    member: &'static str,
    is_refused: fn(&str) -> bool,
}

impl Rewrite for Refusing {
    fn instead(&self, call: &RequestMessage) -> Option<ResponseMessage> {
        let text = call.json.as_ref()?.get(self.member)?.as_str()?;
        let is_refused = call.operation == Some(ApiRoute::Register) && (self.is_refused)(text);
        let message = || format!("The {} cannot be taken.", self.member);
        is_refused.then(|| refusal(&self.clock, &message()))
    }
}

/// A refusal, dated by the server's clock as every answer of it.
fn refusal(clock: &Arc<dyn Clock>, message: &str) -> ResponseMessage {
    let mut answer = ResponseMessage::new(StatusCode::UNPROCESSABLE_ENTITY);
    date(&mut answer, clock.now());
    answer.say("application/json", json!({ "message": message }));
    answer
}

struct Strict {
    clock: Arc<dyn Clock>,
}

impl Rewrite for Strict {
    fn instead(&self, call: &RequestMessage) -> Option<ResponseMessage> {
        let members = call.json.as_ref().and_then(Value::as_object)?;
        let mut unknown = members
            .keys()
            .filter(|name| !KNOWN.contains(&name.as_str()));
        let name = unknown
            .next()
            .filter(|_| call.operation == Some(ApiRoute::Register))?;
        Some(refusal(
            &self.clock,
            &format!("The member {name} is not known."),
        ))
    }
}
