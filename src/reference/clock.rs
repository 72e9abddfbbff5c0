//! Where the server takes the time from.

use std::fmt::Debug;
use std::time::Instant;

use jiff::Timestamp;

/// A source of the present moment. The server asks it for everything that depends on time, the
/// `Date` of its answers included, so that one clock gives one consistent world.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that goes as fast as any other, from a moment of one's choice.
#[derive(Debug, Clone, Copy)]
pub struct RunningClock {
    started_at: Timestamp,
    started: Instant,
}

impl RunningClock {
    /// A clock that shows `moment` now.
    pub(crate) fn starting_at(moment: Timestamp) -> Self {
        Self {
            started_at: moment,
            started: Instant::now(),
        }
    }
}

impl Clock for RunningClock {
    fn now(&self) -> Timestamp {
        self.started_at
            .checked_add(self.started.elapsed())
            .unwrap_or(Timestamp::MAX)
    }
}

/// A moment given in seconds since 1970-01-01T00:00:00Z, written as `2026-06-04T12:00:00Z`.
pub(super) fn written(unix_seconds: i64) -> String {
    // A stored moment out of range can only come from a clock that was far off; the answer must
    // still be a date.
    Timestamp::from_second(unix_seconds)
        .unwrap_or(Timestamp::MAX)
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}
