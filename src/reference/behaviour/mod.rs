//! Every decision that the rules of the API make, as plain data.
//!
//! The handlers hold the flow and ask here for what to decide; [`Behaviour::default`] is the
//! contract. A server that breaks one rule is the default with one value changed, so a new way to
//! break a rule is a new value or a new variant here and one more arm where the variant is matched,
//! and no handler changes its flow.

mod action;
mod answers;
mod bearer;
mod login;
mod naming;
mod registration;
mod requests;
mod second_factor;
mod sessions;
mod text;
mod token_filter;

use schemars::JsonSchema;
use serde::Deserialize;

pub use action::{Action, ByAction};
pub use answers::{Edit, Edits, Headers, ResponseBodies, ResponseStatuses, Status};
pub use bearer::{Bearer, Scheme, TokenForm, TokenSecret};
pub use login::{AlsoRight, Challenges, Described, Login, Steps, UnknownEmail};
pub use naming::{ClientType, Naming};
pub use registration::{
    AccountChange, Assignable, EmailForm, PasswordShown, Race, RefusedRegistration, Registration,
    TakenEmail, TrialPeriod,
};
pub use requests::{CountedAttempts, Limiting, Oddity, Requests, ToldApartBy};
pub use second_factor::{AcceptedCodes, AcceptedRecoveryCodes, TotpLogin, UnknownChallenge};
pub use sessions::{Counts, CreatedAt, IdReading, ListOrder, Reveals, Sessions, TokenIds};
pub use text::{Measure, Normalization};
pub use token_filter::TokenFilter;

/// How the server decides. The default keeps every rule of the contract.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Behaviour {
    /// Creating accounts.
    pub registration: Registration,
    /// Logging in with a password.
    pub login: Login,
    /// Finishing a login of an account with 2FA.
    pub second_factor: TotpLogin,
    /// Recognising the caller.
    pub bearer: Bearer,
    /// Listing and ending sessions.
    pub sessions: Sessions,
    /// What the subscription of a user looks like.
    pub subscription: Subscription,
    /// What requests are read at all.
    pub requests: Requests,
    /// How often somebody may try to log in.
    pub limiting: Limiting,
    /// Headers that protect answers.
    pub headers: Headers,
    /// The status of every answer.
    pub statuses: ResponseStatuses,
    /// How bodies depart from the usual ones.
    pub bodies: ResponseBodies,
}

/// What a user's subscription says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Subscription {
    /// The status before the trial ends.
    pub during_trial: String,
    /// Callers with such a token are told that the trial is over.
    pub denies_trial_to: TokenFilter,
}

impl Default for Subscription {
    fn default() -> Self {
        Self {
            during_trial: "trialing".to_owned(),
            denies_trial_to: TokenFilter::None,
        }
    }
}
