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
mod which;

pub use action::{Action, ByAction};
pub use answers::{Bodies, Edit, Edits, Headers, Statuses};
pub use bearer::{Bearer, Scheme, Secret, TokenForm};
pub use login::{AlsoRight, Challenges, Described, Login, Steps, UnknownEmail, UnknownEmailWork};
pub use naming::{ClientType, Naming};
pub use registration::{
    Assignable, Change, EmailForm, PasswordShown, Race, RefusedRegistration, Registration,
    TakenEmail, Trial,
};
pub use requests::{Counted, Limiting, Oddity, Requests, ToldApartBy};
pub use second_factor::{Codes, RecoveryCodes, SecondFactor, UnknownChallenge};
pub use sessions::{Counts, CreatedAt, Order, Reveals, Sessions, TokenIds};
pub use text::{Kept, Measure};
pub use which::Which;

/// How the server decides. The default keeps every rule of the contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// Creating accounts.
    pub registration: Registration,
    /// Logging in with a password.
    pub login: Login,
    /// Finishing a login of an account with 2FA.
    pub second_factor: SecondFactor,
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
    pub statuses: Statuses,
    /// How bodies depart from the usual ones.
    pub bodies: Bodies,
}

/// What a user's subscription says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The status before the trial ends.
    pub during_trial: &'static str,
    /// The status from then on.
    pub after_trial: &'static str,
    /// Callers with such a token are told that the trial is over.
    pub denies_trial_to: Which,
    /// The plan.
    pub plan: &'static str,
}

impl Default for Subscription {
    fn default() -> Self {
        Self {
            during_trial: "trialing",
            after_trial: "expired",
            denies_trial_to: Which::NONE,
            plan: "monthly",
        }
    }
}
