//! Revoking one token, wrong.

use axum::http::StatusCode;

use crate::mutation::Mutant;
use crate::reference::behaviour::Action::{Logout, Me, RefusedRevocation, Register, RevokeOne};
use crate::reference::behaviour::ClientType::{Cli, Mobile};
use crate::reference::behaviour::Which::{
    self, AccountKnows, All, Any, Chosen, Current, During, EndedBy, IssuedBy, Living, Named,
    Newest, Not, Oldest, Used,
};
use crate::reference::behaviour::{Edit, Kept};

const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "revoke.ends-nothing",
        "revoke.ends-token",
        "Revoking a token answers 204 and ends nothing.",
        |server| server.behaviour.sessions.revoke_one_ends = Which::NONE,
    ),
    Mutant::new(
        "revoke.ends-only-unused",
        "revoke.ends-token",
        "Revoking ends a token only if it was never used.",
        |server| {
            server.behaviour.sessions.revoke_one_ends = All(&[Which::CHOSEN, Not(&Used)]);
        },
    ),
    Mutant::new(
        "revoke.ends-only-used",
        "revoke.ends-token",
        "Revoking ends a token only if it was used.",
        |server| server.behaviour.sessions.revoke_one_ends = All(&[Which::CHOSEN, Used]),
    ),
    Mutant::new(
        "revoke.second-ends-nothing",
        "revoke.ends-token",
        "Only the first token that an account revokes is ended.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[Which::CHOSEN, Not(&AccountKnows(RevokeOne))]);
        },
    ),
    Mutant::new(
        "revoke.ends-nothing-after-logout",
        "revoke.ends-token",
        "Once an account has logged out, revoking one token ends nothing any more.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[Which::CHOSEN, Not(&AccountKnows(Logout))]);
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
        |server| server.behaviour.sessions.revoke_one_ends = Which::OTHERS,
    ),
    Mutant::new(
        "revoke.ends-caller-too",
        "revoke.spares-others",
        "Revoking a token ends the one that makes the call, too.",
        |server| {
            server.behaviour.sessions.revoke_one_ends = All(&[Which::OWN, Any(&[Chosen, Current])]);
        },
    ),
    Mutant::new(
        "revoke.ends-unused-too",
        "revoke.spares-others",
        "Revoking a token ends those that were never used, too.",
        |server| {
            server.behaviour.sessions.revoke_one_ends =
                All(&[Which::OWN, Any(&[Chosen, Not(&Used)])]);
        },
    ),
    Mutant::new(
        "revoke.ends-oldest-too",
        "revoke.spares-others",
        "Revoking a token ends the oldest of the account, too.",
        |server| {
            server.behaviour.sessions.revoke_one_ends = All(&[Which::OWN, Any(&[Chosen, Oldest])]);
        },
    ),
    Mutant::new(
        "revoke.revokes-current",
        "revoke.refuses-current",
        "A token can revoke itself.",
        |server| server.behaviour.sessions.refuses_to_revoke = Which::NONE,
    ),
    Mutant::new(
        "revoke.refuses-current-with-409",
        "revoke.refuses-current",
        "A token that revokes itself is refused with 409.",
        |server| server.behaviour.statuses.cannot_revoke_current = StatusCode::CONFLICT,
    ),
    Mutant::new(
        "revoke.refuses-current-with-403",
        "revoke.refuses-current",
        "A token that revokes itself is refused with 403.",
        |server| server.behaviour.statuses.cannot_revoke_current = StatusCode::FORBIDDEN,
    ),
    Mutant::new(
        "revoke.refuses-newest",
        "revoke.refuses-current",
        "The newest token cannot be revoked, instead of the one that makes the call.",
        |server| server.behaviour.sessions.refuses_to_revoke = Newest,
    ),
    Mutant::new(
        "revoke.refuses-oldest",
        "revoke.refuses-current",
        "The oldest token cannot be revoked, instead of the one that makes the call.",
        |server| server.behaviour.sessions.refuses_to_revoke = Oldest,
    ),
    Mutant::new(
        "revoke.revokes-current-cli",
        "revoke.refuses-current",
        "A cli token can revoke itself.",
        |server| {
            server.behaviour.sessions.refuses_to_revoke = All(&[Current, Not(&Named(Cli))]);
        },
    ),
    Mutant::new(
        "revoke.revokes-current-from-registering",
        "revoke.refuses-current",
        "The token from registering can revoke itself.",
        |server| {
            server.behaviour.sessions.refuses_to_revoke = All(&[Current, Not(&IssuedBy(Register))]);
        },
    ),
    Mutant::new(
        "revoke.refuses-type",
        "revoke.refuses-current",
        "Every token of the type that makes the call cannot be revoked.",
        |server| server.behaviour.sessions.refuses_to_revoke = Which::SAME_NAME,
    )
    .untold("a conforming server has one session of each type: this refuses that one"),
    Mutant::new(
        "revoke.gives-no-reason",
        "revoke.names-reason",
        "The refusal to revoke the current token has no word.",
        |server| server.behaviour.bodies.cannot_revoke_current = &[Edit::Drop("/error")],
    ),
    Mutant::new(
        "revoke.gives-another-reason",
        "revoke.names-reason",
        "The refusal to revoke the current token has another word.",
        |server| {
            server.behaviour.bodies.cannot_revoke_current =
                &[Edit::Text("/error", "current_token")];
        },
    ),
    Mutant::new(
        "revoke.spells-reason-without-underscores",
        "revoke.names-reason",
        "The word in the refusal to revoke the current token has no underscores.",
        |server| {
            server.behaviour.bodies.cannot_revoke_current =
                &[Edit::Part("/error", Kept::Alphanumeric)];
        },
    ),
    Mutant::new(
        "revoke.refusal-ends-current",
        "revoke.current-survives",
        "The refusal to revoke the current token ends it all the same.",
        |server| server.behaviour.sessions.refusal_ends = Which::CURRENT,
    ),
    Mutant::new(
        "revoke.refusal-ends-current-mobile",
        "revoke.current-survives",
        "The refusal to revoke the current token ends it, if it is one of mobile.",
        |server| {
            server.behaviour.sessions.refusal_ends = All(&[Which::CURRENT, Named(Mobile)]);
        },
    ),
    Mutant::new(
        "revoke.refusal-forbids-logout",
        "revoke.logout-instead",
        "After the refusal to revoke it a mobile token does everything but log out.",
        |server| {
            server.behaviour.sessions.refusal_ends = All(&[Which::CURRENT, Named(Mobile)]);
            server.behaviour.bearer.valid = Any(&[
                Living,
                All(&[EndedBy(RefusedRevocation), Not(&During(Logout))]),
            ]);
        },
    ),
    Mutant::new(
        "revoke.refusal-spoils-logout",
        "revoke.logout-instead",
        "After the refusal to revoke it a mobile token logs out, but lives on.",
        |server| {
            server.behaviour.sessions.refusal_ends = All(&[Which::CURRENT, Named(Mobile)]);
            server.behaviour.bearer.valid = Any(&[Living, EndedBy(RefusedRevocation)]);
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
        |server| server.behaviour.sessions.revoke_unknown_ends = All(&[Which::OWN, Newest]),
    ),
    Mutant::new(
        "revoke.unknown-token-ends-oldest",
        "revoke.unknown-harmless",
        "Revoking an unknown token ends the oldest one.",
        |server| server.behaviour.sessions.revoke_unknown_ends = All(&[Which::OWN, Oldest]),
    ),
    Mutant::new(
        "revoke.unknown-token-ends-others",
        "revoke.unknown-harmless",
        "Revoking an unknown token ends all but the one that makes the call.",
        |server| server.behaviour.sessions.revoke_unknown_ends = Which::OTHERS,
    ),
    Mutant::new(
        "revoke.unknown-token-ends-current",
        "revoke.unknown-harmless",
        "Revoking an unknown token ends the one that makes the call.",
        |server| server.behaviour.sessions.revoke_unknown_ends = Which::CURRENT,
    ),
];
