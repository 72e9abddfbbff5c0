//! Servers that refuse more than they have to.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::selftest::message::{Answer, Call, Operation};
use crate::selftest::variant::{Axis, Variant};
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
    fn instead(&self, call: &Call) -> Option<Answer> {
        let members = call.json.as_ref().and_then(Value::as_object)?;
        let mut unknown = members
            .keys()
            .filter(|name| !KNOWN.contains(&name.as_str()));
        let name = unknown
            .next()
            .filter(|_| call.operation == Some(Operation::Register))?;
        let mut answer = Answer::new(StatusCode::UNPROCESSABLE_ENTITY);
        let message = format!("The member {name} is not known.");
        answer.say("application/json", json!({ "message": message }));
        Some(answer)
    }
}
