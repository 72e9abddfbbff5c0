//! Revoking one token, wrong.

use axum::http::StatusCode;

use crate::reference::behaviour::Action::{Code, Logout, Me, Register, RevokeOne};
use crate::reference::behaviour::ClientType::{Mobile, Web};
use crate::reference::behaviour::TokenFilter::{
    self, AccountKnows, All, Any, Chosen, Current, During, EndedBy, IssuedBy, Living, Named,
    Newest, Not, Oldest, Used,
};
use crate::selftest::Mutant;

const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "revoke.ends-nothing",
        "revoke.ends-token",
        "Revoking a token answers 204 and ends nothing.",
        |server| server.behaviour.sessions.revoke_one_ends = TokenFilter::NONE,
    ),
    Mutant::new(
        "revoke.ends-only-unused",
        "revoke.ends-token",
        "Revoking ends a token only if it was never used.",
        |server| {
            server.behaviour.sessions.revoke_one_ends = All(&[TokenFilter::CHOSEN, Not(&Used)]);
        },
    ),
    Mutant::new(
        "revoke.ends-only-used",
        "revoke.ends-token",
        "Revoking ends a token only if it was used.",
        |server| server.behaviour.sessions.revoke_one_ends = All(&[TokenFilter::CHOSEN, Used]),
    ),
    Mutant::new(
        "revoke.second-ends-nothing",
        "revoke.ends-token",
        "Only the first token that an account revokes is ended.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[TokenFilter::CHOSEN, Not(&AccountKnows(RevokeOne))]);
        },
    ),
    Mutant::new(
        "revoke.ends-nothing-after-logout",
        "revoke.ends-token",
        "Once an account has logged out, revoking one token ends nothing any more.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[TokenFilter::CHOSEN, Not(&AccountKnows(Logout))]);
        },
    ),
    Mutant::new(
        "revoke.spares-web",
        "revoke.ends-token",
        "Revoking a web token ends nothing.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[TokenFilter::CHOSEN, Not(&Named(Web))]);
        },
    ),
    Mutant::new(
        "revoke.spares-mobile-of-login",
        "revoke.ends-token",
        "Revoking a mobile token ends nothing, unless it came from registering.",
        |server| {
            server.behaviour.sessions.revoke_one_ends = All(&[
                TokenFilter::CHOSEN,
                Any(&[Not(&Named(Mobile)), IssuedBy(Register)]),
            ]);
        },
    ),
    Mutant::new(
        "revoke.spares-token-from-registering",
        "revoke.ends-token",
        "Revoking the token from registering ends nothing.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[TokenFilter::CHOSEN, Not(&IssuedBy(Register))]);
        },
    ),
    Mutant::new(
        "totp.revoking-spares-token-from-code",
        "totp.session-as-any",
        "Revoking a token that a second factor gave ends nothing.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[TokenFilter::CHOSEN, Not(&IssuedBy(Code))]);
        },
    ),
    Mutant::new(
        "revoke.answers-403",
        "revoke.ends-token",
        "Revoking a token ends it and answers 403.",
        |server| server.behaviour.statuses.revoked_one = StatusCode::FORBIDDEN,
    ),
    Mutant::new(
        "revoke.token-still-describes",
        "revoke.ends-token",
        "A token that was revoked still shows the current user.",
        |server| {
            server.behaviour.bearer.valid = Any(&[Living, All(&[During(Me), EndedBy(RevokeOne)])]);
        },
    ),
    Mutant::new(
        "revoke.ends-others-too",
        "revoke.spares-others",
        "Revoking a token ends all but the one that makes the call.",
        |server| server.behaviour.sessions.revoke_one_ends = TokenFilter::OTHERS,
    ),
    Mutant::new(
        "revoke.ends-caller-too",
        "revoke.spares-others",
        "Revoking a token ends the one that makes the call, too.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[TokenFilter::OWN, Any(&[Chosen, Current])]);
        },
    ),
    Mutant::new(
        "revoke.ends-unused-too",
        "revoke.spares-others",
        "Revoking a token ends those that were never used, too.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[TokenFilter::OWN, Any(&[Chosen, Not(&Used)])]);
        },
    ),
    Mutant::new(
        "revoke.ends-oldest-too",
        "revoke.spares-others",
        "Revoking a token ends the oldest of the account, too.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[TokenFilter::OWN, Any(&[Chosen, Oldest])]);
        },
    ),
    Mutant::new(
        "revoke.foreign-token-ends",
        "revoke.foreign-harmless",
        "A token of another account can be revoked.",
        |server| {
            server.behaviour.sessions.revoke_one_reaches = All(&[Living, Chosen]);
            server.behaviour.sessions.revoke_one_ends = All(&[Living, Chosen]);
        },
    ),
    Mutant::new(
        "revoke.foreign-token-is-refused-but-ends",
        "revoke.foreign-harmless",
        "A token of another account cannot be revoked, says the answer, but it has ended.",
        |server| server.behaviour.sessions.revoke_unknown_ends = All(&[Living, Chosen]),
    ),
    Mutant::new(
        "revoke.foreign-unused-token-ends",
        "revoke.foreign-harmless",
        "A token of another account has ended, whatever the answer says, if it was never used.",
        |server| {
            server.behaviour.sessions.revoke_unknown_ends = All(&[Living, Chosen, Not(&Used)]);
        },
    ),
    Mutant::new(
        "revoke.foreign-token-500",
        "revoke.foreign-harmless",
        "Revoking a token of another account is answered by 500.",
        |server| server.behaviour.statuses.foreign_token = BROKEN,
    ),
    Mutant::new(
        "revoke.unknown-token-500",
        "revoke.unknown-harmless",
        "Revoking an unknown token is answered by 500.",
        |server| server.behaviour.statuses.unknown_token = BROKEN,
    ),
    Mutant::new(
        "revoke.unknown-token-ends-newest",
        "revoke.unknown-harmless",
        "Revoking an unknown token ends the newest one.",
        |server| server.behaviour.sessions.revoke_unknown_ends = All(&[TokenFilter::OWN, Newest]),
    ),
    Mutant::new(
        "revoke.unknown-token-ends-oldest",
        "revoke.unknown-harmless",
        "Revoking an unknown token ends the oldest one.",
        |server| server.behaviour.sessions.revoke_unknown_ends = All(&[TokenFilter::OWN, Oldest]),
    ),
    Mutant::new(
        "revoke.unknown-token-ends-others",
        "revoke.unknown-harmless",
        "Revoking an unknown token ends all but the one that makes the call.",
        |server| server.behaviour.sessions.revoke_unknown_ends = TokenFilter::OTHERS,
    ),
    Mutant::new(
        "revoke.unknown-token-ends-current",
        "revoke.unknown-harmless",
        "Revoking an unknown token ends the one that makes the call.",
        |server| server.behaviour.sessions.revoke_unknown_ends = TokenFilter::CURRENT,
    ),
];
