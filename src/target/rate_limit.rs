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
    #[must_use]
    pub fn time_for(self, calls: usize) -> Duration {
        let calls = u32::try_from(calls).unwrap_or(u32::MAX);
        self.within.saturating_mul(calls) / self.calls
    }

    /// Whether calls take longer at this limit than at another.
    #[must_use]
    pub fn is_slower_than(self, other: Self) -> bool {
        let time = |own: Self, other: Self| own.within.saturating_mul(other.calls);
        time(self, other) > time(other, self)
    }
}

/// The limit that decides how long throttled calls take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowest {
    /// The operation that it is for; nothing where it is for all together.
    pub operation: Option<String>,
    /// How many calls of a run it is for.
    pub calls: usize,
    /// The limit.
    pub limit: RateLimit,
}

impl Narrowest {
    /// How long the calls take.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.limit.time_for(self.calls)
    }
}

/// The limits of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// For all throttled operations together.
    pub all: Option<RateLimit>,
    /// For an operation by itself.
    pub by_operation: BTreeMap<String, RateLimit>,
}

impl RateLimits {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.by_operation.is_empty()
    }

    /// The limit that decides how long throttled calls, counted by operation, take; nothing where none is declared.
    #[must_use]
    pub fn narrowest(&self, calls: &BTreeMap<&str, usize>) -> Option<Narrowest> {
        let all = self.all.map(|limit| Narrowest {
            operation: None,
            calls: calls.values().sum(),
            limit,
        });
        let own = self
            .by_operation
            .iter()
            .map(|(operation, limit)| Narrowest {
                calls: calls.get(operation.as_str()).copied().unwrap_or(0),
                operation: Some(operation.clone()),
                limit: *limit,
            });
        // The windows of several limits pass at the same time.
        own.chain(all).max_by_key(Narrowest::time)
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
        for text in ["10/min", "2/s", "100/h"] {
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
    fn a_limit_reads_as_it_is_written() {
        for text in ["10/min", "2/s", "100/h", "5/30s"] {
            assert_eq!(text.parse::<RateLimit>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn limits_are_compared_by_how_long_a_call_takes() {
        let limit = |text: &str| text.parse::<RateLimit>().unwrap();
        assert!(limit("10/min").is_slower_than(limit("1/s")));
        assert!(!limit("1/s").is_slower_than(limit("10/min")));
        assert!(!limit("60/min").is_slower_than(limit("1/s")));
    }

    #[test]
    fn the_narrowest_limit_decides_how_long_calls_take() {
        let limits = |all: Option<&str>, own: &[(&str, &str)]| RateLimits {
            all: all.map(|all| all.parse().unwrap()),
            by_operation: own
                .iter()
                .map(|(name, limit)| ((*name).to_owned(), limit.parse().unwrap()))
                .collect(),
        };
        let calls = BTreeMap::from([("login", 20), ("register", 40)]);
        let seconds = |limits: RateLimits| limits.narrowest(&calls).map(|one| one.time().as_secs());
        assert_eq!(seconds(limits(Some("10/min"), &[])), Some(360));
        assert_eq!(seconds(limits(None, &[("login", "5/min")])), Some(240));
        assert_eq!(
            seconds(limits(Some("1/s"), &[("login", "5/min")])),
            Some(240)
        );
        assert_eq!(seconds(limits(None, &[("me", "5/min")])), Some(0));
        assert_eq!(seconds(limits(None, &[])), None);
    }
}
