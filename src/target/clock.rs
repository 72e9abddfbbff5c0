//! The server's clock, as far as its `Date` headers tell.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::Answer;

/// `Date` has whole seconds and the answer travels: less than this is no difference.
const UNCERTAINTY_SECONDS: i64 = 2;

/// How far the server's clock is from ours.
#[derive(Debug, Default)]
pub struct ServerClock {
    ahead_seconds: AtomicI64,
    known: AtomicBool,
}

impl ServerClock {
    /// Learns from an answer.
    pub fn observe(&self, answer: &Answer) {
        if let Some(date) = answer.date() {
            let ahead = date.as_second() - answer.midpoint().as_second();
            let ahead = if ahead.abs() <= UNCERTAINTY_SECONDS {
                0
            } else {
                ahead
            };
            self.ahead_seconds.store(ahead, Ordering::Relaxed);
            self.known.store(true, Ordering::Relaxed);
        }
    }

    /// Shows what `other` shows.
    pub fn set(&self, other: &Self) {
        let relaxed = Ordering::Relaxed;
        self.ahead_seconds
            .store(other.ahead_seconds.load(relaxed), relaxed);
        self.known.store(other.known.load(relaxed), relaxed);
    }

    /// Whether the server has told its time at all.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    /// How many seconds the server's clock is ahead of ours.
    #[must_use]
    pub fn ahead_seconds(&self) -> i64 {
        self.ahead_seconds.load(Ordering::Relaxed)
    }

    /// The server's time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(Timestamp::now())
    }

    /// The server's time at an instant of our clock.
    #[must_use]
    pub fn at(&self, ours: Timestamp) -> Timestamp {
        ours.saturating_add(SignedDuration::from_secs(self.ahead_seconds()))
            .unwrap_or(ours)
    }
}
