//! The words that a contract is sorted by: how binding a clause is, who claims it, where it comes from.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How sure we are of an operation's method and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OperationOrigin {
    /// The published page states them.
    Documented,
    /// No page states them: they follow the manner of the others.
    Assumed,
}

/// What the harness uses an operation for by itself: to make accounts ready, to see sessions alive, to log out in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It makes an account.
    Register,
    /// It opens a session for a password, or asks for a second factor.
    LogIn,
    /// It completes a login that asks for a second factor.
    SecondFactor,
    /// It describes the account of whoever calls: it shows a session alive.
    DescribeCaller,
    /// It lists the sessions of an account.
    ListSessions,
    /// It ends the session that makes the call.
    LogOut,
    /// It ends a session by its id.
    EndSession,
    /// It ends all sessions of an account but for the one that makes the call.
    EndOthers,
}

impl fmt::Display for Role {
    /// As a contract writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Register => "register",
            Self::LogIn => "log-in",
            Self::SecondFactor => "second-factor",
            Self::DescribeCaller => "describe-caller",
            Self::ListSessions => "list-sessions",
            Self::LogOut => "log-out",
            Self::EndSession => "end-session",
            Self::EndOthers => "end-others",
        })
    }
}

/// How binding a clause is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A violation fails the run.
    Must,
    /// A violation is shown and counted.
    Should,
    /// For information.
    Info,
}

/// A set of clauses that a vendor can claim.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[cfg_attr(feature = "reference", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Accounts, login, the current user, logout.
    Core,
    /// The second factor.
    Totp,
    /// One session per client type; listing and revoking tokens.
    Sessions,
    /// Too many attempts.
    RateLimit,
    /// What published standards ask of any such API, documented or not.
    Hardening,
    /// What must hold for calls that arrive at the same time.
    Concurrency,
}

impl Profile {
    /// All profiles, in the order in which reports list them.
    pub const ALL: [Self; 6] = [
        Self::Core,
        Self::Sessions,
        Self::Totp,
        Self::RateLimit,
        Self::Hardening,
        Self::Concurrency,
    ];

    /// Whether a run covers it without being asked: what the documentation promises. The others a vendor claims.
    #[must_use]
    pub fn is_default(self) -> bool {
        !matches!(self, Self::Hardening | Self::Concurrency)
    }
}

/// Where a clause comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClauseOrigin {
    /// The documentation says it.
    Documented,
    /// It follows from what the documentation says.
    Implied,
    /// A published standard says it of every such server.
    Standard,
}

macro_rules! display_as_serialized {
    ($($type:ty: $($variant:ident => $text:literal),+;)+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $text),+ })
            }
        }
    )+};
}

display_as_serialized! {
    Level: Must => "must", Should => "should", Info => "info";
    ClauseOrigin: Documented => "documented", Implied => "implied", Standard => "standard";
    OperationOrigin: Documented => "documented", Assumed => "assumed";
    Profile: Core => "core", Totp => "totp", Sessions => "sessions", RateLimit => "rate-limit",
        Hardening => "hardening", Concurrency => "concurrency";
}
