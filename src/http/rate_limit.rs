//! Limits that a server is declared to have, such as `10/min`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The units of time that a limit is written in, in seconds.
const UNITS: [(&str, u64); 3] = [("s", 1), ("min", 60), ("h", 3_600)];

/// No run waits for a longer one.
const LONGEST_WINDOW: u64 = 7 * 24 * 3_600;

/// So many calls in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The calls.
    pub calls: u32,
    /// The time.
    pub within: Duration,
}

/// Why a limit cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no limit: write calls and time, such as 10/min or 5/30s (s, min or h)")]
pub struct RateLimitError(String);

impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<Self, RateLimitError> {
        let error = || RateLimitError(text.to_owned());
        let (calls, unit) = text.split_once('/').ok_or_else(error)?;
        let calls = calls.trim().parse().ok().filter(|calls| *calls > 0);
        let unit = unit.trim();
        let digits = unit.len() - unit.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (count, unit) = unit.split_at(digits);
        let count: u64 = if count.is_empty() {
            Some(1)
        } else {
            count.parse().ok()
        }
        .filter(|count| *count > 0)
        .ok_or_else(error)?;
        let unit = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, seconds) = unit.ok_or_else(error)?;
        let seconds = seconds
            .checked_mul(count)
            .filter(|seconds| *seconds <= LONGEST_WINDOW);
        Ok(Self {
            calls: calls.ok_or_else(error)?,
            within: Duration::from_secs(seconds.ok_or_else(error)?),
        })
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.within.as_secs();
        match UNITS.iter().find(|(_, unit)| *unit == seconds) {
            Some((unit, _)) => write!(f, "{}/{unit}", self.calls),
            None => write!(f, "{}/{seconds}s", self.calls),
        }
    }
}

impl RateLimit {
    /// How long so many calls take at this limit.
    pub(crate) fn time_for(self, calls: usize) -> Duration {
        let calls = u32::try_from(calls).unwrap_or(u32::MAX);
        self.within.saturating_mul(calls) / self.calls
    }
}

/// Which calls a limit is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitedCalls {
    /// Every call (`all`).
    All,
    /// Those without a token (`guests`).
    Guests,
    /// Those of one operation, by its name.
    Operation(String),
}

/// A limit that a server is declared to have, such as `10/min` or `10/min per account`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredLimit {
    /// The calls that it is for.
    pub calls: LimitedCalls,
    /// How many calls in how much time.
    pub limit: RateLimit,
    /// Whether each account is counted by itself.
    pub per_account: bool,
}

/// The limits that a server is declared to have.
pub type RateLimits = Vec<DeclaredLimit>;

/// Who is about to call what.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The operation.
    pub operation: &'a str,
    /// The e-mail of the account, where it is known.
    pub account: Option<&'a str>,
    /// Whether the call carries no token.
    pub is_guest: bool,
}

/// For whom a call counts against a limit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counted {
    /// For nobody.
    NotAtAll,
    /// For all accounts together.
    ForAll,
    /// For the account with that e-mail.
    For(String),
}

/// What stands behind a limit that counts each account by itself.
const PER_ACCOUNT: &str = "per account";

impl DeclaredLimit {
    /// Reads `10/min` or `10/min per account`.
    ///
    /// # Errors
    /// It is no limit.
    pub fn parse(calls: LimitedCalls, text: &str) -> Result<Self, RateLimitError> {
        let alone = text.trim().strip_suffix(PER_ACCOUNT);
        let limit = alone.unwrap_or(text).trim().parse();
        Ok(Self {
            calls,
            limit: limit.map_err(|_| RateLimitError(text.to_owned()))?,
            per_account: alone.is_some(),
        })
    }

    /// For whom a call counts.
    pub(super) fn counts_for(&self, caller: &Caller<'_>) -> Counted {
        let applies = self.calls.cover(caller.operation, || caller.is_guest);
        match (applies, self.per_account, caller.account) {
            (true, false, _) => Counted::ForAll,
            (true, true, Some(account)) => Counted::For(account.to_owned()),
            _ => Counted::NotAtAll,
        }
    }
}

impl fmt::Display for DeclaredLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.limit)?;
        if self.per_account {
            write!(f, " {PER_ACCOUNT}")?;
        }
        Ok(())
    }
}

impl LimitedCalls {
    /// Those that a word means in a target file.
    pub(crate) fn named(word: &str) -> Self {
        match word {
            "all" => Self::All,
            "guests" => Self::Guests,
            operation => Self::Operation(operation.to_owned()),
        }
    }

    /// Whether the calls of an operation are among them.
    fn cover(&self, operation: &str, is_guest: impl FnOnce() -> bool) -> bool {
        match self {
            Self::All => true,
            Self::Guests => is_guest(),
            Self::Operation(own) => own == operation,
        }
    }

    /// The word for it in a target file.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::All => "all",
            Self::Guests => "guests",
            Self::Operation(name) => name,
        }
    }
}

/// The limit that decides how long the calls of a run take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowestLimit {
    /// The calls that it is for.
    pub limited: LimitedCalls,
    /// How many of them a run makes.
    pub calls: usize,
    /// The limit.
    pub limit: RateLimit,
}

impl SlowestLimit {
    /// How long the calls take.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.limit.time_for(self.calls)
    }

    /// The limit that decides how long a run takes; nothing where none is declared that counts accounts together.
    /// `calls` says how often each operation is called, `guests` which are called without a token.
    #[must_use]
    pub fn of(
        limits: &[DeclaredLimit],
        calls: &BTreeMap<&str, usize>,
        guests: impl Fn(&str) -> bool,
    ) -> Option<Self> {
        let together = limits.iter().filter(|limit| !limit.per_account);
        // The windows of several limits pass at the same time.
        together
            .map(|declared| {
                let limited = calls
                    .iter()
                    .filter(|(name, _)| declared.calls.cover(name, || guests(name)));
                Self {
                    limited: declared.calls.clone(),
                    calls: limited.map(|(_, count)| count).sum(),
                    limit: declared.limit,
                }
            })
            .max_by_key(Self::time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_has_calls_and_a_unit() {
        let parse = |text: &str| text.parse::<RateLimit>();
        let (calls, within) = (10, Duration::from_mins(1));
        assert_eq!(parse("10/min"), Ok(RateLimit { calls, within }));
        assert_eq!(parse("5/10min").unwrap().within.as_secs(), 600);
        for text in ["10/min", "2/s", "100/h", "5/30s"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        assert_eq!(parse("2/s").unwrap().within.as_secs(), 1);
        assert_eq!(parse("100/h").unwrap().within.as_secs(), 3600);
        for wrong in [
            "10",
            "0/min",
            "-1/min",
            "10/minute",
            "ten/min",
            "/min",
            "1.5/s",
            "5/0s",
            "5/30",
            "5/999999999h",
            "5/99999999999999999999s",
            "",
        ] {
            assert_eq!(parse(wrong), Err(RateLimitError(wrong.to_owned())));
        }
    }

    #[test]
    fn a_limit_counts_accounts_together_or_each_by_itself() {
        let parse = |text| DeclaredLimit::parse(LimitedCalls::Operation("login".to_owned()), text);
        let caller = |operation, account| Caller {
            operation,
            account,
            is_guest: true,
        };
        let together = parse("10/min").unwrap();
        assert_eq!(
            together.counts_for(&caller("login", Some("a"))),
            Counted::ForAll
        );
        assert_eq!(
            together.counts_for(&caller("me", Some("a"))),
            Counted::NotAtAll
        );
        let each = parse("10/min per account").unwrap();
        assert_eq!(each.to_string(), "10/min per account");
        assert_eq!(
            each.counts_for(&caller("login", Some("a"))),
            Counted::For("a".to_owned())
        );
        assert_eq!(each.counts_for(&caller("login", None)), Counted::NotAtAll);
        let wrong = "10/min per user".to_owned();
        assert_eq!(parse(&wrong), Err(RateLimitError(wrong)));
    }

    #[test]
    fn the_narrowest_limit_decides_how_long_calls_take() {
        let limits = |declared: &[(LimitedCalls, &str)]| -> RateLimits {
            let limit =
                |(calls, text): &(LimitedCalls, &str)| DeclaredLimit::parse(calls.clone(), text);
            declared.iter().map(|one| limit(one).unwrap()).collect()
        };
        let login = || LimitedCalls::Operation("login".to_owned());
        let calls = BTreeMap::from([("login", 20), ("register", 40), ("me", 60)]);
        let seconds = |declared: &[(LimitedCalls, &str)]| {
            let narrowest = SlowestLimit::of(&limits(declared), &calls, |name| name != "me");
            narrowest.map(|one| one.time().as_secs())
        };
        assert_eq!(seconds(&[(LimitedCalls::All, "10/min")]), Some(720));
        assert_eq!(seconds(&[(LimitedCalls::Guests, "10/min")]), Some(360));
        assert_eq!(seconds(&[(login(), "5/min")]), Some(240));
        assert_eq!(
            seconds(&[(LimitedCalls::All, "1/s"), (login(), "5/min")]),
            Some(240)
        );
        assert_eq!(seconds(&[(login(), "5/min per account")]), None);
        assert_eq!(seconds(&[]), None);
    }
}
