//! Ids of users and of tokens.

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::reference::behaviour::{IdReading, TokenIds};
use crate::selftest::message::{RequestInfo, RequestMessage, ResponseMessage};
use crate::selftest::variant::{Axis, Blueprint, Variant};
use crate::selftest::wire::Rewrite;

pub(super) const USERS: Axis = Axis {
    name: "user-ids",
    variants: &[
        Variant::new("user-ids.uuid", "The id of a user is a UUID.", |server| {
            of_users(server, uuid);
        }),
        Variant::new(
            "user-ids.digits",
            "The id of a user is a text of digits.",
            |server| of_users(server, digits),
        ),
    ],
};

pub(super) const TOKENS: Axis = Axis {
    name: "token-ids",
    variants: &[
        Variant::new(
            "token-ids.beyond-32-bits",
            "The ids of tokens are larger than 32 bits hold.",
            |server| of_tokens(server, |id| id + (1 << 40), |id| id - (1 << 40)),
        ),
        Variant::new(
            "token-ids.of-64-bits",
            "The ids of tokens take nearly 64 bits, and are one apart.",
            |server| of_tokens(server, |id| id + (1 << 62), |id| id - (1 << 62)),
        ),
        Variant::new(
            "token-ids.falling",
            "The ids of tokens fall from the largest whole number that JSON has for everybody.",
            |server| of_tokens(server, |id| LARGEST - id, |id| LARGEST - id),
        ),
        Variant::new(
            "token-ids.with-zeros",
            "The id of a token that is to be revoked may have zeros before it.",
            |server| server.settings.behaviour.sessions.id_reading = IdReading::Number,
        ),
        Variant::new(
            "token-ids.with-letters",
            "The id of a token that is to be revoked may have letters behind it.",
            |server| server.settings.behaviour.sessions.id_reading = IdReading::LeadingDigits,
        ),
        Variant::new(
            "token-ids.of-same-name",
            "A login keeps the row of the session that it ends, and so its id.",
            |server| server.settings.behaviour.sessions.token_ids = TokenIds::OfSameName,
        ),
        Variant::new(
            "token-ids.by-account",
            "The tokens of each account are counted by themselves.",
            |server| server.settings.behaviour.sessions.token_ids = TokenIds::OfAccount,
        ),
        Variant::new(
            "token-ids.highest-again",
            "The id of the newest token is given out again once it has ended.",
            |server| server.settings.behaviour.sessions.token_ids = TokenIds::HighestAgain,
        ),
    ],
};

const LARGEST: i64 = (1 << 53) - 1;

/// A UUID that stands for a text.
pub(super) fn uuid(text: &str) -> String {
    let hex = HEXLOWER.encode(&Sha256::digest(text)[..16]);
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

fn digits(text: &str) -> String {
    let bytes: [u8; 8] = Sha256::digest(text)[..8].try_into().unwrap_or_default();
    u64::from_be_bytes(bytes).to_string()
}

fn of_users(server: &mut Blueprint, id: fn(&str) -> String) {
    server.wire.bodies(move |_, body| {
        for place in ["/id", "/user/id"] {
            if let Some(Value::String(text)) = body.pointer_mut(place) {
                *text = id(text);
            }
        }
    });
}

fn of_tokens(server: &mut Blueprint, shown: fn(i64) -> i64, kept: fn(i64) -> i64) {
    server.wire.rewrite(Renumbered { shown, kept });
}

struct Renumbered {
    shown: fn(i64) -> i64,
    kept: fn(i64) -> i64,
}

impl Rewrite for Renumbered {
    fn request(&self, asked: &mut RequestMessage) {
        asked.map_token_id(self.kept);
    }

    fn answer(&self, _: &RequestInfo, answer: &mut ResponseMessage) {
        let tokens = answer.json.as_mut().and_then(|json| json.get_mut("tokens"));
        for token in tokens.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(id) = token["id"].as_i64() {
                token["id"] = (self.shown)(id).into();
            }
        }
    }
}
