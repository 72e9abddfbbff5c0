//! A clock that a test moves.

use std::sync::Mutex;
use std::time::Duration;

use conform::reference::Clock;
use jiff::Timestamp;

/// A clock that stands still until it is moved, for tests of what takes minutes or days.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}
