//! Servers that refuse more than they have to.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::selftest::message::{ApiRoute, RequestInfo, ResponseMessage};
use crate::selftest::variant::{Axis, Blueprint, Variant};
use crate::selftest::wire::Rewrite;

const KNOWN: [&str; 3] = ["email", "password", "name"];

pub(super) const AXIS: Axis = Axis {
    name: "strictness",
    variants: &[Variant::new(
        "strictness.unknown-members",
        "Registering with a member that the server does not know is refused with 422.",
        |server| server.wire.rewrite(Strict),
    )],
};

struct Strict;

impl Rewrite for Strict {
    fn instead(&self, call: &RequestInfo) -> Option<ResponseMessage> {
        let members = call.json.as_ref().and_then(Value::as_object)?;
        let mut unknown = members
            .keys()
            .filter(|name| !KNOWN.contains(&name.as_str()));
        let name = unknown
            .next()
            .filter(|_| call.operation == Some(ApiRoute::Register))?;
        let mut answer = ResponseMessage::new(StatusCode::UNPROCESSABLE_ENTITY);
        let message = format!("The member {name} is not known.");
        answer.say("application/json", json!({ "message": message }));
        Some(answer)
    }
}

/// Refuses to register with such a text.
pub(super) fn refuse_registration(
    server: &mut Blueprint,
    member: &'static str,
    is_refused: fn(&str) -> bool,
) {
    server.wire.rewrite(Refusing { member, is_refused });
}

struct Refusing {
    member: &'static str,
    is_refused: fn(&str) -> bool,
}

impl Rewrite for Refusing {
    fn instead(&self, call: &RequestInfo) -> Option<ResponseMessage> {
        let text = call.json.as_ref()?.get(self.member)?.as_str()?;
        let is_refused = call.operation == Some(ApiRoute::Register) && (self.is_refused)(text);
        is_refused.then(|| {
            let mut answer = ResponseMessage::new(StatusCode::UNPROCESSABLE_ENTITY);
            let message = format!("The {} cannot be taken.", self.member);
            answer.say("application/json", json!({ "message": message }));
            answer
        })
    }
}
