//! Protected routes that let in whom they must not, or send them away wrongly.

use axum::http::StatusCode;

use crate::reference::behaviour::Action::{List, Login, Logout, Me, RevokeOne, RevokeOthers};
use crate::reference::behaviour::TokenFilter::{All, Any, During, EndedBy, Living, Named};
use crate::reference::behaviour::{ByAction, ClientType, Normalization};
use crate::selftest::Mutant;

const REFUSED: StatusCode = StatusCode::UNAUTHORIZED;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "auth.missing-token-403",
        "auth.requires-token",
        "A call without a token is refused with 403.",
        |server| server.behaviour.bearer.missing = ByAction::always(StatusCode::FORBIDDEN),
    ),
    Mutant::new(
        "auth.missing-token-redirects",
        "auth.requires-token",
        "The current user without a token is a redirect to a page for logging in.",
        |server| {
            server.behaviour.bearer.missing = ByAction {
                usually: REFUSED,
                but: &[(Me, StatusCode::FOUND)],
            };
        },
    ),
    Mutant::new(
        "auth.missing-token-may-log-out",
        "auth.requires-token",
        "Logging out without a token answers 204.",
        |server| {
            server.behaviour.bearer.missing = ByAction {
                usually: REFUSED,
                but: &[(Logout, StatusCode::NO_CONTENT)],
            };
        },
    ),
    Mutant::new(
        "auth.missing-token-revokes-nothing",
        "auth.requires-token",
        "Revoking without a token is refused with 404, whether others or one.",
        |server| {
            server.behaviour.bearer.missing = ByAction {
                usually: REFUSED,
                but: &[
                    (RevokeOne, StatusCode::NOT_FOUND),
                    (RevokeOthers, StatusCode::NOT_FOUND),
                ],
            };
        },
    ),
    Mutant::new(
        "auth.missing-token-is-the-newest-session",
        "auth.requires-token",
        "Without a token one is told who logged in last.",
        |server| server.behaviour.bearer.nothing_is_enough = &[Me],
    ),
    Mutant::new(
        "auth.missing-token-lists-the-newest-session",
        "auth.requires-token",
        "Without a token one sees the tokens of who logged in last.",
        |server| server.behaviour.bearer.nothing_is_enough = &[List],
    ),
    Mutant::new(
        "auth.missing-token-revokes-one",
        "auth.requires-token",
        "Without a token one revokes the tokens of who logged in last.",
        |server| server.behaviour.bearer.nothing_is_enough = &[RevokeOne],
    ),
    Mutant::new(
        "auth.secret-is-not-compared",
        "auth.rejects-garbage-token",
        "The id of a token is enough, whatever its secret.",
        |server| {
            server.behaviour.bearer.id_is_enough = &[Me, List, Logout, RevokeOne, RevokeOthers];
        },
    ),
    Mutant::new(
        "auth.secret-is-not-compared-for-list",
        "auth.rejects-garbage-token",
        "The id of a token is enough to list the tokens.",
        |server| server.behaviour.bearer.id_is_enough = &[List],
    ),
    Mutant::new(
        "auth.secret-is-not-compared-for-revoking",
        "auth.rejects-garbage-token",
        "The id of a token is enough to revoke another.",
        |server| server.behaviour.bearer.id_is_enough = &[RevokeOne],
    ),
    Mutant::new(
        "auth.secret-is-not-compared-for-revoking-others",
        "auth.rejects-garbage-token",
        "The id of a token is enough to revoke all others.",
        |server| server.behaviour.bearer.id_is_enough = &[RevokeOthers],
    ),
    Mutant::new(
        "auth.secret-is-not-compared-for-logout",
        "auth.rejects-garbage-token",
        "The id of a token is enough to log out.",
        |server| server.behaviour.bearer.id_is_enough = &[Logout],
    ),
    Mutant::new(
        "auth.half-a-secret",
        "auth.rejects-garbage-token",
        "Only the first half of a secret counts.",
        |server| server.behaviour.bearer.compares = Normalization::FirstChars(20),
    ),
    Mutant::new(
        "auth.secret-but-for-its-end",
        "auth.rejects-garbage-token",
        "The last character of a secret does not count, nor does what follows.",
        |server| server.behaviour.bearer.compares = Normalization::FirstChars(39),
    ),
    Mutant::new(
        "auth.secret-and-what-follows",
        "auth.rejects-garbage-token",
        "What follows a right secret does not count.",
        |server| server.behaviour.bearer.compares = Normalization::FirstChars(40),
    ),
    Mutant::new(
        "auth.any-case-of-secret",
        "auth.rejects-garbage-token",
        "A secret is right in any letter case.",
        |server| server.behaviour.bearer.compares = Normalization::Lowercase,
    ),
    Mutant::new(
        "auth.garbage-token-400",
        "auth.rejects-garbage-token",
        "A token that was never issued is refused with 400.",
        |server| server.behaviour.bearer.unknown = ByAction::always(StatusCode::BAD_REQUEST),
    ),
    Mutant::new(
        "auth.dead-token-lists",
        "auth.rejects-dead-token",
        "A dead token still lists the tokens.",
        |server| server.behaviour.bearer.valid = Any(&[Living, During(List)]),
    ),
    Mutant::new(
        "auth.dead-token-revokes-one",
        "auth.rejects-dead-token",
        "A dead token still revokes another.",
        |server| server.behaviour.bearer.valid = Any(&[Living, During(RevokeOne)]),
    ),
    Mutant::new(
        "auth.dead-token-revokes-others",
        "auth.rejects-dead-token",
        "A dead token still revokes all others.",
        |server| server.behaviour.bearer.valid = Any(&[Living, During(RevokeOthers)]),
    ),
    Mutant::new(
        "auth.dead-token-logs-out",
        "auth.rejects-dead-token",
        "Logging out with a dead token answers 204.",
        |server| server.behaviour.bearer.valid = Any(&[Living, During(Logout)]),
    ),
    Mutant::new(
        "auth.logged-out-token-lists",
        "auth.rejects-dead-token",
        "A token that was logged out still lists the tokens.",
        |server| {
            server.behaviour.bearer.valid = Any(&[Living, All(&[During(List), EndedBy(Logout)])]);
        },
    ),
    Mutant::new(
        "auth.replaced-token-lists",
        "auth.rejects-dead-token",
        "A token that a later login ended still lists the tokens.",
        |server| {
            server.behaviour.bearer.valid = Any(&[Living, All(&[During(List), EndedBy(Login)])]);
        },
    ),
    Mutant::new(
        "auth.revoked-token-lists",
        "auth.rejects-dead-token",
        "A token that was revoked by its id still lists the tokens.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(List), EndedBy(RevokeOne)])]);
        },
    ),
    Mutant::new(
        "auth.revoked-token-logs-out",
        "auth.rejects-dead-token",
        "Logging out with a token that was revoked by its id answers 204.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(Logout), EndedBy(RevokeOne)])]);
        },
    ),
    Mutant::new(
        "auth.replaced-token-logs-out",
        "auth.rejects-dead-token",
        "Logging out with a token that a later login ended answers 204.",
        |server| {
            server.behaviour.bearer.valid = Any(&[Living, All(&[During(Logout), EndedBy(Login)])]);
        },
    ),
    Mutant::new(
        "auth.replaced-token-revokes-one",
        "auth.rejects-dead-token",
        "A token that a later login ended still revokes another.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(RevokeOne), EndedBy(Login)])]);
        },
    ),
    Mutant::new(
        "auth.replaced-token-revokes-others",
        "auth.rejects-dead-token",
        "A token that a later login ended still revokes all others.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(RevokeOthers), EndedBy(Login)])]);
        },
    ),
    Mutant::new(
        "auth.logged-out-token-logs-out",
        "auth.rejects-dead-token",
        "Logging out a second time answers 204.",
        |server| {
            server.behaviour.bearer.valid = Any(&[Living, All(&[During(Logout), EndedBy(Logout)])]);
        },
    ),
    Mutant::new(
        "auth.logged-out-token-revokes-one",
        "auth.rejects-dead-token",
        "A token that was logged out still revokes another.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(RevokeOne), EndedBy(Logout)])]);
        },
    ),
    Mutant::new(
        "auth.logged-out-token-revokes-others",
        "auth.rejects-dead-token",
        "A token that was logged out still revokes all others.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(RevokeOthers), EndedBy(Logout)])]);
        },
    ),
    Mutant::new(
        "auth.revoked-token-revokes-others",
        "auth.rejects-dead-token",
        "A token that was revoked by its id still revokes all others.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(RevokeOthers), EndedBy(RevokeOne)])]);
        },
    ),
    Mutant::new(
        "auth.token-revoked-with-others-revokes-one",
        "auth.rejects-dead-token",
        "A token that was revoked with all others still revokes another.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(RevokeOne), EndedBy(RevokeOthers)])]);
        },
    ),
    Mutant::new(
        "auth.dead-cli-token-revokes-others",
        "auth.rejects-dead-token",
        "A dead cli token still revokes all others.",
        |server| {
            server.behaviour.bearer.valid =
                Any(&[Living, All(&[During(RevokeOthers), Named(ClientType::Cli)])]);
        },
    ),
    Mutant::new(
        "auth.dead-token-403",
        "auth.rejects-dead-token",
        "A dead token is refused with 403, but for the current user.",
        |server| {
            server.behaviour.bearer.ended = ByAction {
                usually: StatusCode::FORBIDDEN,
                but: &[(Me, REFUSED)],
            };
        },
    ),
    Mutant::new(
        "auth.dead-token-lists-nothing",
        "auth.rejects-dead-token",
        "A dead token lists no tokens, but with 200.",
        |server| {
            server.behaviour.bearer.ended = ByAction {
                usually: REFUSED,
                but: &[(List, StatusCode::OK)],
            };
        },
    ),
];
