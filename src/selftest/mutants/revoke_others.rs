//! Revoking all others, wrong.

use crate::reference::behaviour::Action::{Me, RecoveryCode, Register, RevokeOthers};
use crate::reference::behaviour::ClientType::{Cli, Mobile, Web};
use crate::reference::behaviour::TokenFilter::{
    self, AccountKnows, All, Any, Current, During, EndedBy, IssuedBy, Living, Named, Newest, Not,
    Oldest, Own, SameName, Used,
};
use crate::reference::behaviour::{Counts, Edit};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "revoke-others.ends-nothing",
        "revoke-others.ends-others",
        "Revoking all others ends nothing, and counts what it should have ended.",
        |server| {
            server.behaviour.bearer.valid = Any(&[Living, EndedBy(RevokeOthers)]);
        },
    ),
    Mutant::new(
        "revoke-others.spares-unused",
        "revoke-others.ends-others",
        "Revoking all others spares those that were never used.",
        |server| server.behaviour.sessions.revoke_others_ends = All(&[TokenFilter::OTHERS, Used]),
    ),
    Mutant::new(
        "revoke-others.spares-used",
        "revoke-others.ends-others",
        "Revoking all others spares those that were used.",
        |server| {
            server.behaviour.sessions.revoke_others_ends = All(&[TokenFilter::OTHERS, Not(&Used)]);
        },
    ),
    Mutant::new(
        "revoke-others.spares-oldest",
        "revoke-others.ends-others",
        "Revoking all others spares the oldest.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[TokenFilter::OTHERS, Not(&Oldest)]);
        },
    ),
    Mutant::new(
        "revoke-others.spares-newest",
        "revoke-others.ends-others",
        "Revoking all others spares the newest.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[TokenFilter::OTHERS, Not(&Newest)]);
        },
    ),
    Mutant::new(
        "revoke-others.spares-token-from-registering",
        "revoke-others.ends-others",
        "Revoking all others spares the token from registering.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[TokenFilter::OTHERS, Not(&IssuedBy(Register))]);
        },
    ),
    Mutant::new(
        "totp.revoking-others-spares-tokens-from-recovery-codes",
        "totp.session-as-any",
        "Revoking all others spares those that a recovery code gave.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[TokenFilter::OTHERS, Not(&IssuedBy(RecoveryCode))]);
        },
    ),
    Mutant::new(
        "revoke-others.spares-cli",
        "revoke-others.ends-others",
        "Revoking all others spares the cli.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[TokenFilter::OTHERS, Not(&Named(Cli))]);
        },
    ),
    Mutant::new(
        "revoke-others.spares-web",
        "revoke-others.ends-others",
        "Revoking all others spares the web.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[TokenFilter::OTHERS, Not(&Named(Web))]);
        },
    ),
    Mutant::new(
        "revoke-others.second-ends-nothing",
        "revoke-others.ends-others",
        "Only the first time that an account revokes all others ends them.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[TokenFilter::OTHERS, Not(&AccountKnows(RevokeOthers))]);
        },
    ),
    Mutant::new(
        "revoke-others.token-still-describes",
        "revoke-others.ends-others",
        "A token that was revoked as one of the others still shows the current user.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(Me), EndedBy(RevokeOthers)])]);
        },
    ),
    Mutant::new(
        "revoke-others.ends-caller",
        "revoke-others.spares-caller",
        "Revoking all others ends the token that makes the call, too.",
        |server| {
            server.behaviour.sessions.revoke_others_ends = TokenFilter::OWN;
        },
    ),
    Mutant::new(
        "totp.revoking-others-ends-caller-from-recovery-code",
        "totp.session-as-any",
        "Revoking all others ends the token that makes the call, too, if a recovery code gave it.",
        |server| {
            server.behaviour.sessions.revoke_others_ends = Any(&[
                TokenFilter::OTHERS,
                All(&[TokenFilter::CURRENT, IssuedBy(RecoveryCode)]),
            ]);
        },
    ),
    Mutant::new(
        "revoke-others.ends-mobile-caller",
        "revoke-others.spares-caller",
        "Revoking all others ends the token that makes the call, too, if it is one of mobile.",
        |server| {
            server.behaviour.sessions.revoke_others_ends = Any(&[
                TokenFilter::OTHERS,
                All(&[TokenFilter::CURRENT, Named(Mobile)]),
            ]);
        },
    ),
    Mutant::new(
        "revoke-others.ends-caller-uncounted",
        "revoke-others.spares-caller",
        "Revoking all others ends the token that makes the call, too, without counting it.",
        |server| {
            server.behaviour.bearer.valid = All(&[Living, Not(&AccountKnows(RevokeOthers))]);
        },
    ),
    Mutant::new(
        "revoke-others.counts-caller",
        "revoke-others.counts",
        "The number of revoked tokens is one too high.",
        |server| server.behaviour.sessions.counts = Counts::OneMore,
    ),
    Mutant::new(
        "revoke-others.counts-one",
        "revoke-others.counts",
        "The number of revoked tokens is never more than one.",
        |server| server.behaviour.sessions.counts = Counts::AtMostOne,
    ),
    Mutant::new(
        "revoke-others.counts-living",
        "revoke-others.counts",
        "The number is that of the tokens that are left.",
        |server| server.behaviour.sessions.counts = Counts::LivingTokens,
    ),
    Mutant::new(
        "revoke-others.counts-dead",
        "revoke-others.counts",
        "The number of revoked tokens has those in it that were dead before.",
        |server| server.behaviour.sessions.counts = Counts::IssuedTokens,
    ),
    Mutant::new(
        "revoke-others.count-is-text",
        "revoke-others.counts",
        "The number of revoked tokens is written as a text.",
        |server| {
            server.behaviour.bodies.revoked_others = &[Edit::Quoted("/revoked_count")];
        },
    ),
    Mutant::new(
        "revoke-others.count-by-another-name",
        "revoke-others.counts",
        "The number of revoked tokens has another name.",
        |server| {
            server.behaviour.bodies.revoked_others = &[
                Edit::Copy {
                    from: "/revoked_count",
                    to: "/count",
                },
                Edit::Drop("/revoked_count"),
            ];
        },
    ),
    Mutant::new(
        "revoke-others.ends-who-is-alone",
        "revoke-others.zero-when-alone",
        "Revoking all others ends the token that calls, and counts it, where there is no other.",
        |server| {
            server.behaviour.sessions.revoke_others_ends = Any(&[
                TokenFilter::OTHERS,
                All(&[TokenFilter::OWN, Newest, Oldest]),
            ]);
        },
    ),
    Mutant::new(
        "revoke-others.counts-at-least-one",
        "revoke-others.zero-when-alone",
        "The number of revoked tokens is at least one.",
        |server| server.behaviour.sessions.counts = Counts::AtLeastOne,
    ),
    Mutant::new(
        "revoke-others.counts-revoked-before",
        "revoke-others.counts",
        "Revoking all others counts those again that were revoked before.",
        |server| server.behaviour.sessions.counts = Counts::RevokedTokens,
    ),
    Mutant::new(
        "revoke-others.ends-everybodys",
        "revoke-others.spares-other-accounts",
        "Revoking all others ends the tokens of all accounts.",
        |server| {
            server.behaviour.sessions.revoke_others_ends = All(&[Living, Not(&Current)]);
        },
    ),
    Mutant::new(
        "revoke-others.ends-type-of-everybody",
        "revoke-others.spares-other-accounts",
        "Revoking all others ends the tokens of its type of all accounts.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[Living, Not(&Current), Any(&[Own, SameName])]);
        },
    ),
    Mutant::new(
        "revoke-others.ends-unused-of-everybody",
        "revoke-others.spares-other-accounts",
        "Revoking all others ends the tokens of all accounts that were never used.",
        |server| {
            server.behaviour.sessions.revoke_others_ends =
                All(&[Living, Not(&Current), Any(&[Own, Not(&Used)])]);
        },
    ),
];
