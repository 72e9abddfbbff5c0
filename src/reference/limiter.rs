//! A fixed-window limiter for attempts to log in.
//!
//! The first attempt of a subject opens a window; when it has used up its attempts, it waits until
//! the window ends. Attempts refused in the meantime neither count nor lengthen it; the first of them
//! may end it early.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::{HeaderMap, RETRY_AFTER};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::secrets::SecretDigest;

/// Below this many windows nobody looks for stale ones.
const SWEEP_FROM: usize = 1024;

/// How many attempts a subject has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Quota {
    /// Attempts in one window.
    pub attempts: u32,
    /// Length of a window; counted in milliseconds.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub window: Duration,
    /// The longest that a subject is locked out for, from the first attempt that is refused; counted
    /// in milliseconds. `None`: until the window ends.
    #[serde(skip)]
    pub lockout: Option<Duration>,
}

impl Default for Quota {
    fn default() -> Self {
        Self::a_minute(10)
    }
}

impl Quota {
    /// So many attempts in each minute.
    #[must_use]
    pub const fn a_minute(attempts: u32) -> Self {
        Self {
            attempts,
            window: Duration::from_mins(1),
            lockout: None,
        }
    }

    /// When a window that would end then, and is used up, ends: the first refusal is now.
    pub(crate) fn locked_until(&self, ends_at_millis: i64, now_millis: i64) -> i64 {
        self.lockout.map_or(ends_at_millis, |lockout| {
            ends_at_millis.min(now_millis.saturating_add(millis(lockout)))
        })
    }
}

/// What is limited. Logging in and giving a code are counted apart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Limits {
    /// For each account (or address that has none), wherever the attempts come from. `None`
    /// switches it off.
    pub per_account: Option<Quota>,
    /// For each network address, whatever accounts it tries. Off by default, since a test suite
    /// works with many accounts from one address.
    pub per_address: Option<Quota>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_account: Some(Quota::default()),
            per_address: None,
        }
    }
}

/// Who attempts what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub(super) route: &'static str,
    pub(super) account: Option<&'a str>,
    pub(super) address: Option<IpAddr>,
}

/// What is left after an attempt that was let through; nothing when it was not limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance(Option<Left>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    limit: u32,
    remaining: u32,
}

/// An attempt that was not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Throttled {
    limit: u32,
    retry_after_seconds: i64,
    resets_at: i64,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_at_millis: i64,
    used: u32,
    refused: bool,
}

#[derive(Debug)]
struct Windows {
    by_key: HashMap<[u8; 32], Window>,
    sweep_at: usize,
}

#[derive(Debug)]
pub(super) struct Limiter {
    limits: Limits,
    windows: Mutex<Windows>,
}

impl Limiter {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            windows: Mutex::new(Windows {
                by_key: HashMap::new(),
                sweep_at: SWEEP_FROM,
            }),
        }
    }

    /// Counts an attempt against each quota that applies, or against none if one of them is used
    /// up.
    pub(super) fn admit(
        &self,
        attempt: Attempt<'_>,
        now: Timestamp,
    ) -> Result<Allowance, Throttled> {
        let quotas: Vec<([u8; 32], Quota)> = self.applicable(attempt).collect();
        let now = now.as_millisecond();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, quota) in &quotas {
            windows.check(key, *quota, now)?;
        }
        let left = quotas
            .iter()
            .map(|(key, quota)| windows.count(*key, *quota, now))
            .min_by_key(|left| left.remaining);
        Ok(Allowance(left))
    }

    fn applicable(&self, attempt: Attempt<'_>) -> impl Iterator<Item = ([u8; 32], Quota)> {
        // Digests as keys keep the memory that an attempt takes independent of how long a name it
        // sends.
        let key = |kind: &str, subject: &str| {
            SecretDigest::of(&format!("{}\n{kind}\n{subject}", attempt.route)).bytes()
        };
        let account = self
            .limits
            .per_account
            .zip(attempt.account)
            .map(|(quota, name)| (key("account", name), quota));
        let address = self
            .limits
            .per_address
            .zip(attempt.address)
            .map(|(quota, ip)| (key("address", &ip.to_string()), quota));
        account.into_iter().chain(address)
    }
}

impl Windows {
    fn check(&mut self, key: &[u8; 32], quota: Quota, now: i64) -> Result<(), Throttled> {
        let Some(window) = self
            .by_key
            .get_mut(key)
            .filter(|window| now < window.ends_at_millis && window.used >= quota.attempts)
        else {
            return Ok(());
        };
        if !window.refused {
            window.refused = true;
            window.ends_at_millis = quota.locked_until(window.ends_at_millis, now);
        }
        Err(Throttled {
            limit: quota.attempts,
            retry_after_seconds: seconds_rounded_up(window.ends_at_millis - now).max(1),
            resets_at: seconds_rounded_up(window.ends_at_millis),
        })
    }

    fn count(&mut self, key: [u8; 32], quota: Quota, now: i64) -> Left {
        let fresh = Window {
            ends_at_millis: now.saturating_add(millis(quota.window)),
            used: 0,
            refused: false,
        };
        let mut window = self.open(&key, now).unwrap_or(fresh);
        window.used += 1;
        self.by_key.insert(key, window);
        self.sweep(now);
        Left {
            limit: quota.attempts,
            remaining: quota.attempts.saturating_sub(window.used),
        }
    }

    fn open(&self, key: &[u8; 32], now: i64) -> Option<Window> {
        self.by_key
            .get(key)
            .copied()
            .filter(|window| now < window.ends_at_millis)
    }

    fn sweep(&mut self, now: i64) {
        if self.by_key.len() >= self.sweep_at {
            self.by_key.retain(|_, window| now < window.ends_at_millis);
            self.sweep_at = (2 * self.by_key.len()).max(SWEEP_FROM);
        }
    }
}

impl Allowance {
    pub(super) fn write(self, headers: &mut HeaderMap) {
        if let Some(Left { limit, remaining }) = self.0 {
            headers.insert("x-ratelimit-limit", HeaderValue::from(limit));
            headers.insert("x-ratelimit-remaining", HeaderValue::from(remaining));
        }
    }
}

impl Throttled {
    pub(super) fn write(self, headers: &mut HeaderMap) {
        headers.insert(RETRY_AFTER, HeaderValue::from(self.retry_after_seconds));
        headers.insert("x-ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(0));
        headers.insert("x-ratelimit-reset", HeaderValue::from(self.resets_at));
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn seconds_rounded_up(millis: i64) -> i64 {
    millis.div_euclid(1000) + i64::from(millis.rem_euclid(1000) != 0)
}

#[cfg(test)]
mod tests;
