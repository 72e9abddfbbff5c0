//! The scenarios under way, for whoever wonders why a run takes long.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The scenarios that have begun and not ended, each with when it began, the earliest first.
#[derive(Debug, Clone, Default)]
pub struct UnderWay(Arc<Mutex<Vec<(String, Instant)>>>);

/// A scenario is under way as long as this lives.
pub(super) struct Begun<'a> {
    all: &'a UnderWay,
    id: String,
}

impl UnderWay {
    /// The scenario that has been running longest, and for how long.
    #[must_use]
    pub fn slowest(&self, now: Instant) -> Option<(String, Duration)> {
        let all = self.all();
        let (id, begun) = all.first()?;
        Some((id.clone(), now.saturating_duration_since(*begun)))
    }

    /// A scenario begins.
    pub(super) fn begin(&self, id: &str, now: Instant) -> Begun<'_> {
        self.all().push((id.to_owned(), now));
        Begun {
            all: self,
            id: id.to_owned(),
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<(String, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        let mut all = self.all.all();
        if let Some(ended) = all.iter().position(|(id, _)| *id == self.id) {
            all.remove(ended);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_is_the_earliest_that_has_not_ended() {
        let (under_way, start) = (UnderWay::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        let slowest = || under_way.slowest(after(9));
        assert_eq!(slowest(), None);
        let first = under_way.begin("login/first", start);
        let second = under_way.begin("login/second", after(4));
        assert_eq!(
            slowest(),
            Some(("login/first".to_owned(), after(9) - start))
        );
        drop(first);
        assert_eq!(
            slowest(),
            Some(("login/second".to_owned(), Duration::from_secs(5)))
        );
        drop(second);
        assert_eq!(slowest(), None);
    }
}
