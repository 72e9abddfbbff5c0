//! Servers that refuse more than they have to.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::selftest::message::{ApiRoute, RequestMessage, ResponseMessage};
use crate::selftest::variant::Variant;
use crate::selftest::wire::Rewrite;

const KNOWN: [&str; 3] = ["email", "password", "name"];

pub(super) const AXIS: &[Variant] = &[
    // Registering with a member that the server does not know is refused with 422.
    Variant::new("strictness.unknown-members", |server| {
        server.wire().rewrite(Strict);
    }),
];

struct Strict;

impl Rewrite for Strict {
    fn instead(&self, call: &RequestMessage) -> Option<ResponseMessage> {
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
