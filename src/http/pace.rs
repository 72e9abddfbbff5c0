//! Calls are held back before the server has to refuse them, at limits that are declared or announced.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat_n;
use std::time::Duration;

use tokio::time::Instant;

use super::rate_limit::{Caller, Counted, DeclaredLimit, RateLimit, RateLimits};
use super::rate_limit_headers::RateLimitHeaders;

/// Two clocks never agree, and a window that ends now may end a little later.
const MARGIN: Duration = Duration::from_millis(250);

/// The longest window of a limit whose calls are spread.
const SPREAD_WITHIN: Duration = Duration::from_secs(1);

/// An announced limit counts as one that lets hardly anything through.
const NARROWEST: RateLimit = RateLimit {
    calls: 1,
    within: Duration::from_hours(1),
};

/// A bucket of tokens for each declared limit: a call takes one, which comes back a window after the answer.
///
/// Not at an even rate: that would overdraw a server that counts in fixed windows, as Laravel does. Never more
/// than the limit in any span of its length is right for fixed windows, sliding ones and leaking buckets alike. But a limit
/// by the second is one of a gateway, which commonly refuses whatever comes sooner than an even rate has it (the
/// `limit_req` of nginx): its calls are spread.
#[derive(Debug, Default)]
pub(super) struct Pace {
    declared: RateLimits,
    /// By the position of a declared limit, and the account where it counts each by itself.
    counts: BTreeMap<Key, CallCount>,
    /// By operation: what answers say of its limit.
    announced: BTreeMap<String, Announcements>,
}

pub(super) type Key = (usize, Counted);

#[derive(Debug, Default)]
struct CallCount {
    /// When the last call was let go.
    begun: Option<Instant>,
    under_way: usize,
    /// When calls that were let through were answered.
    answered: Vec<Instant>,
}

/// What answers say of the limit of one operation.
#[derive(Debug, Default)]
struct Announcements {
    /// Whether the calls of one account were seen to count for another.
    is_shared: bool,
    /// Until when an account that has used its calls up has none left; `None` for a caller that is not known.
    used_up: BTreeMap<Option<String>, Instant>,
    /// The accounts whose first answer was seen.
    seen: BTreeSet<Option<String>>,
}

/// When calls may be made, and what holds them back until then.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HeldBack {
    pub(super) until: Instant,
    /// The limit as it was declared, or what announced it.
    pub(super) by: String,
}

impl Pace {
    pub(super) fn new(declared: RateLimits) -> Self {
        Self {
            declared,
            ..Self::default()
        }
    }

    /// When so many more calls may be made, by the limits that are to be kept; nothing where that is now.
    pub(super) fn free_at(
        &self,
        caller: &Caller<'_>,
        calls: usize,
        now: Instant,
        is_kept: fn(RateLimit) -> bool,
    ) -> Option<HeldBack> {
        let declared = self.declared.iter().enumerate();
        let declared = declared.filter(|(_, declared)| is_kept(declared.limit));
        let declared = declared.filter_map(|(position, declared)| {
            let key = key(position, declared, caller)?;
            let until = freed(declared, self.counts.get(&key)?, calls, now)?;
            Some(HeldBack {
                until,
                by: declared.to_string(),
            })
        });
        declared
            .chain(
                self.announced_for(caller, now)
                    .filter(|_| is_kept(NARROWEST)),
            )
            .max_by_key(|held| held.until)
    }

    fn announced_for(&self, caller: &Caller<'_>, now: Instant) -> Option<HeldBack> {
        let announced = self.announced.get(caller.operation)?;
        let own = caller.account.map(str::to_owned);
        let used_up = (announced.used_up.iter())
            .filter(|(account, _)| announced.is_shared || **account == own);
        let until = used_up.map(|(_, until)| *until).max()?;
        (until > now).then(|| HeldBack {
            until,
            by: format!(
                "the limit of `{}` that the server announces",
                caller.operation
            ),
        })
    }

    /// So many calls are about to be made; the counts that they count in.
    pub(super) fn take(&mut self, caller: &Caller<'_>, calls: usize, now: Instant) -> Vec<Key> {
        let declared = self.declared.iter().enumerate();
        let keys: Vec<Key> = declared
            .filter_map(|(position, declared)| key(position, declared, caller))
            .collect();
        for key in &keys {
            let count = self.counts.entry(key.clone()).or_default();
            count.under_way += calls;
            count.begun = Some(now);
        }
        keys
    }

    /// Calls have come to an end: some that were let through, some that the server will not have counted.
    pub(super) fn give_back(
        &mut self,
        keys: &[Key],
        let_through: usize,
        uncounted: usize,
        now: Instant,
    ) {
        for key in keys {
            if let Some(count) = self.counts.get_mut(key) {
                count.under_way = count.under_way.saturating_sub(let_through + uncounted);
                count.answered.extend(repeat_n(now, let_through));
            }
        }
    }

    /// An answer says something of the limit that its call counted against.
    pub(super) fn announced(
        &mut self,
        caller: &Caller<'_>,
        announced: RateLimitHeaders,
        now: Instant,
    ) {
        let Some(left) = announced.left else {
            return;
        };
        let of_operation = self
            .announced
            .entry(caller.operation.to_owned())
            .or_default();
        let account = caller.account.map(str::to_owned);
        // The first call of an account leaves all but one of its own.
        let is_first = of_operation.seen.insert(account.clone());
        let others = of_operation.seen.len() > 1;
        let less = announced.limit.is_some_and(|limit| left + 1 < limit);
        of_operation.is_shared |= is_first && others && less;
        match announced.reset.filter(|_| left == 0) {
            Some(reset) => {
                let until = now.checked_add(reset + MARGIN).unwrap_or(now);
                of_operation.used_up.insert(account, until);
            }
            None => {
                of_operation.used_up.remove(&account);
            }
        }
    }
}

fn key(position: usize, declared: &DeclaredLimit, caller: &Caller<'_>) -> Option<Key> {
    let counted = declared.counts_for(caller);
    (counted != Counted::NotAtAll).then_some((position, counted))
}

/// When so many more calls keep to a limit; nothing where they do now.
fn freed(
    declared: &DeclaredLimit,
    count: &CallCount,
    calls: usize,
    now: Instant,
) -> Option<Instant> {
    let limit = declared.limit;
    if limit.within <= SPREAD_WITHIN {
        let next = count.begun? + limit.within / limit.calls;
        return (next > now).then_some(next);
    }
    let within = limit.within + MARGIN;
    let under_way = repeat_n(now, count.under_way);
    let mut back: Vec<Instant> = (count.answered.iter().copied())
        .chain(under_way)
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
