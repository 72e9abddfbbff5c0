//! Decisions of logging in with a password.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::Normalization;
use super::{ClientType, Naming, TokenFilter};

/// Decisions of logging in with a password.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Login {
    /// What the token is named.
    pub naming: Naming,
    /// As what an address is looked up.
    pub email: Normalization,
    /// What of a password is compared.
    pub password: Normalization,
    /// What else is taken for the right password.
    pub also_right: Vec<AlsoRight>,
    /// An account with such a token is let in with any password.
    pub unchecked_for: TokenFilter,
    /// An account with an open challenge is let in with any password, as a client of these types.
    pub unchecked_while_challenged: Vec<ClientType>,
    /// An account with such a token is not let in, even with the right password.
    pub shut_to: TokenFilter,
    /// Which tokens of the account a login ends.
    pub ends: TokenFilter,
    /// Whether the old tokens end and the new one begins at one moment.
    pub replaces: Steps,
    /// Logins whose token is such a one restart the trial.
    pub restarts_trial: TokenFilter,
    /// Which tokens of the account a wrong password ends.
    pub wrong_password_ends: TokenFilter,
    /// What a login with an unknown address comes to.
    pub unknown_email: UnknownEmail,
    /// Who has to give a second factor.
    pub challenges: Challenges,
    /// Whom the answer describes.
    pub describes: Described,
}

/// What is taken for the right password although it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlsoRight {
    /// No password.
    Empty,
    /// The e-mail address.
    Email,
    /// The password of another account.
    Anybodys,
}

/// Whether an action is done in one step, or in two between which others can act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Steps {
    /// One transaction.
    One,
    /// Two, a moment apart.
    Two,
}

/// What a login with an unknown address comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownEmail {
    /// It is refused.
    Refused,
    /// It is let in to an account that has the password.
    OwnerOfPassword,
}

/// Which accounts are asked for a second factor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Challenges {
    /// Accounts with 2FA are let through all the same where they have such a token.
    pub not_with: TokenFilter,
    /// They are let through when they log in as that type.
    pub not_as: Option<ClientType>,
    /// Accounts without 2FA are asked all the same where they have such a token.
    pub others_with: TokenFilter,
    /// Whether accounts with 2FA are asked before the password is looked at.
    pub before_password: bool,
    /// Which tokens of the account a challenge ends.
    pub ends: TokenFilter,
    /// Whether a challenge comes with a token that works.
    pub gives_token: bool,
}

/// Whom an answer describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Described {
    /// The account that acts.
    Owner,
    /// The account that was registered first.
    FirstAccount,
    /// The account that was registered last.
    NewestAccount,
    /// The account that logged in last.
    LatestLogin,
}

impl Default for Login {
    fn default() -> Self {
        Self {
            naming: Naming::default(),
            email: Normalization::Lowercase,
            password: Normalization::Whole,
            also_right: Vec::new(),
            unchecked_for: TokenFilter::None,
            unchecked_while_challenged: Vec::new(),
            shut_to: TokenFilter::None,
            ends: TokenFilter::All(vec![TokenFilter::Own, TokenFilter::SameName]),
            replaces: Steps::One,
            restarts_trial: TokenFilter::None,
            wrong_password_ends: TokenFilter::None,
            unknown_email: UnknownEmail::Refused,
            challenges: Challenges::default(),
            describes: Described::Owner,
        }
    }
}
