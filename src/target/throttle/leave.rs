//! Calls under way, counted against the limits of the server.

use tokio::time::Instant;

use super::Throttle;

/// Leave to make calls of one operation, counted against its limits until they have ended.
#[derive(Debug)]
pub struct Leave<'a> {
    pub(super) throttle: &'a Throttle,
    pub(super) operation: String,
    pub(super) calls: usize,
}

impl Leave<'_> {
    /// The calls were made; `refused` of them the server will not have counted.
    pub fn used(mut self, refused: usize) {
        let made = std::mem::take(&mut self.calls);
        let refused = refused.min(made);
        let mut state = self.throttle.lock();
        let now = Instant::now();
        state
            .pace
            .give_back(&self.operation, made - refused, refused, now);
    }
}

impl Drop for Leave<'_> {
    /// What was not used is free for others.
    fn drop(&mut self) {
        if self.calls == 0 {
            return;
        }
        let mut state = self.throttle.lock();
        let now = Instant::now();
        state.pace.give_back(&self.operation, 0, self.calls, now);
    }
}
