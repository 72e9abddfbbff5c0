//! Logging in that goes wrong, apart from the sessions that it ends.

use axum::http::StatusCode;

use crate::reference::behaviour::Action::{List, Login, Logout, Me, RevokeOne, RevokeOthers};
use crate::reference::behaviour::ClientType::{Cli, Mobile, Web};
use crate::reference::behaviour::TokenFilter::{
    All, During, IssuedBy, Living, Named, Not, Own, Used,
};
use crate::reference::behaviour::{
    AlsoRight, ClientType, Described, Edit, Naming, Normalization, UnknownEmail,
};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "login.answers-201",
        "login.succeeds",
        "A login is answered by 201.",
        |server| server.behaviour.statuses.logged_in = StatusCode::CREATED,
    ),
    Mutant::new(
        "login.without-user",
        "login.succeeds",
        "The answer to a login does not describe the user.",
        |server| server.behaviour.bodies.logged_in = &[Edit::Drop("/user")],
    ),
    Mutant::new(
        "login.user-without-name",
        "login.succeeds",
        "The user that a login describes has no name.",
        |server| server.behaviour.bodies.logged_in = &[Edit::Drop("/user/name")],
    ),
    Mutant::new(
        "login.user-id-is-null",
        "login.succeeds",
        "The user that a login describes has null for an id.",
        |server| server.behaviour.bodies.logged_in = &[Edit::Null("/user/id")],
    ),
    Mutant::new(
        "login.describes-first-account",
        "login.same-account",
        "A login describes the account that was registered first.",
        |server| server.behaviour.login.describes = Described::FirstAccount,
    ),
    Mutant::new(
        "login.gives-another-id",
        "login.same-account",
        "A login shows another id for the user than registering did.",
        |server| {
            server.behaviour.bodies.logged_in =
                &[Edit::Part("/user/id", Normalization::Alphanumeric)];
        },
    ),
    Mutant::new(
        "login.gives-first-name",
        "login.same-account",
        "A login shows only the first word of the name.",
        |server| {
            server.behaviour.bodies.logged_in =
                &[Edit::Part("/user/name", Normalization::FirstWord)];
        },
    ),
    Mutant::new(
        "login.token-does-not-list",
        "login.token-works",
        "The token of a login does not list the tokens, where it is one of mobile.",
        |server| {
            server.behaviour.bearer.valid = All(&[
                Living,
                Not(&All(&[IssuedBy(Login), Named(Mobile), During(List)])),
            ]);
        },
    ),
    Mutant::new(
        "login.token-does-not-revoke",
        "login.token-works",
        "The token of a login does not revoke another.",
        |server| {
            server.behaviour.bearer.valid =
                All(&[Living, Not(&All(&[IssuedBy(Login), During(RevokeOne)]))]);
        },
    ),
    Mutant::new(
        "login.token-does-not-revoke-others",
        "login.token-works",
        "The token of a login does not revoke the others.",
        |server| {
            server.behaviour.bearer.valid =
                All(&[Living, Not(&All(&[IssuedBy(Login), During(RevokeOthers)]))]);
        },
    ),
    Mutant::new(
        "login.token-does-not-log-out",
        "login.token-works",
        "The token of a login does not log out.",
        |server| {
            server.behaviour.bearer.valid =
                All(&[Living, Not(&All(&[IssuedBy(Login), During(Logout)]))]);
        },
    ),
    Mutant::new(
        "login.unused-token-does-not-describe",
        "login.token-works",
        "The token of a login does not show the current user before it was used for something else.",
        |server| {
            server.behaviour.bearer.valid = All(&[
                Living,
                Not(&All(&[IssuedBy(Login), During(Me), Not(&Used)])),
            ]);
        },
    ),
    Mutant::new(
        "login.any-case-of-password",
        "login.rejects-wrong-password",
        "A password is right in any letter case.",
        |server| {
            server.behaviour.registration.password = Normalization::Lowercase;
            server.behaviour.login.password = Normalization::Lowercase;
        },
    ),
    Mutant::new(
        "login.eight-characters-of-password",
        "login.rejects-wrong-password",
        "Only the first eight characters of a password count.",
        |server| {
            server.behaviour.registration.password = Normalization::FirstChars(8);
            server.behaviour.login.password = Normalization::FirstChars(8);
        },
    ),
    Mutant::new(
        "login.nineteen-characters-of-password",
        "login.rejects-wrong-password",
        "Only the first nineteen characters of a password count.",
        |server| {
            server.behaviour.registration.password = Normalization::FirstChars(19);
            server.behaviour.login.password = Normalization::FirstChars(19);
        },
    ),
    Mutant::new(
        "login.letters-and-digits-of-password",
        "login.rejects-wrong-password",
        "Only the letters and digits of a password count.",
        |server| {
            server.behaviour.registration.password = Normalization::Alphanumeric;
            server.behaviour.login.password = Normalization::Alphanumeric;
        },
    ),
    Mutant::new(
        "login.empty-password",
        "login.rejects-wrong-password",
        "An empty password is right.",
        |server| server.behaviour.login.also_right = &[AlsoRight::Empty],
    ),
    Mutant::new(
        "login.email-as-password",
        "login.rejects-wrong-password",
        "The e-mail is right as a password.",
        |server| server.behaviour.login.also_right = &[AlsoRight::Email],
    ),
    Mutant::new(
        "login.password-of-anybody",
        "login.rejects-wrong-password",
        "The password of any other account is right.",
        |server| server.behaviour.login.also_right = &[AlsoRight::Anybodys],
    ),
    Mutant::new(
        "login.unchecked-while-signed-in",
        "login.rejects-wrong-password",
        "An account that has logged in is not asked for the right password again.",
        |server| {
            server.behaviour.login.unchecked_for = All(&[Living, Own, IssuedBy(Login)]);
        },
    ),
    Mutant::new(
        "login.wrong-password-422",
        "login.rejects-wrong-password",
        "A wrong password is refused with 422.",
        |server| {
            server.behaviour.statuses.wrong_credentials = StatusCode::UNPROCESSABLE_ENTITY;
        },
    ),
    Mutant::new(
        "login.wrong-password-with-token",
        "login.rejects-wrong-password",
        "A wrong password is refused, but the answer has a token.",
        |server| {
            server.behaviour.bodies.wrong_credentials = &[Edit::Text("/token", "1|x")];
        },
    ),
    Mutant::new(
        "login.unknown-email-404",
        "login.rejects-unknown-email",
        "An unknown e-mail is refused with 404.",
        |server| server.behaviour.statuses.unknown_email = StatusCode::NOT_FOUND,
    ),
    Mutant::new(
        "login.unknown-email-422",
        "login.rejects-unknown-email",
        "An unknown e-mail is refused with 422.",
        |server| server.behaviour.statuses.unknown_email = StatusCode::UNPROCESSABLE_ENTITY,
    ),
    Mutant::new(
        "login.unknown-email-with-token",
        "login.rejects-unknown-email",
        "An unknown e-mail is refused, but the answer has a token.",
        |server| server.behaviour.bodies.unknown_email = &[Edit::Text("/token", "1|x")],
    ),
    Mutant::new(
        "login.password-is-enough",
        "login.rejects-unknown-email",
        "With an unknown e-mail one is let in to an account that has the password.",
        |server| server.behaviour.login.unknown_email = UnknownEmail::OwnerOfPassword,
    ),
    Mutant::new(
        "login.names-all-mobile",
        "login.names-token",
        "The token of every login is named mobile.",
        |server| server.behaviour.login.naming = Naming::Fixed("mobile"),
    ),
    Mutant::new(
        "login.names-in-capitals",
        "login.names-token",
        "The token of a login is named in capitals.",
        |server| server.behaviour.login.naming = Naming::Capitals,
    ),
    Mutant::new(
        "login.names-web-mobile",
        "login.names-token",
        "The token of a login as web is named mobile.",
        |server| server.behaviour.login.naming = confusing(Web, Mobile),
    ),
    Mutant::new(
        "login.names-cli-web",
        "login.names-token",
        "The token of a login as cli is named web.",
        |server| server.behaviour.login.naming = confusing(Cli, Web),
    ),
    Mutant::new(
        "login.names-mobile-web",
        "login.names-token",
        "The token of a login as mobile is named web.",
        |server| server.behaviour.login.naming = confusing(Mobile, Web),
    ),
    Mutant::new(
        "login.defaults-to-web",
        "login.defaults-to-mobile",
        "Without the client header the token of a login is named web.",
        |server| server.behaviour.login.naming = Naming::ClientHeader { otherwise: Web },
    ),
    Mutant::new(
        "login.defaults-to-cli",
        "login.defaults-to-mobile",
        "Without the client header the token of a login is named cli.",
        |server| server.behaviour.login.naming = Naming::ClientHeader { otherwise: Cli },
    ),
];

const fn confusing(forgotten: ClientType, taken_for: ClientType) -> Naming {
    Naming::Confusing {
        forgotten,
        taken_for,
    }
}
