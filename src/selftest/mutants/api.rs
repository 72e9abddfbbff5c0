//! Answers that are JSON and say to be something else.

use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "api.user-is-html",
        "api.answers-json",
        "The current user is described in JSON that says to be HTML.",
        |server| server.behaviour.headers.mislabelled = &[("/api/auth/me", "text/html")],
    ),
    Mutant::new(
        "api.list-is-text",
        "api.answers-json",
        "The list of tokens is JSON that says to be text.",
        |server| server.behaviour.headers.mislabelled = &[("/api/auth/tokens", "text/plain")],
    ),
    Mutant::new(
        "totp.answer-is-html",
        "totp.answers-json",
        "The answer to the second factor is JSON that says to be HTML.",
        |server| server.behaviour.headers.mislabelled = &[("/api/auth/login/totp", "text/html")],
    ),
    Mutant::new(
        "totp.answer-is-anything",
        "totp.answers-json",
        "The answer to the second factor is JSON that says to be some bytes.",
        |server| {
            server.behaviour.headers.mislabelled =
                &[("/api/auth/login/totp", "application/octet-stream")];
        },
    ),
];
