//! Answers and inputs that a hardened server treats otherwise.

use axum::http::StatusCode;

use crate::reference::behaviour::{
    Assignable, Edit, Naming, Normalization, Oddity, Scheme, ToldApartBy,
};
use crate::selftest::Mutant;

const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "hardening.foreign-id-403",
        "hardening.foreign-id-alike",
        "Revoking a token of another account is refused with 403, an unknown one with 404.",
        |server| server.behaviour.statuses.foreign_token = StatusCode::FORBIDDEN,
    ),
    Mutant::new(
        "hardening.foreign-id-is-told",
        "hardening.foreign-id-alike",
        "The refusal to revoke a token of another account says whose it is.",
        |server| {
            server.behaviour.bodies.foreign_token = &[Edit::Text(
                "/message",
                "This session belongs to somebody else.",
            )];
        },
    ),
    Mutant::new(
        "hardening.assigns-id",
        "hardening.ignores-extra-members",
        "Whoever registers can choose the id of the user.",
        |server| server.behaviour.registration.assignable = &[Assignable::Id],
    ),
    Mutant::new(
        "hardening.assigns-trial-end",
        "hardening.ignores-extra-members",
        "Whoever registers can choose when the trial ends.",
        |server| server.behaviour.registration.assignable = &[Assignable::TrialEnd],
    ),
    Mutant::new(
        "hardening.believes-forwarded-for",
        "hardening.forwarded-for",
        "A new value of X-Forwarded-For opens a new limit.",
        |server| server.behaviour.limiting.told_apart_by = ToldApartBy::ForwardedFor,
    ),
    Mutant::new(
        "hardening.tells-unknown-email",
        "hardening.unknown-email-alike",
        "The refusal of a login says that the e-mail is unknown.",
        |server| {
            server.behaviour.bodies.unknown_email =
                &[Edit::Text("/message", "There is no such account.")];
        },
    ),
    Mutant::new(
        "hardening.tells-wrong-password-by-code",
        "hardening.unknown-email-alike",
        "The refusal of a login has another error code for a wrong password.",
        |server| {
            server.behaviour.bodies.wrong_credentials = &[Edit::Text("/code", "wrong_password")];
        },
    ),
    Mutant::new(
        "hardening.shows-server-path",
        "hardening.no-internals",
        "The refusal of a login has a stack trace.",
        |server| {
            server.behaviour.bodies.wrong_credentials = &[Edit::Text("/trace", TRACE)];
            server.behaviour.bodies.unknown_email = &[Edit::Text("/trace", TRACE)];
        },
    ),
    Mutant::new(
        "hardening.shows-sql",
        "hardening.no-internals",
        "The refusal to revoke an unknown token shows the SQL.",
        |server| {
            server.behaviour.bodies.unknown_token = &[Edit::Text("/message", SQL)];
            server.behaviour.bodies.foreign_token = &[Edit::Text("/message", SQL)];
        },
    ),
    Mutant::new(
        "hardening.shows-internals-of-validation",
        "hardening.no-internals",
        "The refusal of an invalid request shows the SQL.",
        |server| server.behaviour.bodies.invalid = &[Edit::Text("/message", SQL)],
    ),
    Mutant::new(
        "hardening.shows-path-to-strangers",
        "hardening.no-internals",
        "The refusal of a token has a stack trace.",
        |server| server.behaviour.bodies.unauthenticated = &[Edit::Text("/trace", TRACE)],
    ),
    Mutant::new(
        "hardening.may-be-stored",
        "hardening.no-store",
        "Answers have no Cache-Control.",
        |server| server.behaviour.headers.cache_control = None,
    ),
    Mutant::new(
        "hardening.may-be-stored-for-an-hour",
        "hardening.no-store",
        "Answers may be stored for an hour.",
        |server| server.behaviour.headers.cache_control = Some("public, max-age=3600"),
    ),
    Mutant::new(
        "hardening.no-www-authenticate",
        "hardening.www-authenticate",
        "A 401 has no WWW-Authenticate.",
        |server| server.behaviour.headers.www_authenticate = None,
    ),
    Mutant::new(
        "hardening.no-retry-after",
        "hardening.retry-after",
        "A 429 has no Retry-After.",
        |server| server.behaviour.headers.retry_after = false,
    ),
    Mutant::new(
        "hardening.exact-scheme",
        "hardening.scheme-any-case",
        "The scheme has to be written `Bearer`.",
        |server| server.behaviour.bearer.scheme = Scheme::Exact,
    ),
    Mutant::new(
        "hardening.fails-on-bad-json",
        "hardening.malformed-requests",
        "A body that is no JSON is answered by 500.",
        |server| server.behaviour.requests.fails_on = &[Oddity::NoObject],
    ),
    Mutant::new(
        "hardening.fails-on-other-content",
        "hardening.malformed-requests",
        "A body that is not declared as JSON is answered by 500.",
        |server| server.behaviour.requests.fails_on = &[Oddity::UndeclaredJson],
    ),
    Mutant::new(
        "hardening.fails-on-nul",
        "hardening.malformed-requests",
        "A NUL in a text is answered by 500.",
        |server| server.behaviour.requests.fails_on = &[Oddity::Nul],
    ),
    Mutant::new(
        "hardening.fails-on-large-bodies",
        "hardening.malformed-requests",
        "A large body is answered by 500.",
        |server| server.behaviour.statuses.too_large = BROKEN,
    ),
    Mutant::new(
        "hardening.fails-on-structures",
        "hardening.rejects-structures",
        "A list or an object in the place of a text is answered by 500.",
        |server| server.behaviour.requests.fails_on = &[Oddity::Structure],
    ),
    Mutant::new(
        "hardening.password-of-32-at-most",
        "hardening.long-password",
        "A password of more than 32 characters is refused.",
        |server| server.behaviour.registration.password_max = Some(32),
    ),
    Mutant::new(
        "hardening.password-of-63-at-most",
        "hardening.long-password",
        "A password of more than 63 characters is refused.",
        |server| server.behaviour.registration.password_max = Some(63),
    ),
    Mutant::new(
        "hardening.name-in-three-bytes",
        "hardening.unicode-name",
        "Characters of four bytes, emoji among them, are dropped from a name.",
        |server| server.behaviour.registration.name = Normalization::ThreeByteUtf8,
    ),
    Mutant::new(
        "hardening.fourth-kind-of-client",
        "hardening.unknown-client-type",
        "A token is named after whatever the client header says.",
        |server| server.behaviour.login.naming = Naming::AsSent,
    ),
    Mutant::new(
        "hardening.fails-on-unknown-clients",
        "hardening.unknown-client-type",
        "An unknown type of client is answered by 500.",
        |server| server.behaviour.requests.fails_on = &[Oddity::UnknownClientType],
    ),
];

const TRACE: &str =
    "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Routing/Router.php(807)";
const SQL: &str = "SQLSTATE[22P02]: Invalid text representation (SQL: select * from \"tokens\")";
