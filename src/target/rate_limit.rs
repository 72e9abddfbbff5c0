//! Limits that a server is declared to have, such as `10/min`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The units of time, in seconds.
const UNITS: [(&str, u64); 3] = [("s", 1), ("min", 60), ("h", 3_600)];

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
#[error("`{0}` is no limit: write calls and unit, such as 10/min (s, min or h)")]
pub struct RateLimitError(String);

impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<Self, RateLimitError> {
        let error = || RateLimitError(text.to_owned());
        let (calls, unit) = text.split_once('/').ok_or_else(error)?;
        let calls = calls.trim().parse().ok().filter(|calls| *calls > 0);
        let mut units = UNITS.iter();
        let (_, seconds) = units
            .find(|(name, _)| *name == unit.trim())
            .ok_or_else(error)?;
        Ok(Self {
            calls: calls.ok_or_else(error)?,
            within: Duration::from_secs(*seconds),
        })
    }
}

impl fmt::Display for RateLimit {
    /// As it is written: `10/min`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut units = UNITS.iter();
        match units.find(|(_, seconds)| self.within.as_secs() == *seconds) {
            Some((unit, _)) => write!(f, "{}/{unit}", self.calls),
            None => write!(f, "{} in {} s", self.calls, self.within.as_secs()),
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
    /// How long throttled calls, counted by operation, take at these limits; nothing where none is declared.
    #[must_use]
    pub fn time_for(&self, calls: &BTreeMap<&str, usize>) -> Option<Duration> {
        let all = self.all.map(|limit| limit.time_for(calls.values().sum()));
        let own = self.by_operation.iter().map(|(operation, limit)| {
            let calls = calls.get(operation.as_str()).copied();
            limit.time_for(calls.unwrap_or(0))
        });
        // The windows of several limits pass at the same time.
        own.chain(all).max()
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
            "",
        ] {
            assert_eq!(parse(wrong), Err(RateLimitError(wrong.to_owned())));
        }
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
        let seconds = |limits: RateLimits| limits.time_for(&calls).map(|time| time.as_secs());
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
