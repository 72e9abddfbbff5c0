//! Calls are held back before the server has to refuse them, at limits that are declared or learnt.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat_n;
use std::time::Duration;

use tokio::time::Instant;

use super::{RateLimit, RateLimits};

/// Two clocks never agree, and a window that ends now may end a little later.
const MARGIN: Duration = Duration::from_millis(250);

/// A lesson may be of a window that had begun before the run, and then be followed by another. Who is refused all the
/// same does not meet windows at all, and waits to be asked.
const MOST_LESSONS: u32 = 2;

/// A bucket of tokens for each limit: a call takes one, which comes back a window after the answer.
///
/// Not at an even rate: that would overdraw a server that counts in fixed windows, as Laravel does. Never more
/// than the limit in any span of its length is right for fixed windows, sliding ones and leaking buckets alike.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Operations that servers commonly limit together.
    throttled: BTreeSet<String>,
    declared: RateLimits,
    learnt: RateLimits,
    /// How often a limit was learnt: for an operation, or for all.
    lessons: BTreeMap<Option<String>, u32>,
    counts: BTreeMap<String, Count>,
    /// The refusal from which a limit is learnt, once all calls that were under way have their answers.
    refusal: Option<Refusal>,
}

/// The calls of one operation.
#[derive(Debug, Default)]
struct Count {
    under_way: usize,
    /// When calls that were let through were answered.
    answered: Vec<Instant>,
    /// Since the last refusal.
    burst: Option<Burst>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Burst {
    began: Instant,
    let_through: u32,
}

#[derive(Debug)]
struct Refusal {
    operation: String,
    until: Instant,
    told: Option<u32>,
}

#[derive(Debug)]
struct Lesson {
    limit: RateLimit,
    /// Whether it is for all throttled operations together.
    is_shared: bool,
    /// Whether a whole window was seen: as many calls were let through as the server says that it allows.
    is_certain: bool,
}

impl Pace {
    /// At the limits that are declared; `throttled` are the operations that a limit for all is for.
    pub(super) fn new(throttled: BTreeSet<String>, declared: RateLimits) -> Self {
        Self {
            throttled,
            declared,
            ..Self::default()
        }
    }

    /// Whether it is one of the operations that servers commonly limit.
    pub(super) fn is_throttled(&self, operation: &str) -> bool {
        self.throttled.contains(operation)
    }

    /// When so many more calls of an operation may be made, and for which limit; nothing where that is now.
    pub(super) fn free_at(
        &mut self,
        operation: &str,
        calls: usize,
        now: Instant,
    ) -> Option<(Instant, RateLimit)> {
        self.learn();
        if self.declared.is_empty() && self.learnt.is_empty() {
            return None;
        }
        let own: Vec<&Count> = self.counts.get(operation).into_iter().collect();
        let shared: Vec<&Count> = self.shared_counts().collect();
        let is_throttled = self.is_throttled(operation);
        let limits = [&self.declared, &self.learnt].into_iter();
        let limits = limits.flat_map(|limits| {
            let all = limits.all.filter(|_| is_throttled);
            let alone = limits.by_operation.get(operation).copied();
            [(all, &shared), (alone, &own)]
        });
        limits
            .filter_map(|(limit, counts)| Some((freed(limit?, counts, calls, now)?, limit?)))
            .max_by_key(|(at, _)| *at)
    }

    /// So many calls are about to be made.
    pub(super) fn take(&mut self, operation: &str, calls: usize, now: Instant) {
        let count = self.counts.entry(operation.to_owned()).or_default();
        count.under_way += calls;
        count.burst.get_or_insert(Burst {
            began: now,
            let_through: 0,
        });
    }

    /// Calls have come to an end: some that were let through, some that the server will not have counted.
    pub(super) fn give_back(
        &mut self,
        operation: &str,
        let_through: usize,
        uncounted: usize,
        now: Instant,
    ) {
        let Some(count) = self.counts.get_mut(operation) else {
            return;
        };
        count.under_way = count.under_way.saturating_sub(let_through + uncounted);
        count.answered.extend(repeat_n(now, let_through));
        if let Some(burst) = &mut count.burst {
            burst.let_through += u32::try_from(let_through).unwrap_or(u32::MAX);
        }
    }

    /// A call was refused until then: the first of those that were under way.
    pub(super) fn refused(&mut self, operation: &str, until: Instant, told: Option<u32>) {
        self.refusal.get_or_insert_with(|| Refusal {
            operation: operation.to_owned(),
            until,
            told,
        });
    }

    /// The limits that the server was found to have.
    pub(super) fn learnt(&self) -> &RateLimits {
        &self.learnt
    }

    fn learn(&mut self) {
        let Some(refusal) = self.refusal.take() else {
            return;
        };
        let lesson = self.lesson(&refusal);
        for count in self.counts.values_mut() {
            count.burst = None;
        }
        let Some(lesson) = lesson else {
            return;
        };
        let operation = (!lesson.is_shared).then_some(refusal.operation);
        let lessons = self.lessons.entry(operation.clone()).or_default();
        let limit = (*lessons < MOST_LESSONS).then_some(lesson.limit);
        *lessons += if lesson.is_certain { MOST_LESSONS } else { 1 };
        match operation {
            None => self.learnt.all = slower(self.learnt.all, limit),
            Some(operation) => {
                let own = &mut self.learnt.by_operation;
                let known = own.remove(&operation);
                own.extend(slower(known, limit).map(|limit| (operation, limit)));
            }
        }
    }

    /// The limit behind a refusal.
    fn lesson(&self, refusal: &Refusal) -> Option<Lesson> {
        let own = burst(self.counts.get(&refusal.operation))?;
        let is_throttled = self.is_throttled(&refusal.operation);
        let shared = burst(self.shared_counts()).filter(|_| is_throttled);
        let (calls, burst, is_shared) = match (refusal.told, shared) {
            // It let more through than it allows: it counts something else, such as the calls of one account.
            (Some(told), _) if own.let_through > told => return None,
            (Some(told), Some(shared)) if shared.let_through <= told => (told, shared, true),
            (Some(told), _) => (told, own, false),
            // Untold, it is taken for the widest that it can be: too narrow a limit would cost more than a refusal.
            (None, Some(shared)) => (shared.let_through, shared, true),
            (None, None) => return None,
        };
        let within = refusal.until.saturating_duration_since(burst.began);
        // Servers tell whole seconds, and commonly cut off the rest.
        let within = Duration::from_secs(within.as_secs() + u64::from(within.subsec_nanos() > 0));
        (calls > 0).then_some(Lesson {
            limit: RateLimit { calls, within },
            is_shared,
            is_certain: refusal.told == Some(burst.let_through),
        })
    }

    fn shared_counts(&self) -> impl Iterator<Item = &Count> {
        let counts = self.counts.iter();
        let shared = counts.filter(|(operation, _)| self.is_throttled(operation));
        shared.map(|(_, count)| count)
    }
}

/// The slower of two limits; nothing where there is nothing to be learnt.
fn slower(known: Option<RateLimit>, limit: Option<RateLimit>) -> Option<RateLimit> {
    let limit = limit?;
    let known = known.filter(|known| known.is_slower_than(limit));
    Some(known.unwrap_or(limit))
}

/// All bursts as one.
fn burst<'a>(counts: impl IntoIterator<Item = &'a Count>) -> Option<Burst> {
    let bursts = counts.into_iter().filter_map(|count| count.burst);
    bursts.reduce(|a, b| Burst {
        began: a.began.min(b.began),
        let_through: a.let_through.saturating_add(b.let_through),
    })
}

/// When so many more calls keep to a limit; nothing where they do now.
fn freed(limit: RateLimit, counts: &[&Count], calls: usize, now: Instant) -> Option<Instant> {
    let within = limit.within + MARGIN;
    let taken = counts.iter().flat_map(|count| {
        let under_way = repeat_n(now, count.under_way);
        count.answered.iter().copied().chain(under_way)
    });
    let mut back: Vec<Instant> = taken
        .filter_map(|at| at.checked_add(within))
        .filter(|at| *at > now)
        .collect();
    back.sort_unstable();
    let limit = usize::try_from(limit.calls).unwrap_or(usize::MAX);
    // More at once than the limit has: as many as it has are waited for.
    let missing = (back.len() + calls.min(limit)).saturating_sub(limit);
    back.get(missing.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests;
