//! Registering that goes wrong where it has to refuse.

use axum::http::StatusCode;

use crate::reference::behaviour::TokenFilter::{All, Living, Own};
use crate::reference::behaviour::{AccountChange, EmailForm, Measure, TakenEmail, TokenFilter};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "register.taken-email-signs-in",
        "register.rejects-taken-email",
        "Registering a taken e-mail signs in to its account, whatever the password.",
        |server| server.behaviour.registration.taken_email = TakenEmail::SignsIn,
    ),
    Mutant::new(
        "register.taken-email-409",
        "register.rejects-taken-email",
        "A taken e-mail is refused with 409.",
        |server| server.behaviour.statuses.taken_email = StatusCode::CONFLICT,
    ),
    Mutant::new(
        "register.taken-email-pretends",
        "register.rejects-taken-email",
        "A taken e-mail is refused under the status 201, so that nobody learns that it is taken.",
        |server| server.behaviour.statuses.taken_email = StatusCode::CREATED,
    ),
    Mutant::new(
        "register.taken-email-free-after-logout",
        "register.rejects-taken-email",
        "An e-mail is taken only while somebody is signed in to its account.",
        |server| {
            server.behaviour.registration.taken_email =
                TakenEmail::RefusedWhile(All(&[Living, Own]));
        },
    ),
    Mutant::new(
        "register.any-text-is-an-email",
        "register.rejects-malformed-email",
        "Whatever is sent as an e-mail is taken.",
        |server| server.behaviour.registration.email_form = EmailForm::Anything,
    ),
    Mutant::new(
        "register.an-at-makes-an-email",
        "register.rejects-malformed-email",
        "Whatever has an @ is taken for an e-mail.",
        |server| server.behaviour.registration.email_form = EmailForm::HasAt,
    ),
    Mutant::new(
        "register.two-sides-of-an-at-make-an-email",
        "register.rejects-malformed-email",
        "Whatever has something on both sides of its first @ is taken for an e-mail.",
        |server| server.behaviour.registration.email_form = EmailForm::SidesOfAnAt,
    ),
    Mutant::new(
        "register.seven-characters-are-enough",
        "register.rejects-short-password",
        "A password of seven characters is taken.",
        |server| server.behaviour.registration.password_min = 7,
    ),
    Mutant::new(
        "register.any-password-is-enough",
        "register.rejects-short-password",
        "A password of any length is taken.",
        |server| server.behaviour.registration.password_min = 0,
    ),
    Mutant::new(
        "register.counts-bytes",
        "register.rejects-short-password",
        "The length of a password is counted in bytes.",
        |server| server.behaviour.registration.password_measure = Measure::Bytes,
    ),
    Mutant::new(
        "register.wants-nine-characters",
        "register.accepts-eight-characters",
        "A password of eight characters is refused.",
        |server| server.behaviour.registration.password_min = 9,
    ),
    Mutant::new(
        "register.wants-twelve-characters",
        "register.accepts-eight-characters",
        "A password of less than twelve characters is refused.",
        |server| server.behaviour.registration.password_min = 12,
    ),
    Mutant::new(
        "register.name-is-optional",
        "register.rejects-missing-members",
        "One can register without a name.",
        |server| server.behaviour.registration.optional = &[("name", "Anonymous")],
    ),
    Mutant::new(
        "register.email-is-optional",
        "register.rejects-missing-members",
        "One can register without an e-mail.",
        |server| server.behaviour.registration.optional = &[("email", "nobody@mail.example")],
    ),
    Mutant::new(
        "register.password-is-optional",
        "register.rejects-missing-members",
        "One can register without a password.",
        |server| server.behaviour.registration.optional = &[("password", "changeme")],
    ),
    Mutant::new(
        "register.refuses-with-400",
        "register.rejects-missing-members",
        "A registration that lacks something is refused with 400.",
        |server| server.behaviour.statuses.invalid = StatusCode::BAD_REQUEST,
    ),
    Mutant::new(
        "register.refusal-renames",
        "register.refusal-changes-nothing",
        "A registration that is refused for its e-mail gives the account the new name.",
        |server| server.behaviour.registration.refused.changes = Some(AccountChange::Name),
    ),
    Mutant::new(
        "register.refusal-sets-password",
        "register.refusal-changes-nothing",
        "A registration that is refused for its e-mail gives the account the new password.",
        |server| server.behaviour.registration.refused.changes = Some(AccountChange::Password),
    ),
    Mutant::new(
        "register.refusal-restarts-trial",
        "register.refusal-changes-nothing",
        "A registration that is refused for its e-mail restarts the trial of the account.",
        |server| server.behaviour.registration.refused.changes = Some(AccountChange::Trial),
    ),
    Mutant::new(
        "register.refusal-signs-out",
        "register.refusal-changes-nothing",
        "A registration that is refused for its e-mail signs the account out.",
        |server| server.behaviour.registration.refused.ends = TokenFilter::OWN,
    ),
    Mutant::new(
        "register.refusal-creates-the-account",
        "register.refusal-changes-nothing",
        "A registration that is refused creates the account all the same.",
        |server| server.behaviour.registration.refused.creates = true,
    ),
];
