//! Ids of users and of tokens.

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::reference::behaviour::{IdReading, TokenIds};
use crate::selftest::message::{RequestMessage, ResponseMessage};
use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;
use crate::selftest::wire::Rewrite;

pub(super) const USERS: &[Variant] = &[
    // The id of a user is a UUID.
    Variant::new("user-ids.uuid", |server| {
        of_users(server, uuid);
    }),
    // The id of a user is a text of digits.
    Variant::new("user-ids.digits", |server| of_users(server, digits)),
];

pub(super) const TOKENS: &[Variant] = &[
    // The ids of tokens are larger than 32 bits hold.
    Variant::new("token-ids.beyond-32-bits", |server| {
        of_tokens(server, |id| id + (1 << 40), |id| id - (1 << 40));
    }),
    // The ids of tokens take nearly 64 bits, and are one apart.
    Variant::new("token-ids.of-64-bits", |server| {
        of_tokens(server, |id| id + (1 << 62), |id| id - (1 << 62));
    }),
    // The ids of tokens fall from the largest whole number that JSON has for everybody.
    Variant::new("token-ids.falling", |server| {
        of_tokens(server, |id| LARGEST - id, |id| LARGEST - id);
    }),
    // The id of a token that is to be revoked may have zeros before it.
    Variant::new("token-ids.with-zeros", |server| {
        server.settings.behaviour.sessions.id_reading = IdReading::Number;
    }),
    // The id of a token that is to be revoked may have letters behind it.
    Variant::new("token-ids.with-letters", |server| {
        server.settings.behaviour.sessions.id_reading = IdReading::LeadingDigits;
    }),
    // A login keeps the row of the session that it ends, and so its id.
    Variant::new("token-ids.of-same-name", |server| {
        server.settings.behaviour.sessions.token_ids = TokenIds::OfSameName;
    }),
    // The tokens of each account are counted by themselves.
    Variant::new("token-ids.by-account", |server| {
        server.settings.behaviour.sessions.token_ids = TokenIds::OfAccount;
    }),
    // The id of the newest token is given out again once it has ended.
    Variant::new("token-ids.highest-again", |server| {
        server.settings.behaviour.sessions.token_ids = TokenIds::HighestAgain;
    }),
];

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

fn of_users(server: &mut Server, id: fn(&str) -> String) {
    server.wire().bodies(move |_, body| {
        for place in ["/id", "/user/id"] {
            if let Some(Value::String(text)) = body.pointer_mut(place) {
                *text = id(text);
            }
        }
    });
}

fn of_tokens(server: &mut Server, shown: fn(i64) -> i64, kept: fn(i64) -> i64) {
    server.wire().rewrite(Renumbered { shown, kept });
}

struct Renumbered {
    shown: fn(i64) -> i64,
    kept: fn(i64) -> i64,
}

impl Rewrite for Renumbered {
    fn request(&self, asked: &mut RequestMessage) {
        asked.map_token_id(self.kept);
    }

    fn answer(&self, _: &RequestMessage, answer: &mut ResponseMessage) {
        let tokens = answer.json.as_mut().and_then(|json| json.get_mut("tokens"));
        for token in tokens.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(id) = token["id"].as_i64() {
                token["id"] = (self.shown)(id).into();
            }
        }
    }
}
