//! Every decision that the rules of the API make, as plain data.
//!
//! The handlers hold the flow and ask here for what to decide; [`Behaviour::default`] is the
//! contract. A server that breaks one rule is the default with one value changed, so a new way to
//! break a rule is a new value or a new variant here and one more arm where the variant is matched,
//! and no handler changes its flow.

use axum::http::StatusCode;

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
    /// Headers that protect answers.
    pub headers: Headers,
    /// The status of every answer.
    pub statuses: Statuses,
}

/// Decisions of registering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Length of the trial in days of 24 hours.
    pub trial_days: u32,
    /// Least length of a password, in code points.
    pub password_min_chars: usize,
    /// Greatest length of a name, in code points.
    pub name_max_chars: usize,
    /// Greatest length of an e-mail address, in code points.
    pub email_max_chars: usize,
    /// What becomes of an address that has an account.
    pub taken_email: TakenEmail,
    /// What the token is named.
    pub naming: Naming,
}

/// What registering does with an address that has an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenEmail {
    /// Refuses, and changes nothing.
    Refused,
}

/// Decisions of logging in with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// What the token is named.
    pub naming: Naming,
    /// Which tokens of the account a login ends.
    pub ends: Ends,
    /// Which tokens of the account a wrong password ends.
    pub wrong_password_ends: Ends,
    /// Whether an unknown address costs as much work as a wrong password.
    pub unknown_email_work: UnknownEmailWork,
    /// Who has to give a second factor.
    pub challenges: Challenges,
}

/// How much a login with an unknown address computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownEmailWork {
    /// As much as one with a wrong password, so that the time taken tells nothing.
    SameAsKnown,
}

/// Which accounts are asked for a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenges {
    /// Those with 2FA switched on, after the right password.
    EnrolledAccounts,
}

/// Decisions of finishing a login with a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What the token is named.
    pub naming: Naming,
    /// Which tokens of the account it ends.
    pub ends: Ends,
    /// How many steps before and after the present one have a code that is accepted.
    pub window_steps: u64,
    /// Whether the code of a step works for an account only once.
    pub code_once: bool,
    /// Whether a recovery code works only once.
    pub recovery_code_once: bool,
    /// Whether a challenge is spent by succeeding.
    pub challenge_once: bool,
    /// How long a challenge can be answered, in seconds.
    pub challenge_seconds: i64,
    /// After how many wrong answers a challenge is dead.
    pub challenge_attempts: u32,
}

/// Decisions of recognising the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// How the word `Bearer` is compared.
    pub scheme: Scheme,
    /// What a token must match to be taken as valid.
    pub accepts: Accepts,
    /// Whether a use is written to `last_used_at`.
    pub records_use: bool,
}

/// How the authentication scheme is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In any letter case.
    AnyCase,
}

/// What makes a token valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// The secret, under the id that it was issued with.
    IdAndSecret,
}

/// Decisions about the sessions of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sessions {
    /// Which tokens the list shows.
    pub lists: Lists,
    /// In which order.
    pub order: Order,
    /// Which of them is marked as current.
    pub marks: Marks,
    /// What logging out ends.
    pub logout_ends: Ends,
    /// What revoking one token ends.
    pub revoke_one_ends: Ends,
    /// Whose tokens can be revoked by id.
    pub revoke_one_reaches: Reaches,
    /// Whether revoking the calling token is refused.
    pub refuses_current: bool,
    /// What revoking the others ends.
    pub revoke_others_ends: Ends,
    /// What `revoked_count` counts.
    pub counts: Counts,
}

/// Which tokens the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// All living ones of the account.
    OwnTokens,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By creation, the latest first; within one second, the higher id first.
    NewestFirst,
}

/// Which token of the list has `is_current`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// The one that made the call.
    CallingToken,
}

/// Whose tokens an id can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaches {
    /// Those of the calling account; any other id is unknown.
    OwnTokens,
}

/// What `revoked_count` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// The number of tokens that were ended.
    EndedTokens,
}

/// Which tokens an action ends. All of them are of the account that acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// None.
    Nothing,
    /// The token that makes the call.
    Current,
    /// The token that the call names by its id.
    Chosen,
    /// Those that have the name that the new token gets.
    SameName,
    /// All but the token that makes the call.
    Others,
}

/// What a new token is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// After the client type in `X-Pionne-Client`; a missing or unknown one counts as the given
    /// type.
    ClientHeader {
        /// The type of a client that does not say it.
        otherwise: ClientType,
    },
    /// The same whoever asks.
    Fixed(&'static str),
}

/// The types of client that the API knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientType {
    /// A command line program.
    Cli,
    /// A phone or tablet.
    Mobile,
    /// A browser.
    Web,
}

impl ClientType {
    /// The word for the type in the header, and the name of its tokens.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Mobile => "mobile",
            Self::Web => "web",
        }
    }

    /// The type that a word stands for; exactly as spelt.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Cli, Self::Mobile, Self::Web]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// What a user's subscription says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The status before the trial ends.
    pub during_trial: &'static str,
    /// The status from then on.
    pub after_trial: &'static str,
    /// The plan.
    pub plan: &'static str,
}

/// What requests are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// Greatest size of a body, in bytes.
    pub body_max_bytes: usize,
}

/// Headers that protect answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headers {
    /// `Cache-Control` of every answer.
    pub cache_control: Option<&'static str>,
    /// `WWW-Authenticate` of every 401.
    pub www_authenticate: Option<&'static str>,
}

/// The status of every answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Statuses {
    pub registered: StatusCode,
    pub logged_in: StatusCode,
    pub challenged: StatusCode,
    pub logged_out: StatusCode,
    pub current_user: StatusCode,
    pub listed: StatusCode,
    pub revoked_one: StatusCode,
    pub revoked_others: StatusCode,
    pub invalid: StatusCode,
    pub unauthenticated: StatusCode,
    pub wrong_credentials: StatusCode,
    pub wrong_code: StatusCode,
    pub unknown_challenge: StatusCode,
    pub unknown_token: StatusCode,
    pub cannot_revoke_current: StatusCode,
    pub throttled: StatusCode,
    pub too_large: StatusCode,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            trial_days: 30,
            password_min_chars: 8,
            name_max_chars: 255,
            email_max_chars: 255,
            taken_email: TakenEmail::Refused,
            naming: Naming::default(),
        }
    }
}

impl Default for Login {
    fn default() -> Self {
        Self {
            naming: Naming::default(),
            ends: Ends::SameName,
            wrong_password_ends: Ends::Nothing,
            unknown_email_work: UnknownEmailWork::SameAsKnown,
            challenges: Challenges::EnrolledAccounts,
        }
    }
}

impl Default for SecondFactor {
    fn default() -> Self {
        Self {
            naming: Naming::default(),
            ends: Ends::SameName,
            window_steps: 1,
            code_once: true,
            recovery_code_once: true,
            challenge_once: true,
            challenge_seconds: 600,
            challenge_attempts: 5,
        }
    }
}

impl Default for Bearer {
    fn default() -> Self {
        Self {
            scheme: Scheme::AnyCase,
            accepts: Accepts::IdAndSecret,
            records_use: true,
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            lists: Lists::OwnTokens,
            order: Order::NewestFirst,
            marks: Marks::CallingToken,
            logout_ends: Ends::Current,
            revoke_one_ends: Ends::Chosen,
            revoke_one_reaches: Reaches::OwnTokens,
            refuses_current: true,
            revoke_others_ends: Ends::Others,
            counts: Counts::EndedTokens,
        }
    }
}

impl Default for Naming {
    fn default() -> Self {
        Self::ClientHeader {
            otherwise: ClientType::Mobile,
        }
    }
}

impl Default for Subscription {
    fn default() -> Self {
        Self {
            during_trial: "trialing",
            after_trial: "expired",
            plan: "monthly",
        }
    }
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            body_max_bytes: 128 * 1024,
        }
    }
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            cache_control: Some("no-store"),
            www_authenticate: Some("Bearer"),
        }
    }
}

impl Default for Statuses {
    fn default() -> Self {
        Self {
            registered: StatusCode::CREATED,
            logged_in: StatusCode::OK,
            challenged: StatusCode::OK,
            logged_out: StatusCode::NO_CONTENT,
            current_user: StatusCode::OK,
            listed: StatusCode::OK,
            revoked_one: StatusCode::NO_CONTENT,
            revoked_others: StatusCode::OK,
            invalid: StatusCode::UNPROCESSABLE_ENTITY,
            unauthenticated: StatusCode::UNAUTHORIZED,
            wrong_credentials: StatusCode::UNAUTHORIZED,
            wrong_code: StatusCode::UNAUTHORIZED,
            unknown_challenge: StatusCode::UNAUTHORIZED,
            unknown_token: StatusCode::NOT_FOUND,
            cannot_revoke_current: StatusCode::UNPROCESSABLE_ENTITY,
            throttled: StatusCode::TOO_MANY_REQUESTS,
            too_large: StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}
