//! Decisions of creating accounts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{Measure, Normalization};
use super::{Naming, TokenFilter};

/// Decisions of registering.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Registration {
    /// Length of the trial.
    pub trial: TrialPeriod,
    /// Least length of a password.
    pub password_min: usize,
    /// Greatest length of a password, if there is one.
    pub password_max: Option<usize>,
    /// In what the length of a password is measured.
    pub password_measure: Measure,
    /// What of a password is kept.
    pub password: Normalization,
    /// What the answer shows of the password.
    pub password_shown: PasswordShown,
    /// What of a name is kept.
    pub name: Normalization,
    /// Greatest length of a name, in code points.
    pub name_max_chars: usize,
    /// What an e-mail address must look like.
    pub email_form: EmailForm,
    /// What of an address is kept.
    pub email: Normalization,
    /// As what an address is looked up that may be taken.
    pub email_sought: Normalization,
    /// Members that may be missing, and are then taken as this text.
    pub optional: BTreeMap<String, String>,
    /// Members that a client may decide besides those that it is asked for.
    pub assignable: Vec<Assignable>,
    /// What becomes of an address that has an account.
    pub taken_email: TakenEmail,
    /// What becomes of two registrations of one address at once.
    pub race: Race,
    /// What a refused registration does.
    pub refused: RefusedRegistration,
    /// What the token is named.
    pub naming: Naming,
}

/// How long a trial lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrialPeriod {
    /// So many days of 24 hours.
    Days(u32),
    /// So many seconds.
    Seconds(i64),
    /// As long as the month in which it begins.
    ThisMonth,
}

/// What the answer to a registration shows of the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PasswordShown {
    /// Nothing.
    Nothing,
    /// The password itself.
    AsSent,
    /// Its hash.
    Hash,
}

/// What an e-mail address must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmailForm {
    /// Words, an `@`, and a domain.
    Address,
    /// Something on both sides of an `@`.
    SidesOfAnAt,
    /// An `@` somewhere.
    HasAt,
    /// Whatever it looks like, it is taken.
    Anything,
}

/// What a client that asks for more than it should can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assignable {
    /// The id of the user, by `id`.
    Id,
    /// When the trial ends, by `trial_ends_at`.
    TrialEnd,
}

/// What registering does with an address that has an account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TakenEmail {
    /// Refuses it.
    Refused,
    /// Takes it for a login, whatever the password.
    SignsIn,
    /// Refuses it only while the account has a token of this kind, and otherwise takes it for a
    /// login.
    RefusedWhile(TokenFilter),
}

/// What becomes of an address that was free when it was looked up, and is taken a moment later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Race {
    /// The later registration is refused.
    Refused,
    /// It gets a token of the account that won.
    SignsIn,
    /// The server fails on it.
    Fails,
}

/// What a registration does although it is refused. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RefusedRegistration {
    /// What it changes of the account that has the address.
    pub changes: Option<AccountChange>,
    /// Which tokens of that account it ends.
    pub ends: TokenFilter,
    /// Whether it creates the account that it says it does not.
    pub creates: bool,
}

/// Something of an account that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountChange {
    /// The name.
    Name,
    /// The password.
    Password,
    /// The end of the trial, as if it began now.
    Trial,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            trial: TrialPeriod::Days(30),
            password_min: 8,
            password_max: None,
            password_measure: Measure::Chars,
            password: Normalization::Whole,
            password_shown: PasswordShown::Nothing,
            name: Normalization::Whole,
            name_max_chars: 255,
            email_form: EmailForm::Address,
            email: Normalization::Lowercase,
            email_sought: Normalization::Lowercase,
            optional: BTreeMap::new(),
            assignable: Vec::new(),
            taken_email: TakenEmail::Refused,
            race: Race::Refused,
            refused: RefusedRegistration::default(),
            naming: Naming::default(),
        }
    }
}
