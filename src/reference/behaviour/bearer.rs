//! Decisions of recognising the caller.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::Normalization;
use super::{Action, ByAction, TokenFilter};

/// Decisions of recognising the caller.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Bearer {
    /// How the word `Bearer` is compared.
    pub scheme: Scheme,
    /// Which tokens are valid.
    pub valid: TokenFilter,
    /// What the text of a token is made of.
    pub form: TokenForm,
    /// Where its secret comes from.
    pub secret: TokenSecret,
    /// What of the secret is kept and compared.
    pub compares: Normalization,
    /// Actions for which the id of a token is enough, whatever its secret.
    pub id_is_enough: Vec<Action>,
    /// Actions for which the text of a challenge is taken for a token of its account.
    pub challenge_is_enough: Vec<Action>,
    /// Actions for which a caller without a token is taken for the one who logged in last.
    pub nothing_is_enough: Vec<Action>,
    /// The answer to a caller without a token.
    pub missing: ByAction,
    /// The answer to a token that was never issued.
    pub unknown: ByAction,
    /// The answer to a token whose part before the bar is no id.
    pub without_id: ByAction,
    /// The answer to a token that is not valid any more.
    pub ended: ByAction,
    /// To which tokens, seen from the one that is used, a use is written.
    pub records_use: TokenFilter,
}

/// How the authentication scheme is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// In any letter case.
    AnyCase,
    /// Letter by letter.
    Exact,
}

/// What the text of a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenForm {
    /// Its id, a bar, and its secret.
    IdAndSecret,
    /// Its secret alone.
    SecretAlone,
}

/// Where the secret of a token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenSecret {
    /// So many random letters and digits.
    Random(usize),
    /// So many random digits.
    RandomDigits(usize),
    /// The account and the name of the token, hashed: the same at every login.
    OfAccountAndName,
    /// The moment of the login.
    OfTime,
}

impl Default for Bearer {
    fn default() -> Self {
        Self {
            scheme: Scheme::AnyCase,
            valid: TokenFilter::Living,
            form: TokenForm::IdAndSecret,
            secret: TokenSecret::Random(40),
            compares: Normalization::Whole,
            id_is_enough: Vec::new(),
            challenge_is_enough: Vec::new(),
            nothing_is_enough: Vec::new(),
            missing: ByAction::default(),
            unknown: ByAction::default(),
            without_id: ByAction::default(),
            ended: ByAction::default(),
            records_use: TokenFilter::Chosen,
        }
    }
}
