//! Revoking the current token, which is refused, wrong.

use axum::http::StatusCode;

use crate::reference::behaviour::Action::{
    Code, Logout, RecoveryCode, RefusedRevocation, Register,
};
use crate::reference::behaviour::ClientType::{Cli, Mobile, Web};
use crate::reference::behaviour::TokenFilter::{
    self, All, Any, Current, During, EndedBy, IssuedBy, Living, Named, Newest, Not, Oldest,
};
use crate::reference::behaviour::{Edit, Normalization};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "revoke.revokes-current",
        "revoke.refuses-current",
        "A token can revoke itself.",
        |server| server.behaviour.sessions.refuses_to_revoke = TokenFilter::NONE,
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
        "revoke.revokes-current-web",
        "revoke.refuses-current",
        "A web token can revoke itself.",
        |server| {
            server.behaviour.sessions.refuses_to_revoke = All(&[Current, Not(&Named(Web))]);
        },
    ),
    Mutant::new(
        "totp.token-from-recovery-code-revokes-itself",
        "totp.session-as-any",
        "A token that a recovery code gave can revoke itself.",
        |server| {
            server.behaviour.sessions.refuses_to_revoke =
                All(&[Current, Not(&IssuedBy(RecoveryCode))]);
        },
    ),
    Mutant::new(
        "totp.token-from-code-revokes-itself",
        "totp.session-as-any",
        "A token that a code gave can revoke itself.",
        |server| {
            server.behaviour.sessions.refuses_to_revoke = All(&[Current, Not(&IssuedBy(Code))]);
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
        |server| server.behaviour.sessions.refuses_to_revoke = TokenFilter::SAME_NAME,
    )
    .equivalent_because("a conforming server has one session of each type: this refuses that one"),
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
                &[Edit::Part("/error", Normalization::Alphanumeric)];
        },
    ),
    Mutant::new(
        "revoke.refusal-ends-current",
        "revoke.current-survives",
        "The refusal to revoke the current token ends it all the same.",
        |server| server.behaviour.sessions.refusal_ends = TokenFilter::CURRENT,
    ),
    Mutant::new(
        "revoke.refusal-ends-current-mobile",
        "revoke.current-survives",
        "The refusal to revoke the current token ends it, if it is one of mobile.",
        |server| {
            server.behaviour.sessions.refusal_ends = All(&[TokenFilter::CURRENT, Named(Mobile)]);
        },
    ),
    Mutant::new(
        "revoke.refusal-forbids-logout",
        "revoke.logout-instead",
        "After the refusal to revoke it a mobile token does everything but log out.",
        |server| {
            server.behaviour.sessions.refusal_ends = All(&[TokenFilter::CURRENT, Named(Mobile)]);
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
            server.behaviour.sessions.refusal_ends = All(&[TokenFilter::CURRENT, Named(Mobile)]);
            server.behaviour.bearer.valid = Any(&[Living, EndedBy(RefusedRevocation)]);
        },
    ),
];
