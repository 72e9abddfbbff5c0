//! How strict the second factor is, and with what status it asks and refuses.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use serde_json::Value;

use crate::reference::behaviour::{AcceptedRecoveryCodes, Status};
use crate::selftest::message::{RequestMessage, ResponseMessage};
use crate::selftest::variant::Variant;
use crate::selftest::wire::Rewrite;

pub(super) const RULES: &[Variant] = &[
    // A single wrong answer ends a challenge.
    Variant::new("second-factor-rules.one-attempt", |server| {
        server.settings.behaviour.second_factor.challenge_attempts = Some(1);
    }),
    // A challenge can be answered for 45 seconds.
    Variant::new("second-factor-rules.short-challenges", |server| {
        server.settings.behaviour.second_factor.challenge_seconds = 45;
    })
    // A challenge does not say for how long it can be answered.
    .unseen(),
    // A new challenge ends the one before it.
    Variant::new("second-factor-rules.latest-challenge", |server| {
        server.wire().rewrite(Latest::default());
    }),
    // A recovery code in capitals is a wrong one.
    Variant::new("second-factor-rules.recovery-codes-as-given", |server| {
        let rules = &mut server.settings.behaviour.second_factor;
        rules.recovery_codes = AcceptedRecoveryCodes::WithoutCapitals;
    })
    // Nobody sends one in capitals by default.
    .unseen(),
    // A code works for a minute and as often as it is sent, and so does a challenge.
    Variant::new("second-factor-rules.lenient", |server| {
        let rules = &mut server.settings.behaviour.second_factor;
        rules.window_steps = 2;
        rules.code_once = false;
        rules.challenge_once = false;
        rules.challenge_attempts = None;
    })
    // The documentation does not say how often a code or a challenge works.
    .failing(&["hardening.totp-code-once", "hardening.challenge-once"]),
];

/// Forgets all challenges but the latest of each e-mail.
#[derive(Default)]
struct Latest {
    by_email: Mutex<HashMap<String, String>>,
}

impl Rewrite for Latest {
    fn request(&self, asked: &mut RequestMessage) {
        let known = self.by_email.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(challenge) = asked.text("totp_token")
            && !known.values().any(|latest| latest == challenge)
        {
            challenge.push_str(" (ended)");
        }
    }

    fn answer(&self, call: &RequestMessage, answer: &mut ResponseMessage) {
        let text = |body: &Option<Value>, member| {
            let value = body.as_ref()?.get(member)?;
            value.as_str().map(str::to_owned)
        };
        let email = text(&call.json, "email");
        if let Some((email, challenge)) = email.zip(text(&answer.json, "totp_token")) {
            let mut known = self.by_email.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(email, challenge);
        }
    }
}

pub(super) const CHALLENGES: &[Variant] = &[
    // A challenge is answered with 202.
    Variant::new("challenges.accepted", |server| {
        server.settings.behaviour.statuses.challenged = Status(StatusCode::ACCEPTED);
    }),
];

pub(super) const REFUSALS: &[Variant] = &[
    // Wrong codes and unknown challenges are refused with 422.
    Variant::new("second-factor-refusals.unprocessable", |server| {
        let statuses = &mut server.settings.behaviour.statuses;
        statuses.wrong_code = Status(StatusCode::UNPROCESSABLE_ENTITY);
        statuses.unknown_challenge = Status(StatusCode::UNPROCESSABLE_ENTITY);
    }),
    // An unknown challenge is refused with 410.
    Variant::new("second-factor-refusals.gone", |server| {
        server.settings.behaviour.statuses.unknown_challenge = Status(StatusCode::GONE);
    }),
];
