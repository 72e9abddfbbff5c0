//! Calls under way, counted against the limits of the server.

use tokio::time::Instant;

use super::Throttle;
use crate::http::pace::Key;

/// Permission to make calls of one operation, counted against its limits until they have ended.
#[derive(Debug)]
pub struct Permit<'a> {
    pub(super) throttle: &'a Throttle,
    pub(super) keys: Vec<Key>,
    pub(super) calls: usize,
}

impl Permit<'_> {
    /// The calls were made; `refused` of them the server will not have counted.
    pub fn used(mut self, refused: usize) {
        let made = std::mem::take(&mut self.calls);
        let refused = refused.min(made);
        self.give_back(made - refused, refused);
    }

    fn give_back(&self, let_through: usize, uncounted: usize) {
        let mut state = self.throttle.lock();
        state
            .pace
            .give_back(&self.keys, let_through, uncounted, Instant::now());
    }
}

impl Drop for Permit<'_> {
    /// What was not used is free for others.
    fn drop(&mut self) {
        if self.calls > 0 {
            self.give_back(0, self.calls);
        }
    }
}
