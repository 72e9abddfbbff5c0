//! Decisions of finishing a login of an account with 2FA.

use schemars::JsonSchema;
use serde::Deserialize;

use super::login::Steps;
use super::text::Normalization;
use super::{Naming, TokenFilter};

/// Decisions of finishing a login with a code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TotpLogin {
    /// What the token is named.
    pub naming: Naming,
    /// Which tokens of the account it ends.
    pub ends: TokenFilter,
    /// Which tokens of the account a wrong code or recovery code ends.
    pub wrong_proof_ends: TokenFilter,
    /// Whether a code is checked and spent at one moment.
    pub spends_code: Steps,
    /// Whether a recovery code is.
    pub spends_recovery_code: Steps,
    /// How codes are compared.
    pub codes: AcceptedCodes,
    /// How many steps before and after the present one have a code that is accepted.
    pub window_steps: u64,
    /// How many steps the server takes the present one to be later than it is.
    pub steps_ahead: u64,
    /// Whether the code of a step works for an account only once.
    pub code_once: bool,
    /// Which recovery codes are accepted.
    pub recovery_codes: AcceptedRecoveryCodes,
    /// What of a recovery code is kept and compared.
    pub recovery_code: Normalization,
    /// Whether a recovery code works only once.
    pub recovery_code_once: bool,
    /// What an unknown challenge comes to.
    pub unknown_challenge: UnknownChallenge,
    /// What of the text of a challenge is kept and compared.
    pub challenge: Normalization,
    /// Whether a challenge is spent by succeeding.
    pub challenge_once: bool,
    /// How long a challenge can be answered, in seconds.
    pub challenge_seconds: i64,
    /// After how many wrong answers a challenge is dead, if it ever is.
    pub challenge_attempts: Option<u32>,
}

/// Which codes are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcceptedCodes {
    /// Those of the account's own secret.
    Right,
    /// Those too that begin with so many right digits.
    RightStart(usize),
    /// Those too that are the beginning of a right one, of at least so many digits.
    StartOfRight(usize),
    /// Those without a zero at the start, as numbers have none.
    Numbers,
    /// That one too.
    AlsoBackdoor(String),
    /// Those of other accounts too.
    Anybodys,
    /// All of six digits.
    SixDigits,
    /// None.
    Refused,
}

/// Which recovery codes are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcceptedRecoveryCodes {
    /// Those of the account.
    Right,
    /// Those of other accounts too.
    Anybodys,
    /// Those of the account that have no capitals, as they were given.
    WithoutCapitals,
    /// Those of the account, which are not spent if they are sent in capitals.
    CapitalsUnspent,
    /// All.
    Any,
    /// None.
    Refused,
}

/// What an unknown challenge comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownChallenge {
    /// It is refused.
    Refused,
    /// It does not matter, since the proof tells whose it is.
    OwnerOfProof,
    /// It is refused, but the proof tells whose it is where there is no challenge at all.
    OwnerOfProofIfMissing,
}

impl Default for TotpLogin {
    fn default() -> Self {
        Self {
            naming: Naming::default(),
            ends: TokenFilter::All(vec![TokenFilter::Own, TokenFilter::SameName]),
            wrong_proof_ends: TokenFilter::None,
            spends_code: Steps::One,
            spends_recovery_code: Steps::One,
            codes: AcceptedCodes::Right,
            window_steps: 1,
            steps_ahead: 0,
            code_once: true,
            recovery_codes: AcceptedRecoveryCodes::Right,
            recovery_code: Normalization::Whole,
            recovery_code_once: true,
            unknown_challenge: UnknownChallenge::Refused,
            challenge: Normalization::Whole,
            challenge_once: true,
            challenge_seconds: 600,
            challenge_attempts: Some(5),
        }
    }
}
