//! The list of tokens, wrong.

use crate::reference::behaviour::Action::{
    Code, Login, Logout, RecoveryCode, Register, RevokeOne, RevokeOthers,
};
use crate::reference::behaviour::ClientType::{Cli, Mobile};
use crate::reference::behaviour::TokenFilter::{
    self, All, Any, Current, EndedBy, IssuedBy, Living, Named, Newest, Not, Oldest, Own, SameName,
    Used,
};
use crate::reference::behaviour::{CreatedAt, Edit, ListOrder, Normalization, Reveals};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "tokens.without-last-use",
        "tokens.described",
        "Tokens are listed without the time of last use.",
        |server| server.behaviour.bodies.token = &[Edit::Drop("/last_used_at")],
    ),
    Mutant::new(
        "tokens.without-creation",
        "tokens.described",
        "Tokens are listed without the time of creation.",
        |server| server.behaviour.bodies.token = &[Edit::Drop("/created_at")],
    ),
    Mutant::new(
        "tokens.id-is-text",
        "tokens.described",
        "The id of a token is listed as a text.",
        |server| server.behaviour.bodies.token = &[Edit::Quoted("/id")],
    ),
    Mutant::new(
        "tokens.current-is-a-number",
        "tokens.described",
        "The current flag is listed as 1 or 0.",
        |server| server.behaviour.bodies.token = &[Edit::Number("/is_current")],
    ),
    Mutant::new(
        "tokens.last-use-in-seconds",
        "tokens.described",
        "The time of last use is listed in seconds since 1970.",
        |server| server.behaviour.bodies.token = &[Edit::Number("/last_used_at")],
    ),
    Mutant::new(
        "tokens.last-use-is-a-date",
        "tokens.described",
        "Of the time of last use only the day is listed.",
        |server| {
            server.behaviour.bodies.token =
                &[Edit::Part("/last_used_at", Normalization::FirstChars(10))];
        },
    ),
    Mutant::new(
        "tokens.wrapped",
        "tokens.described",
        "The list stands inside of `data`.",
        |server| server.behaviour.bodies.token_list = &[Edit::Wrapped("data")],
    ),
    Mutant::new(
        "tokens.creation-is-now",
        "tokens.creation-time",
        "The time of creation is that of the list.",
        |server| server.behaviour.sessions.created_at = CreatedAt::Now,
    ),
    Mutant::new(
        "tokens.last-use-in-another-zone",
        "tokens.last-use",
        "The time of last use is that of a zone five and a half hours ahead.",
        |server| server.behaviour.bodies.token = &[Edit::Moved("/last_used_at", 19_800)],
    ),
    Mutant::new(
        "tokens.last-use-is-a-day-old",
        "tokens.last-use",
        "The time of last use is that of the day before.",
        |server| server.behaviour.bodies.token = &[Edit::Moved("/last_used_at", -86_400)],
    ),
    Mutant::new(
        "tokens.creation-is-last-use",
        "tokens.creation-time",
        "The time of creation is that of the last use.",
        |server| server.behaviour.sessions.created_at = CreatedAt::LastUse,
    ),
    Mutant::new(
        "tokens.creation-is-registration",
        "tokens.creation-time",
        "The time of creation is that of the account.",
        |server| server.behaviour.sessions.created_at = CreatedAt::Registration,
    ),
    Mutant::new(
        "tokens.creation-in-another-zone",
        "tokens.creation-time",
        "The time of creation is local time, written as UTC.",
        |server| {
            server.behaviour.bodies.token = &[Edit::Moved("/created_at", 2 * 60 * 60)];
        },
    ),
    Mutant::new(
        "tokens.lists-two",
        "tokens.lists-all",
        "The list ends after two tokens.",
        |server| server.behaviour.sessions.lists_at_most = Some(2),
    ),
    Mutant::new(
        "tokens.lists-three",
        "tokens.lists-all",
        "The list ends after three tokens.",
        |server| server.behaviour.sessions.lists_at_most = Some(3),
    )
    .equivalent_because(
        "a conforming server has one session of each type, and so never more than three",
    ),
    Mutant::new(
        "tokens.lists-own-type",
        "tokens.lists-all",
        "The list has only tokens of the type that makes the call.",
        |server| server.behaviour.sessions.lists = TokenFilter::SAME_NAME,
    ),
    Mutant::new(
        "tokens.lists-used",
        "tokens.lists-all",
        "The list has only tokens that have been used.",
        |server| server.behaviour.sessions.lists = All(&[TokenFilter::OWN, Used]),
    ),
    Mutant::new(
        "tokens.lists-logins",
        "tokens.lists-all",
        "The list does not have the token from registering.",
        |server| {
            server.behaviour.sessions.lists = All(&[TokenFilter::OWN, Not(&IssuedBy(Register))]);
        },
    ),
    Mutant::new(
        "tokens.lists-others",
        "tokens.lists-all",
        "The list does not have the token that makes the call.",
        |server| server.behaviour.sessions.lists = TokenFilter::OTHERS,
    ),
    Mutant::new(
        "tokens.lists-no-mobile",
        "tokens.lists-all",
        "The list does not have mobile tokens, unless one makes the call.",
        |server| {
            server.behaviour.sessions.lists = All(&[
                TokenFilter::OWN,
                Any(&[Current, Not(&Named(Mobile)), IssuedBy(Register)]),
            ]);
        },
    ),
    Mutant::new(
        "tokens.lists-dead",
        "tokens.drops-dead",
        "The list has the tokens that have ended, too.",
        |server| server.behaviour.sessions.lists = Own,
    ),
    Mutant::new(
        "tokens.lists-replaced",
        "tokens.drops-dead",
        "The list has the tokens that a login has ended, too.",
        |server| server.behaviour.sessions.lists = All(&[Own, Any(&[Living, EndedBy(Login)])]),
    ),
    Mutant::new(
        "tokens.lists-logged-out",
        "tokens.drops-dead",
        "The list has the tokens that were logged out, too.",
        |server| server.behaviour.sessions.lists = All(&[Own, Any(&[Living, EndedBy(Logout)])]),
    ),
    Mutant::new(
        "tokens.lists-revoked",
        "tokens.drops-dead",
        "The list has the tokens that were revoked one by one, too.",
        |server| {
            server.behaviour.sessions.lists = All(&[Own, Any(&[Living, EndedBy(RevokeOne)])]);
        },
    ),
    Mutant::new(
        "tokens.lists-revoked-others",
        "tokens.drops-dead",
        "The list has the tokens that were revoked as others, too.",
        |server| {
            server.behaviour.sessions.lists = All(&[Own, Any(&[Living, EndedBy(RevokeOthers)])]);
        },
    ),
    Mutant::new(
        "tokens.lists-everybodys",
        "tokens.own-only",
        "The list has the tokens of all accounts.",
        |server| server.behaviour.sessions.lists = Living,
    ),
    Mutant::new(
        "tokens.lists-type-of-everybody",
        "tokens.own-only",
        "The list has the tokens of its type of all accounts.",
        |server| server.behaviour.sessions.lists = All(&[Living, Any(&[Own, SameName])]),
    ),
    Mutant::new(
        "tokens.lists-unused-of-everybody",
        "tokens.own-only",
        "The list has the tokens of all accounts that were never used.",
        |server| server.behaviour.sessions.lists = All(&[Living, Any(&[Own, Not(&Used)])]),
    ),
    Mutant::new(
        "tokens.oldest-first",
        "tokens.newest-first",
        "The list begins with the oldest token.",
        |server| server.behaviour.sessions.order = ListOrder::OldestFirst,
    ),
    Mutant::new(
        "tokens.last-used-first",
        "tokens.newest-first",
        "The list begins with the token that was used last.",
        |server| server.behaviour.sessions.order = ListOrder::LastUsedFirst,
    ),
    Mutant::new(
        "tokens.current-first",
        "tokens.newest-first",
        "The list begins with the token that makes the call.",
        |server| server.behaviour.sessions.order = ListOrder::CurrentFirst,
    ),
    Mutant::new(
        "tokens.by-name",
        "tokens.newest-first",
        "The list is ordered by name.",
        |server| server.behaviour.sessions.order = ListOrder::Name,
    ),
    Mutant::new(
        "tokens.by-id",
        "tokens.newest-first",
        "The list is ordered by id, the highest first.",
        |server| server.behaviour.sessions.order = ListOrder::HighestIdFirst,
    )
    .equivalent_because("ids are given in the order of creation"),
    Mutant::new(
        "tokens.marks-none",
        "tokens.marks-current",
        "No token is marked as current.",
        |server| server.behaviour.sessions.marks = TokenFilter::NONE,
    ),
    Mutant::new(
        "tokens.marks-all",
        "tokens.marks-current",
        "Every token is marked as current.",
        |server| server.behaviour.sessions.marks = Living,
    ),
    Mutant::new(
        "tokens.marks-newest",
        "tokens.marks-current",
        "The newest token is marked as current.",
        |server| server.behaviour.sessions.marks = Newest,
    ),
    Mutant::new(
        "tokens.marks-oldest",
        "tokens.marks-current",
        "The oldest token is marked as current.",
        |server| server.behaviour.sessions.marks = Oldest,
    ),
    Mutant::new(
        "tokens.marks-used",
        "tokens.marks-current",
        "Every token that has been used is marked as current.",
        |server| server.behaviour.sessions.marks = Used,
    ),
    Mutant::new(
        "tokens.marks-not-mobile",
        "tokens.marks-current",
        "A mobile token is never marked as current.",
        |server| server.behaviour.sessions.marks = All(&[Current, Not(&Named(Mobile))]),
    ),
    Mutant::new(
        "tokens.marks-not-cli",
        "tokens.marks-current",
        "A cli token is never marked as current.",
        |server| server.behaviour.sessions.marks = All(&[Current, Not(&Named(Cli))]),
    ),
    Mutant::new(
        "totp.marks-not-from-recovery-code",
        "totp.session-as-any",
        "A token that a recovery code gave is never marked as current.",
        |server| server.behaviour.sessions.marks = All(&[Current, Not(&IssuedBy(RecoveryCode))]),
    ),
    Mutant::new(
        "totp.marks-not-from-code",
        "totp.session-as-any",
        "A token that a code gave is never marked as current.",
        |server| {
            server.behaviour.sessions.marks = All(&[Current, Not(&IssuedBy(Code))]);
        },
    ),
    Mutant::new(
        "tokens.marks-not-from-registering",
        "tokens.marks-current",
        "The token from registering is never marked as current.",
        |server| {
            server.behaviour.sessions.marks = All(&[Current, Not(&IssuedBy(Register))]);
        },
    ),
    Mutant::new(
        "tokens.marks-also-from-registering",
        "tokens.marks-current",
        "The token from registering is always marked as current, too.",
        |server| {
            server.behaviour.sessions.marks = Any(&[Current, IssuedBy(Register)]);
        },
    ),
    Mutant::new(
        "tokens.marks-type",
        "tokens.marks-current",
        "Every token of the type that makes the call is marked as current.",
        |server| server.behaviour.sessions.marks = SameName,
    )
    .equivalent_because("a conforming server has one session of each type: this marks that one"),
    Mutant::new(
        "tokens.shows-digest",
        "tokens.no-secrets",
        "The list shows the SHA-256 of every secret.",
        |server| server.behaviour.sessions.reveals = Reveals::Digest,
    ),
    Mutant::new(
        "tokens.shows-calling-token",
        "tokens.no-secrets",
        "The list shows the token that makes the call.",
        |server| server.behaviour.sessions.reveals = Reveals::CallingToken,
    ),
];
