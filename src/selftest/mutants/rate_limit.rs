//! Limits that are missing, or that count the wrong thing.

use std::time::Duration;

use axum::http::StatusCode;

use crate::reference::behaviour::{CountedAttempts, ToldApartBy};
use crate::reference::{Limits, Quota};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "rate-limit.is-missing",
        "rate-limit.login",
        "Logins are not limited.",
        |server| server.limits = Limits::off(),
    ),
    Mutant::new(
        "rate-limit.allows-four-hundred",
        "rate-limit.login",
        "Four hundred logins a minute are allowed.",
        |server| {
            server.limits.per_account = Some(Quota::a_minute(400));
        },
    ),
    Mutant::new(
        "rate-limit.allows-a-thousand-an-hour",
        "rate-limit.login",
        "A thousand logins an hour are allowed.",
        |server| {
            server.limits.per_account = Some(Quota {
                attempts: 1000,
                window: Duration::from_hours(1),
                lockout: None,
            });
        },
    ),
    Mutant::new(
        "rate-limit.answers-403",
        "rate-limit.login",
        "Too many logins are refused with 403.",
        |server| server.behaviour.statuses.throttled = StatusCode::FORBIDDEN,
    ),
    Mutant::new(
        "rate-limit.answers-423",
        "rate-limit.login",
        "Too many logins are refused with 423, as locked.",
        |server| server.behaviour.statuses.throttled = StatusCode::LOCKED,
    ),
    Mutant::new(
        "rate-limit.counts-unknown-emails",
        "rate-limit.login",
        "Only logins with an unknown e-mail count.",
        |server| server.behaviour.limiting.counts = CountedAttempts::UnknownEmails,
    ),
    Mutant::new(
        "rate-limit.counts-unknown-clients",
        "rate-limit.login",
        "Only logins without the client header count.",
        |server| server.behaviour.limiting.counts = CountedAttempts::UnknownClients,
    ),
    Mutant::new(
        "rate-limit.forgets-the-last-password",
        "rate-limit.login",
        "Only repetitions of the same password count.",
        |server| server.behaviour.limiting.told_apart_by = ToldApartBy::Password,
    ),
    Mutant::new(
        "rate-limit.tells-wrong-passwords",
        "rate-limit.login",
        "A wrong password is told to be wrong however many there were; only the right one meets a 429.",
        |server| server.behaviour.limiting.right_passwords_only = true,
    ),
];
