//! Registering that goes wrong where it succeeds.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::Timestamp;

use crate::reference::RunningClock;
use crate::reference::behaviour::Action::{List, Logout, Register, RevokeOne, RevokeOthers};
use crate::reference::behaviour::TokenFilter::{
    AccountKnows, All, During, IssuedBy, Living, Not, Own,
};
use crate::reference::behaviour::{Action, Edit, Normalization, TrialPeriod};
use crate::selftest::Mutant;

const JANUARY: Timestamp = Timestamp::constant(1_767_571_200, 0);

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "register.answers-200",
        "register.created",
        "A registration is answered by 200.",
        |server| server.behaviour.statuses.registered = StatusCode::OK,
    ),
    Mutant::new(
        "register.user-without-id",
        "register.created",
        "The answer to a registration has no id of the user.",
        |server| server.behaviour.bodies.registered = &[Edit::Drop("/user/id")],
    ),
    Mutant::new(
        "register.without-trial-end",
        "register.created",
        "The answer to a registration does not tell when the trial ends.",
        |server| server.behaviour.bodies.registered = &[Edit::Drop("/user/trial_ends_at")],
    ),
    Mutant::new(
        "register.wrapped-user",
        "register.created",
        "The answer to a registration has the user inside of `data`.",
        |server| {
            server.behaviour.bodies.registered = &[
                Edit::Copy {
                    from: "/user",
                    to: "/data",
                },
                Edit::Drop("/user"),
            ];
        },
    ),
    Mutant::new(
        "register.trial-end-in-seconds",
        "register.created",
        "The answer to a registration writes the end of the trial in seconds since 1970.",
        |server| server.behaviour.bodies.registered = &[Edit::Number("/user/trial_ends_at")],
    ),
    Mutant::new(
        "register.echoes-first-name",
        "register.echoes-identity",
        "The answer to a registration has only the first word of the name.",
        |server| {
            server.behaviour.bodies.registered =
                &[Edit::Part("/user/name", Normalization::FirstWord)];
        },
    ),
    Mutant::new(
        "register.echoes-name-in-lower-case",
        "register.echoes-identity",
        "The answer to a registration has the name in lower case.",
        |server| {
            server.behaviour.bodies.registered =
                &[Edit::Part("/user/name", Normalization::Lowercase)];
        },
    ),
    Mutant::new(
        "register.echoes-name-in-ascii",
        "register.echoes-identity",
        "Letters with an accent in a name come back as question marks.",
        |server| {
            server.behaviour.bodies.registered = &[Edit::Part("/user/name", Normalization::Ascii)];
        },
    ),
    Mutant::new(
        "register.echoes-20-characters-of-a-name",
        "register.echoes-identity",
        "Of a name the first 20 characters come back.",
        |server| {
            server.behaviour.bodies.registered =
                &[Edit::Part("/user/name", Normalization::FirstChars(20))];
        },
    ),
    Mutant::new(
        "register.echoes-name-as-email",
        "register.echoes-identity",
        "The answer to a registration has the name in the place of the e-mail.",
        |server| {
            server.behaviour.bodies.registered = &[Edit::Copy {
                from: "/user/name",
                to: "/user/email",
            }];
        },
    ),
    Mutant::new(
        "register.echoes-email-without-punctuation",
        "register.echoes-identity",
        "The answer to a registration has the e-mail without its punctuation.",
        |server| {
            server.behaviour.bodies.registered =
                &[Edit::Part("/user/email", Normalization::Alphanumeric)];
        },
    ),
    Mutant::new(
        "register.trial-of-29-days",
        "register.trial-30-days",
        "The trial ends after 29 days.",
        |server| server.behaviour.registration.trial = TrialPeriod::Days(29),
    ),
    Mutant::new(
        "register.trial-of-31-days",
        "register.trial-30-days",
        "The trial ends after 31 days.",
        |server| server.behaviour.registration.trial = TrialPeriod::Days(31),
    ),
    Mutant::new(
        "register.trial-of-14-days",
        "register.trial-30-days",
        "The trial ends after two weeks.",
        |server| server.behaviour.registration.trial = TrialPeriod::Days(14),
    ),
    Mutant::new(
        "register.trial-of-a-month",
        "register.trial-30-days",
        "The trial ends after a calendar month, which in January has 31 days.",
        |server| {
            server.behaviour.registration.trial = TrialPeriod::ThisMonth;
            server.clock = Arc::new(RunningClock::starting_at(JANUARY));
        },
    ),
    Mutant::new(
        "register.trial-in-another-zone",
        "register.trial-30-days",
        "The trial ends 30 days and two hours later: local time, written as UTC.",
        |server| {
            server.behaviour.registration.trial = TrialPeriod::Seconds((30 * 24 + 2) * 60 * 60);
        },
    ),
    Mutant::new(
        "register.keeps-password-in-lower-case",
        "register.can-login",
        "A password is kept in lower case and compared as it is sent.",
        |server| server.behaviour.registration.password = Normalization::Lowercase,
    ),
    Mutant::new(
        "register.keeps-16-characters",
        "register.can-login",
        "Of a password only 16 characters are kept, but all are compared.",
        |server| server.behaviour.registration.password = Normalization::FirstChars(16),
    ),
    Mutant::new(
        "register.keeps-letters-and-digits",
        "register.can-login",
        "A password is cleaned of punctuation when it is kept, but not when it is compared.",
        |server| server.behaviour.registration.password = Normalization::Alphanumeric,
    ),
    Mutant::new(
        "register.no-login-after-logout",
        "register.can-login",
        "An account that has logged out once can never log in again.",
        |server| server.behaviour.login.shut_to = All(&[Own, AccountKnows(Logout)]),
    ),
    Mutant::new(
        "register.token-does-not-list",
        "register.token-works",
        "The token from registering does not list the tokens.",
        |server| {
            server.behaviour.bearer.valid =
                All(&[Living, Not(&All(&[IssuedBy(Register), During(List)]))]);
        },
    ),
    Mutant::new(
        "register.token-does-not-revoke",
        "register.token-works",
        "The token from registering revokes no token, not even to be told that it is its own.",
        |server| {
            server.behaviour.bearer.valid =
                All(&[Living, Not(&All(&[IssuedBy(Register), During(RevokeOne)]))]);
        },
    ),
    Mutant::new(
        "register.token-does-not-revoke-others",
        "register.token-works",
        "The token from registering does not revoke the others.",
        |server| {
            server.behaviour.bearer.valid = All(&[
                Living,
                Not(&All(&[IssuedBy(Register), During(RevokeOthers)])),
            ]);
        },
    ),
    Mutant::new(
        "register.token-does-not-log-out",
        "register.token-works",
        "The token from registering does not log out.",
        |server| {
            server.behaviour.bearer.valid =
                All(&[Living, Not(&All(&[IssuedBy(Register), During(Logout)]))]);
        },
    ),
    Mutant::new(
        "register.token-only-describes",
        "register.token-works",
        "The token from registering opens nothing but the current user.",
        |server| {
            server.behaviour.bearer.valid = All(&[
                Living,
                Not(&All(&[IssuedBy(Register), Not(&During(Action::Me))])),
            ]);
        },
    ),
];
