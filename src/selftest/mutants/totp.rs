//! Challenges and checks of the second factor that go wrong.

use axum::http::StatusCode;

use crate::reference::behaviour::Action::{Code, List, Login, Me, RecoveryCode, RevokeOthers};
use crate::reference::behaviour::ClientType::Web;
use crate::reference::behaviour::TokenFilter::{
    All, Any, During, IssuedBy, Living, Not, Own, SameName,
};
use crate::reference::behaviour::{
    AcceptedCodes, AcceptedRecoveryCodes, Edit, Normalization, TokenFilter, UnknownChallenge,
};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "totp.challenge-without-word",
        "totp.challenge",
        "A challenge does not say that it is one: `requires_totp` is missing.",
        |server| server.behaviour.bodies.challenged = &[Edit::Drop("/requires_totp")],
    ),
    Mutant::new(
        "totp.challenge-says-no",
        "totp.challenge",
        "A challenge has `requires_totp` false.",
        |server| server.behaviour.bodies.challenged = &[Edit::Flag("/requires_totp", false)],
    ),
    Mutant::new(
        "totp.challenge-says-one",
        "totp.challenge",
        "A challenge has `requires_totp` 1.",
        |server| server.behaviour.bodies.challenged = &[Edit::Number("/requires_totp")],
    ),
    Mutant::new(
        "totp.challenge-by-another-name",
        "totp.challenge",
        "The token of a challenge has another name.",
        |server| {
            server.behaviour.bodies.challenged = &[
                Edit::Copy {
                    from: "/totp_token",
                    to: "/challenge_token",
                },
                Edit::Drop("/totp_token"),
            ];
        },
    ),
    Mutant::new(
        "totp.never-challenges",
        "totp.challenge",
        "No account is asked for a second factor.",
        |server| server.behaviour.login.challenges.not_with = Own,
    ),
    Mutant::new(
        "totp.does-not-challenge-web",
        "totp.challenge",
        "A login as web is not asked for a second factor.",
        |server| server.behaviour.login.challenges.not_as = Some(Web),
    ),
    Mutant::new(
        "totp.does-not-challenge-again",
        "totp.challenge",
        "A client type that has a session is not asked for a second factor again.",
        |server| {
            server.behaviour.login.challenges.not_with = TokenFilter::SAME_NAME;
        },
    ),
    Mutant::new(
        "totp.challenge-comes-with-token",
        "totp.no-token-before",
        "A challenge comes with a token that works.",
        |server| server.behaviour.login.challenges.gives_token = true,
    ),
    Mutant::new(
        "totp.challenge-describes-user",
        "totp.no-token-before",
        "The token of a challenge shows the current user.",
        |server| server.behaviour.bearer.challenge_is_enough = &[Me],
    ),
    Mutant::new(
        "totp.challenge-lists-tokens",
        "totp.no-token-before",
        "The token of a challenge lists the tokens.",
        |server| server.behaviour.bearer.challenge_is_enough = &[List],
    ),
    Mutant::new(
        "totp.challenge-revokes-others",
        "totp.no-token-before",
        "The token of a challenge revokes all others.",
        |server| server.behaviour.bearer.challenge_is_enough = &[RevokeOthers],
    ),
    Mutant::new(
        "totp.challenge-ends-same-type",
        "totp.challenge-ends-nothing",
        "A challenge ends the session of its type, before any code is given.",
        |server| server.behaviour.login.challenges.ends = TokenFilter::SAME_NAME,
    ),
    Mutant::new(
        "totp.challenge-ends-all",
        "totp.challenge-ends-nothing",
        "A challenge ends all sessions of the account.",
        |server| server.behaviour.login.challenges.ends = TokenFilter::OWN,
    ),
    Mutant::new(
        "totp.challenge-ends-other-types",
        "totp.challenge-ends-nothing",
        "A challenge ends the sessions of other types.",
        |server| {
            server.behaviour.login.challenges.ends = All(&[TokenFilter::OWN, Not(&SameName)]);
        },
    ),
    Mutant::new(
        "totp.challenges-any-password",
        "totp.wrong-password-unchallenged",
        "An account with 2FA is challenged whatever the password.",
        |server| server.behaviour.login.challenges.before_password = true,
    ),
    Mutant::new(
        "totp.challenges-any-password-once-signed-in",
        "totp.wrong-password-unchallenged",
        "An account that has a session from a code is challenged whatever the password.",
        |server| {
            server.behaviour.login.unchecked_for = All(&[Living, Own, IssuedBy(Code)]);
        },
    ),
    Mutant::new(
        "totp.wrong-password-with-challenge",
        "totp.wrong-password-unchallenged",
        "A wrong password is refused, but the answer has a challenge.",
        |server| {
            server.behaviour.bodies.wrong_credentials = &[Edit::Text("/totp_token", "x")];
        },
    ),
    Mutant::new(
        "totp.challenges-everybody",
        "totp.only-where-enabled",
        "Accounts without a second factor are challenged, too.",
        |server| server.behaviour.login.challenges.others_with = Own,
    ),
    Mutant::new(
        "totp.challenges-everybody-again",
        "totp.only-where-enabled",
        "Accounts without a second factor are challenged from their second login on.",
        |server| {
            server.behaviour.login.challenges.others_with = All(&[Own, IssuedBy(Login)]);
        },
    ),
    Mutant::new(
        "totp.codes-are-refused",
        "totp.code-completes",
        "No code is accepted, only recovery codes.",
        |server| server.behaviour.second_factor.codes = AcceptedCodes::Refused,
    ),
    Mutant::new(
        "totp.clock-is-ahead",
        "totp.code-completes",
        "Codes are those of an hour later.",
        |server| server.behaviour.second_factor.steps_ahead = 120,
    ),
    Mutant::new(
        "totp.token-of-code-is-dead",
        "totp.code-completes",
        "The token that a code yields does not work.",
        |server| {
            server.behaviour.bearer.valid = All(&[Living, Not(&IssuedBy(Code))]);
        },
    ),
    Mutant::new(
        "totp.no-token-after-code",
        "totp.code-completes",
        "The answer to a code or a recovery code has the token by another name.",
        |server| {
            server.behaviour.bodies.second_factor_given = &[
                Edit::Copy {
                    from: "/token",
                    to: "/access_token",
                },
                Edit::Drop("/token"),
            ];
        },
    ),
    Mutant::new(
        "totp.recovery-codes-are-refused",
        "totp.recovery-code-completes",
        "No recovery code is accepted.",
        |server| server.behaviour.second_factor.recovery_codes = AcceptedRecoveryCodes::Refused,
    ),
    Mutant::new(
        "totp.token-of-recovery-code-is-dead",
        "totp.recovery-code-completes",
        "The token that a recovery code yields does not work.",
        |server| {
            server.behaviour.bearer.valid = All(&[Living, Not(&IssuedBy(RecoveryCode))]);
        },
    ),
    Mutant::new(
        "totp.token-of-recovery-code-does-not-list",
        "totp.recovery-code-completes",
        "The token that a recovery code yields shows the current user and nothing else.",
        |server| {
            server.behaviour.bearer.valid =
                All(&[Living, Any(&[During(Me), Not(&IssuedBy(RecoveryCode))])]);
        },
    ),
    Mutant::new(
        "totp.any-six-digits",
        "totp.rejects-wrong-code",
        "Any six digits are a right code.",
        |server| server.behaviour.second_factor.codes = AcceptedCodes::SixDigits,
    ),
    Mutant::new(
        "totp.no-digit-compared",
        "totp.rejects-wrong-code",
        "Any code is right as far as it is compared, which is not at all.",
        |server| server.behaviour.second_factor.codes = AcceptedCodes::RightStart(0),
    ),
    Mutant::new(
        "totp.three-right-digits",
        "totp.rejects-wrong-code",
        "A code is right if its first three digits are.",
        |server| server.behaviour.second_factor.codes = AcceptedCodes::RightStart(3),
    ),
    Mutant::new(
        "totp.backdoor-code",
        "totp.rejects-wrong-code",
        "The code 000000 is always right.",
        |server| server.behaviour.second_factor.codes = AcceptedCodes::AlsoBackdoor("000000"),
    ),
    Mutant::new(
        "totp.wrong-code-400",
        "totp.rejects-wrong-code",
        "A wrong code is refused with 400.",
        |server| server.behaviour.statuses.wrong_code = StatusCode::BAD_REQUEST,
    ),
    Mutant::new(
        "totp.wrong-code-with-token",
        "totp.rejects-wrong-code",
        "A wrong code is refused, but the answer has a token.",
        |server| server.behaviour.bodies.wrong_code = &[Edit::Text("/token", "1|x")],
    ),
    Mutant::new(
        "totp.any-recovery-code",
        "totp.rejects-wrong-recovery-code",
        "Any recovery code is right.",
        |server| server.behaviour.second_factor.recovery_codes = AcceptedRecoveryCodes::Any,
    ),
    Mutant::new(
        "totp.three-letters-of-recovery-code",
        "totp.rejects-wrong-recovery-code",
        "Only the first three letters of a recovery code count.",
        |server| server.behaviour.second_factor.recovery_code = Normalization::FirstChars(3),
    ),
    Mutant::new(
        "totp.ten-letters-of-recovery-code",
        "totp.rejects-wrong-recovery-code",
        "The last letter of a recovery code does not count.",
        |server| server.behaviour.second_factor.recovery_code = Normalization::FirstChars(10),
    ),
    Mutant::new(
        "totp.challenge-does-not-matter",
        "totp.rejects-unknown-challenge",
        "A recovery code is enough, whatever the challenge.",
        |server| {
            server.behaviour.second_factor.unknown_challenge = UnknownChallenge::OwnerOfProof;
        },
    ),
    Mutant::new(
        "totp.challenge-may-be-missing",
        "totp.rejects-unknown-challenge",
        "A recovery code is enough where no challenge is sent.",
        |server| {
            server.behaviour.second_factor.unknown_challenge =
                UnknownChallenge::OwnerOfProofIfMissing;
        },
    ),
    Mutant::new(
        "totp.start-of-challenge",
        "totp.rejects-unknown-challenge",
        "Only the first twenty characters of a challenge count, and it can be answered again.",
        |server| {
            server.behaviour.second_factor.challenge = Normalization::FirstChars(20);
            server.behaviour.second_factor.challenge_once = false;
        },
    ),
    Mutant::new(
        "totp.unknown-challenge-500",
        "totp.rejects-unknown-challenge",
        "An unknown challenge is answered by 500.",
        |server| {
            server.behaviour.statuses.unknown_challenge = StatusCode::INTERNAL_SERVER_ERROR;
        },
    ),
    Mutant::new(
        "totp.unknown-challenge-with-token",
        "totp.rejects-unknown-challenge",
        "An unknown challenge is refused, but the answer has a token.",
        |server| server.behaviour.bodies.unknown_challenge = &[Edit::Text("/token", "1|x")],
    ),
];
