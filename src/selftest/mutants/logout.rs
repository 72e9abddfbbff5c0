//! Logging out that goes wrong.

use axum::http::StatusCode;

use crate::reference::behaviour::Action::{Logout, Me, RecoveryCode, Register};
use crate::reference::behaviour::ClientType::{Cli, Mobile, Web};
use crate::reference::behaviour::TokenFilter::{
    self, AccountKnows, All, Any, Current, During, EndedBy, IssuedBy, Living, Named, Newest, Not,
    Oldest, SameName, Used,
};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "logout.answers-200",
        "logout.no-content",
        "Logging out answers 200.",
        |server| server.behaviour.statuses.logged_out = StatusCode::OK,
    ),
    Mutant::new(
        "logout.answers-205",
        "logout.no-content",
        "Logging out answers 205.",
        |server| server.behaviour.statuses.logged_out = StatusCode::RESET_CONTENT,
    ),
    Mutant::new(
        "logout.ends-nothing",
        "logout.ends-token",
        "Logging out ends nothing.",
        |server| server.behaviour.sessions.logout_ends = TokenFilter::NONE,
    ),
    Mutant::new(
        "logout.ends-nothing-for-cli",
        "logout.ends-token",
        "Logging out as cli ends nothing.",
        |server| {
            server.behaviour.sessions.logout_ends = All(&[TokenFilter::CURRENT, Not(&Named(Cli))]);
        },
    ),
    Mutant::new(
        "logout.ends-nothing-for-mobile",
        "logout.ends-token",
        "Logging out as mobile ends nothing, where a login opened the session.",
        |server| {
            server.behaviour.sessions.logout_ends = All(&[
                TokenFilter::CURRENT,
                Any(&[Not(&Named(Mobile)), IssuedBy(Register)]),
            ]);
        },
    ),
    Mutant::new(
        "logout.ends-nothing-for-web",
        "logout.ends-token",
        "Logging out as web ends nothing.",
        |server| {
            server.behaviour.sessions.logout_ends = All(&[TokenFilter::CURRENT, Not(&Named(Web))]);
        },
    ),
    Mutant::new(
        "totp.logout-spares-tokens-from-recovery-codes",
        "totp.session-as-any",
        "Logging out does not end a token that a recovery code gave.",
        |server| {
            server.behaviour.sessions.logout_ends =
                All(&[TokenFilter::CURRENT, Not(&IssuedBy(RecoveryCode))]);
        },
    ),
    Mutant::new(
        "logout.spares-token-from-registering",
        "logout.ends-token",
        "Logging out does not end the token from registering.",
        |server| {
            server.behaviour.sessions.logout_ends =
                All(&[TokenFilter::CURRENT, Not(&IssuedBy(Register))]);
        },
    ),
    Mutant::new(
        "logout.second-ends-nothing",
        "logout.ends-token",
        "The second time that an account logs out ends nothing.",
        |server| {
            server.behaviour.sessions.logout_ends =
                All(&[TokenFilter::CURRENT, Not(&AccountKnows(Logout))]);
        },
    ),
    Mutant::new(
        "logout.token-still-describes",
        "logout.ends-token",
        "A token that was logged out still shows the current user.",
        |server| {
            server.behaviour.bearer.valid = Any(&[Living, All(&[During(Me), EndedBy(Logout)])]);
        },
    ),
    Mutant::new(
        "logout.ends-all",
        "logout.spares-others",
        "Logging out ends all sessions of the account.",
        |server| server.behaviour.sessions.logout_ends = TokenFilter::OWN,
    ),
    Mutant::new(
        "logout.ends-type-of-everybody",
        "logout.spares-others",
        "Logging out ends the sessions of its type of all accounts.",
        |server| server.behaviour.sessions.logout_ends = All(&[Living, SameName]),
    ),
    Mutant::new(
        "logout.ends-oldest-too",
        "logout.spares-others",
        "Logging out ends the oldest session, too.",
        |server| {
            server.behaviour.sessions.logout_ends =
                All(&[TokenFilter::OWN, Any(&[Current, Oldest])]);
        },
    ),
    Mutant::new(
        "logout.ends-newest-too",
        "logout.spares-others",
        "Logging out ends the newest session, too.",
        |server| {
            server.behaviour.sessions.logout_ends =
                All(&[TokenFilter::OWN, Any(&[Current, Newest])]);
        },
    ),
    Mutant::new(
        "logout.ends-unused-too",
        "logout.spares-others",
        "Logging out ends all sessions that were never used, too.",
        |server| {
            server.behaviour.sessions.logout_ends =
                All(&[TokenFilter::OWN, Any(&[Current, Not(&Used)])]);
        },
    ),
    Mutant::new(
        "logout.ends-type",
        "logout.spares-others",
        "Logging out ends all sessions of its type.",
        |server| server.behaviour.sessions.logout_ends = TokenFilter::SAME_NAME,
    )
    .equivalent_because("a conforming server has one session of each type: this ends that one"),
];
