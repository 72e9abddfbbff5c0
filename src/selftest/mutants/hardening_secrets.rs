//! Secrets that a hardened server makes, keeps and takes otherwise.

use crate::reference::behaviour::{
    AcceptedCodes, AcceptedRecoveryCodes, Normalization, PasswordShown, TokenForm, TokenSecret,
};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "hardening.same-secret-again",
        "hardening.fresh-token",
        "Every login of a type gives the same secret, under another id.",
        |server| server.behaviour.bearer.secret = TokenSecret::OfAccountAndName,
    ),
    Mutant::new(
        "hardening.same-token-again",
        "hardening.fresh-token",
        "Every login of a type gives the same token.",
        |server| {
            server.behaviour.bearer.secret = TokenSecret::OfAccountAndName;
            server.behaviour.bearer.form = TokenForm::SecretAlone;
        },
    ),
    Mutant::new(
        "hardening.secret-is-the-time",
        "hardening.token-entropy",
        "The secret of a token is the moment of the login.",
        |server| server.behaviour.bearer.secret = TokenSecret::OfTime,
    ),
    Mutant::new(
        "hardening.secret-of-eight",
        "hardening.token-entropy",
        "The secret of a token has eight characters.",
        |server| server.behaviour.bearer.secret = TokenSecret::Random { chars: 8 },
    ),
    Mutant::new(
        "hardening.secret-of-digits",
        "hardening.token-entropy",
        "The secret of a token has twenty digits.",
        |server| server.behaviour.bearer.secret = TokenSecret::RandomDigits { chars: 20 },
    ),
    Mutant::new(
        "hardening.code-again",
        "hardening.totp-code-once",
        "A code is accepted as often as it is given.",
        |server| server.behaviour.second_factor.code_once = false,
    ),
    Mutant::new(
        "hardening.recovery-code-again",
        "hardening.recovery-code-once",
        "A recovery code is accepted as often as it is given.",
        |server| server.behaviour.second_factor.recovery_code_once = false,
    ),
    Mutant::new(
        "hardening.code-of-anybody",
        "hardening.challenge-bound-to-account",
        "A challenge is answered by the code of any other account.",
        |server| server.behaviour.second_factor.codes = AcceptedCodes::Anybodys,
    ),
    Mutant::new(
        "hardening.recovery-code-of-anybody",
        "hardening.challenge-bound-to-account",
        "A challenge is answered by a recovery code of any other account.",
        |server| {
            server.behaviour.second_factor.recovery_codes = AcceptedRecoveryCodes::Anybodys;
        },
    ),
    Mutant::new(
        "hardening.challenge-again",
        "hardening.challenge-once",
        "A challenge can be answered again after it was answered.",
        |server| server.behaviour.second_factor.challenge_once = false,
    ),
    Mutant::new(
        "hardening.codes-without-limit",
        "hardening.limits-codes",
        "Wrong codes are not limited.",
        |server| {
            server.behaviour.limiting.codes = false;
            server.behaviour.second_factor.challenge_attempts = u32::MAX;
        },
    ),
    Mutant::new(
        "hardening.echoes-password",
        "hardening.no-password-echo",
        "The answer to a registration shows the password.",
        |server| server.behaviour.registration.password_shown = PasswordShown::AsSent,
    ),
    Mutant::new(
        "hardening.echoes-password-hash",
        "hardening.no-password-echo",
        "The answer to a registration shows the hash of the password.",
        |server| server.behaviour.registration.password_shown = PasswordShown::Hash,
    ),
    Mutant::new(
        "hardening.72-bytes-of-password",
        "hardening.whole-password",
        "Only the first 72 bytes of a password count.",
        |server| {
            server.behaviour.registration.password = Normalization::FirstBytes(72);
            server.behaviour.login.password = Normalization::FirstBytes(72);
        },
    ),
    Mutant::new(
        "hardening.64-characters-of-password",
        "hardening.whole-password",
        "Only the first 64 characters of a password count.",
        |server| {
            server.behaviour.registration.password = Normalization::FirstChars(64);
            server.behaviour.login.password = Normalization::FirstChars(64);
        },
    ),
];
