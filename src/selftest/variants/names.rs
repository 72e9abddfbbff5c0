//! What tokens are named where the documentation does not say it, and how long the name of an account may be.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::reference::behaviour::{Naming, Normalization};
use crate::selftest::message::{ApiRoute, RequestMessage, ResponseMessage};
use crate::selftest::variant::Variant;
use crate::selftest::wire::Rewrite;

pub(super) const REGISTRATION: &[Variant] = &[
    // The token from registering is one of mobile, whatever the header says.
    Variant::new("registration.always-mobile", |server| {
        server.settings.behaviour.registration.naming = Naming::Fixed("mobile".to_owned());
    }),
    // The token from registering has a name that no login gives.
    Variant::new("registration.auth-token", |server| {
        server.settings.behaviour.registration.naming = Naming::Fixed("auth_token".to_owned());
    }),
];

pub(super) const OF_ACCOUNTS: &[Variant] = &[
    // A name of more than 30 characters is refused.
    Variant::new("account-names.at-most-30", |server| {
        server.settings.behaviour.registration.name_max_chars = 30;
    }),
    // Of a name the first 30 characters are kept.
    Variant::new("account-names.cut-at-30", |server| {
        server.settings.behaviour.registration.name = Normalization::FirstChars(30);
    }),
];

pub(super) const SECOND_FACTOR: &[Variant] = &[
    // The token after a second factor is named after the header of the call that gave the challenge.
    Variant::new("second-factor-naming.by-first-call", |server| {
        server.wire().rewrite(FirstHeader::default());
    }),
];

const CLIENT_HEADER: &str = "x-pionne-client";

/// Puts the header of the first call in place of that of the second.
#[derive(Default)]
struct FirstHeader {
    by_challenge: Mutex<HashMap<String, Option<String>>>,
}

impl Rewrite for FirstHeader {
    fn request(&self, asked: &mut RequestMessage) {
        if asked.operation != Some(ApiRoute::LoginTotp) {
            return;
        }
        let known = self
            .by_challenge
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first = asked
            .text("totp_token")
            .and_then(|challenge| known.get(challenge));
        if let Some(client) = first {
            asked.set_header(CLIENT_HEADER, client.as_deref());
        }
    }

    fn answer(&self, call: &RequestMessage, answer: &mut ResponseMessage) {
        let challenge = answer.json.as_ref().and_then(|json| json.get("totp_token"));
        if let Some(challenge) = challenge.and_then(|challenge| challenge.as_str()) {
            let mut known = self
                .by_challenge
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let client = call.header(CLIENT_HEADER).map(str::to_owned);
            known.insert(challenge.to_owned(), client);
        }
    }
}
