//! Decisions about requests as such: what is read, and how often somebody may try.

/// What requests are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// Greatest size of a body, in bytes.
    pub body_max_bytes: usize,
    /// Kinds of body on which the server fails.
    pub fails_on: &'static [Oddity],
}

/// What is odd about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// The body is no JSON object.
    NoObject,
    /// The body is not declared as JSON.
    UndeclaredJson,
    /// A text has a NUL in it.
    Nul,
    /// There is a list or an object where a text is due.
    Structure,
    /// The client is of a type that nobody knows.
    UnknownClientType,
}

/// Decisions of limiting attempts to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limiting {
    /// Which attempts count.
    pub counts: CountedAttempts,
    /// What makes the attempts of one subject those of another, besides the account.
    pub told_apart_by: ToldApartBy,
    /// Whether codes are limited.
    pub codes: bool,
    /// Whether a wrong password is told to be wrong, however many there were.
    pub right_passwords_only: bool,
}

/// Which attempts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedAttempts {
    /// All.
    All,
    /// Those at addresses that have no account.
    UnknownEmails,
    /// Those as no known type of client.
    UnknownClients,
}

/// What makes the attempts of one subject those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldApartBy {
    /// Nothing else.
    Nothing,
    /// What `X-Forwarded-For` says.
    ForwardedFor,
    /// The password that is tried.
    Password,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            body_max_bytes: 128 * 1024,
            fails_on: &[],
        }
    }
}

impl Default for Limiting {
    fn default() -> Self {
        Self {
            counts: CountedAttempts::All,
            told_apart_by: ToldApartBy::Nothing,
            codes: true,
            right_passwords_only: false,
        }
    }
}
