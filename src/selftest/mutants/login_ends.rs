//! Sessions that a login ends and must not, or does not and must.

use crate::reference::behaviour::Action::{Login, Logout, Register};
use crate::reference::behaviour::ClientType::{Cli, Mobile, Web};
use crate::reference::behaviour::TokenFilter::{
    self, AccountHasHad, AccountKnows, All, Any, BehindLiving, EndedBy, IssuedBy, Living, Named,
    Newest, Not, Oldest, Own, SameName, Used,
};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "login.ends-nothing",
        "login.ends-same-type",
        "A login ends no session.",
        |server| server.behaviour.login.ends = TokenFilter::NONE,
    ),
    Mutant::new(
        "login.ends-nothing-for-cli",
        "login.ends-same-type",
        "A login as cli leaves the earlier cli session alive.",
        |server| server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, Not(&Named(Cli))]),
    ),
    Mutant::new(
        "login.ends-nothing-for-mobile",
        "login.ends-same-type",
        "A login as mobile leaves the earlier mobile session alive.",
        |server| server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, Not(&Named(Mobile))]),
    ),
    Mutant::new(
        "login.ends-nothing-for-web",
        "login.ends-same-type",
        "A login as web leaves the earlier web session alive.",
        |server| server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, Not(&Named(Web))]),
    ),
    Mutant::new(
        "login.ends-only-used",
        "login.ends-same-type",
        "A login ends the earlier session of its type only if that was used.",
        |server| server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, Used]),
    ),
    Mutant::new(
        "login.ends-only-unused",
        "login.ends-same-type",
        "A login ends the earlier session of its type only if that was never used.",
        |server| server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, Not(&Used)]),
    ),
    Mutant::new(
        "login.ends-only-from-registering",
        "login.ends-same-type",
        "A login ends only the session from registering, if it has the same type.",
        |server| server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, IssuedBy(Register)]),
    ),
    Mutant::new(
        "login.fifth-ends-nothing",
        "login.ends-same-type",
        "From the fifth login of an account on, a login ends no session.",
        |server| {
            server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, Not(&MANY_LOGINS)]);
        },
    ),
    Mutant::new(
        "login.ends-all-but-the-newest",
        "login.ends-same-type",
        "A login ends the session of its type only if that is not the newest of the account.",
        |server| server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, Not(&Newest)]),
    ),
    Mutant::new(
        "login.ends-only-the-newest",
        "login.ends-same-type",
        "A login ends the session of its type only if that is the newest of the account.",
        |server| server.behaviour.login.ends = All(&[TokenFilter::SAME_NAME, Newest]),
    ),
    Mutant::new(
        "login.ended-token-still-describes",
        "login.ends-same-type",
        "A token that a login has ended still works if it was used before: it is in a cache.",
        |server| {
            server.behaviour.bearer.valid = Any(&[Living, All(&[EndedBy(Login), Used])]);
        },
    ),
    Mutant::new(
        "login.ends-nothing-after-logout",
        "login.ends-same-type",
        "Once an account has logged out, a login ends no session any more.",
        |server| {
            server.behaviour.login.ends =
                All(&[TokenFilter::SAME_NAME, Not(&AccountKnows(Logout))]);
        },
    ),
    Mutant::new(
        "login.ends-all",
        "login.spares-other-types",
        "A login ends all sessions of the account.",
        |server| server.behaviour.login.ends = TokenFilter::OWN,
    ),
    Mutant::new(
        "login.ends-web-too",
        "login.spares-other-types",
        "Every login ends the web session.",
        |server| {
            server.behaviour.login.ends = All(&[TokenFilter::OWN, Any(&[SameName, Named(Web)])]);
        },
    ),
    Mutant::new(
        "login.ends-cli-too",
        "login.spares-other-types",
        "Every login ends the cli session.",
        |server| {
            server.behaviour.login.ends = All(&[TokenFilter::OWN, Any(&[SameName, Named(Cli)])]);
        },
    ),
    Mutant::new(
        "login.ends-mobile-too",
        "login.spares-other-types",
        "Every login ends the mobile session.",
        |server| {
            server.behaviour.login.ends = All(&[TokenFilter::OWN, Any(&[SameName, Named(Mobile)])]);
        },
    ),
    Mutant::new(
        "login.ends-unused-too",
        "login.spares-other-types",
        "A login ends all sessions that were never used.",
        |server| {
            server.behaviour.login.ends = All(&[TokenFilter::OWN, Any(&[SameName, Not(&Used)])]);
        },
    ),
    Mutant::new(
        "login.ends-beyond-two",
        "login.spares-other-types",
        "A login ends all but the two latest sessions.",
        |server| {
            server.behaviour.login.ends =
                All(&[TokenFilter::OWN, Any(&[SameName, BehindLiving(2)])]);
        },
    ),
    Mutant::new(
        "login.ends-newest-too",
        "login.spares-other-types",
        "A login ends the newest session of the account, whatever its type.",
        |server| {
            server.behaviour.login.ends = All(&[
                TokenFilter::OWN,
                Any(&[SameName, All(&[Newest, IssuedBy(Login)])]),
            ]);
        },
    ),
    Mutant::new(
        "login.ends-oldest-too",
        "login.spares-other-types",
        "A login ends the oldest session of the account, whatever its type.",
        |server| {
            server.behaviour.login.ends = All(&[
                TokenFilter::OWN,
                Any(&[SameName, All(&[Oldest, IssuedBy(Login)])]),
            ]);
        },
    ),
    Mutant::new(
        "login.fifth-ends-all",
        "login.spares-other-types",
        "From the fifth login on, a login ends all sessions of the account.",
        |server| {
            server.behaviour.login.ends = All(&[TokenFilter::OWN, Any(&[SameName, MANY_LOGINS])]);
        },
    ),
    Mutant::new(
        "login.ends-type-of-everybody",
        "login.spares-other-accounts",
        "A login ends the sessions of its type of all accounts.",
        |server| server.behaviour.login.ends = All(&[Living, SameName]),
    ),
    Mutant::new(
        "login.ends-used-of-everybody",
        "login.spares-other-accounts",
        "A login ends the sessions of its type of all accounts that were used.",
        |server| {
            server.behaviour.login.ends = All(&[Living, SameName, Any(&[Own, Used])]);
        },
    ),
    Mutant::new(
        "login.ends-cli-of-everybody",
        "login.spares-other-accounts",
        "A login as cli ends the cli sessions of all accounts.",
        |server| {
            server.behaviour.login.ends = All(&[Living, SameName, Any(&[Own, Named(Cli)])]);
        },
    ),
    Mutant::new(
        "login.ends-web-of-everybody",
        "login.spares-other-accounts",
        "A login as web ends the web sessions of all accounts.",
        |server| {
            server.behaviour.login.ends = All(&[Living, SameName, Any(&[Own, Named(Web)])]);
        },
    ),
    Mutant::new(
        "login.ends-unused-of-everybody",
        "login.spares-other-accounts",
        "A login ends the sessions of its type of all accounts that were never used.",
        |server| {
            server.behaviour.login.ends = All(&[Living, SameName, Any(&[Own, Not(&Used)])]);
        },
    ),
    Mutant::new(
        "login.wrong-password-ends-same-type",
        "login.failure-ends-nothing",
        "A login with a wrong password ends the session of its type.",
        |server| server.behaviour.login.wrong_password_ends = TokenFilter::SAME_NAME,
    ),
    Mutant::new(
        "login.wrong-password-ends-all",
        "login.failure-ends-nothing",
        "A login with a wrong password ends all sessions of the account.",
        |server| server.behaviour.login.wrong_password_ends = TokenFilter::OWN,
    ),
    Mutant::new(
        "login.wrong-password-ends-unused",
        "login.failure-ends-nothing",
        "A login with a wrong password ends the sessions of the account that were never used.",
        |server| {
            server.behaviour.login.wrong_password_ends = All(&[TokenFilter::OWN, Not(&Used)]);
        },
    ),
    Mutant::new(
        "login.wrong-password-spoils-other-type",
        "login.failure-ends-nothing",
        "A login with a wrong password ends the sessions of other types.",
        |server| {
            server.behaviour.login.wrong_password_ends = All(&[TokenFilter::OWN, Not(&SameName)]);
        },
    ),
];

/// Whose account has had five tokens: that of registering and those of four logins.
const MANY_LOGINS: TokenFilter = AccountHasHad(5);
