//! What a token looks like. To its bearer it is a text without parts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use serde_json::Value;
use sha2::{Digest, Sha512};

use super::ids::uuid;
use crate::selftest::message::{RequestMessage, ResponseMessage};
use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;
use crate::selftest::wire::Rewrite;

pub(super) const AXIS: &[Variant] = &[
    // Tokens are UUIDs.
    Variant::new("tokens.uuid", |server| {
        look(server, uuid);
    }),
    // Tokens are a UUID, a bar, and a secret with a prefix and a checksum.
    Variant::new("tokens.uuid-and-secret", |server| {
        look(server, |token| {
            let secret = HEXLOWER.encode(&Sha512::digest(token)[..24]);
            format!("{}|pionne_{secret}", uuid(token))
        });
    }),
    // Tokens are Base64 with all of its signs.
    Variant::new("tokens.base64", |server| {
        look(server, |token| {
            format!("+/{}==", BASE64.encode(&Sha512::digest(token)[..30]))
        });
    }),
    // Tokens are three long texts with dots between them, as a JWT is.
    Variant::new("tokens.signed", |server| {
        look(server, |token| {
            let claims = format!(r#"{{"sub":"{token}","scopes":"{}"}}"#, "*".repeat(900));
            let parts = [
                br#"{"alg":"HS512","typ":"JWT"}"#,
                claims.as_bytes(),
                &Sha512::digest(token),
            ];
            parts.map(|part| BASE64URL_NOPAD.encode(part)).join(".")
        });
    }),
];

pub(super) const SHORT: &[Variant] = &[
    // A token is good without the id in front of its bar as well.
    Variant::new("short-tokens.accepted", |server| {
        server.wire().rewrite(Looks {
            shown: str::to_owned,
            short: |token| token.split_once('|').map(|(_, secret)| secret),
            kept: Mutex::default(),
        });
    }),
];

/// Shows tokens and challenges as something else.
struct Looks {
    /// What is shown of a token of the reference.
    shown: fn(&str) -> String,
    /// What is as good as that.
    short: fn(&str) -> Option<&str>,
    /// Tokens of the reference by what is as good as they are.
    kept: Mutex<HashMap<String, String>>,
}

fn look(server: &mut Server, shown: fn(&str) -> String) {
    server.wire().rewrite(Looks {
        shown,
        short: |_| None,
        kept: Mutex::default(),
    });
}

impl Looks {
    /// What the reference knows it as; what was never shown is nothing to it.
    fn known(&self, text: &str) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(text).cloned().unwrap_or_default()
    }

    fn show(&self, token: &str) -> String {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = (self.shown)(token);
        for good in (self.short)(&shown).into_iter().chain([shown.as_str()]) {
            kept.insert(good.to_owned(), token.to_owned());
        }
        shown
    }
}

impl Rewrite for Looks {
    fn request(&self, asked: &mut RequestMessage) {
        let bearer = asked
            .header("authorization")
            .and_then(|value| value.split_once(' '));
        if let Some((scheme, token)) = bearer {
            let value = format!("{scheme} {}", self.known(token));
            asked.set_header("authorization", Some(&value));
        }
        if let Some(challenge) = asked.text("totp_token") {
            *challenge = self.known(challenge);
        }
    }

    fn answer(&self, _: &RequestMessage, answer: &mut ResponseMessage) {
        for member in ["token", "totp_token"] {
            let value = answer.json.as_mut().and_then(|json| json.get_mut(member));
            if let Some(Value::String(text)) = value {
                *text = self.show(text);
            }
        }
    }
}
