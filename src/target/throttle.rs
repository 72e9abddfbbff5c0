//! Throttling is not failure: when the server asks for patience, the whole client pauses; where its limits are known,
//! throttled calls are held back before it has to.

mod leave;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::asked::{asked_pause, told_limit};
use super::pace::Pace;
use super::{Answer, RateLimits, Wait, Waits};

pub use leave::Leave;

/// Without word from the server the first pause is this long, and each further one twice the last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_GUESS: Duration = Duration::from_mins(1);
/// A timestamp of whole seconds may lie up to a second before the real instant.
const MARGIN: Duration = Duration::from_millis(250);
const LEAST_BUDGET: Duration = Duration::from_mins(5);
/// What servers commonly allow, for a budget before any server has said so.
const COMMON_LIMIT_PER_MINUTE: u32 = 10;

/// Waits for all calls of a run, within a budget.
#[derive(Debug)]
pub struct Throttle {
    max_wait: Option<Duration>,
    planned_calls: usize,
    /// The calls of all operations, where that is known.
    all_calls: usize,
    /// How long the planned calls take at the limits that the server is declared to have.
    declared: Option<Duration>,
    state: Mutex<State>,
    waits: Waits,
}

#[derive(Debug, Default)]
struct State {
    resume_at: Option<Instant>,
    /// Until when all waiting is accounted for.
    charged_until: Option<Instant>,
    waited: Waited,
    guesses: u32,
    limit: Option<u32>,
    /// Whether calls were refused that servers do not commonly limit: then the limit is one of all calls.
    limits_all: bool,
    pace: Pace,
}

/// What throttling has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waited {
    /// Answers that asked for patience.
    pub answers: u32,
    /// Time in which calls were held back.
    pub total: Duration,
    /// The part of it in which throttled calls were held back before the server had to refuse them.
    pub paced: Duration,
}

/// The server asks for more patience than the run has, or its limits do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server throttles: {} s are to be waited for, and of --max-wait {} s only {} s are left",
    .asked.as_secs(), .budget.as_secs(), .left.as_secs()
)]
pub struct OutOfPatience {
    asked: Duration,
    budget: Duration,
    left: Duration,
}

impl Throttle {
    /// A throttle for a run with that many throttled calls.
    #[must_use]
    pub fn new(max_wait: Option<Duration>, planned_calls: usize) -> Self {
        Self {
            max_wait,
            planned_calls,
            all_calls: planned_calls,
            declared: None,
            state: Mutex::default(),
            waits: Waits::default(),
        }
    }

    /// The same with a budget for calls that are declared to take that long.
    #[must_use]
    pub fn expecting(self, declared: Option<Duration>) -> Self {
        Self { declared, ..self }
    }

    /// The same for a run with that many calls in all.
    #[must_use]
    pub fn among(self, all_calls: usize) -> Self {
        Self { all_calls, ..self }
    }

    /// The same at the limits that the server is declared to have; `throttled` are the operations that the limit
    /// for all is for.
    #[must_use]
    pub fn keeping_to(self, limits: RateLimits, throttled: BTreeSet<String>) -> Self {
        self.lock().pace = Pace::new(throttled, limits);
        self
    }

    /// The same, with its waits told there.
    #[must_use]
    pub fn telling(self, waits: Waits) -> Self {
        Self { waits, ..self }
    }

    /// Whether an answer asks for patience: 429, or 503 with `Retry-After`.
    #[must_use]
    pub fn is_asked_by(answer: &Answer) -> bool {
        answer.status == 429 || (answer.status == 503 && answer.header("retry-after").is_some())
    }

    /// Waits until calls may be made again.
    pub async fn ready(&self) {
        while let Some(resume_at) = self.paused_until() {
            sleep_until(resume_at).await;
        }
    }

    /// Whether the server has asked for a pause that is not over.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused_until().is_some()
    }

    fn paused_until(&self) -> Option<Instant> {
        let resume_at = self.lock().resume_at;
        resume_at.filter(|instant| *instant > Instant::now())
    }

    /// Waits until so many calls of an operation may be made without meeting a limit that is known.
    ///
    /// # Errors
    /// The wait would exceed the budget.
    pub async fn admit(&self, operation: &str, calls: usize) -> Result<Leave<'_>, OutOfPatience> {
        loop {
            self.ready().await;
            let free_at = {
                let (mut state, now) = (self.lock(), Instant::now());
                let Some((free_at, limit)) = state.pace.free_at(operation, calls, now) else {
                    return Ok(self.leave(&mut state, operation, calls));
                };
                let begins = state.charged_until.is_none_or(|until| until <= now);
                let wait = free_at.saturating_duration_since(now);
                let charged = self.charge(&mut state, now, wait)?;
                state.waited.paced += charged;
                if begins {
                    self.waits.tell(Wait::Paced(wait, limit));
                }
                free_at
            };
            sleep_until(free_at).await;
        }
    }

    /// Leave to make calls that are to meet a limit: they count, but are held back by a pause alone.
    pub async fn admit_unpaced(&self, operation: &str, calls: usize) -> Leave<'_> {
        self.ready().await;
        self.leave(&mut self.lock(), operation, calls)
    }

    fn leave(&self, state: &mut State, operation: &str, calls: usize) -> Leave<'_> {
        state.pace.take(operation, calls, Instant::now());
        Leave {
            throttle: self,
            operation: operation.to_owned(),
            calls,
        }
    }

    /// Pauses the run as an answer to a call of an operation asks.
    ///
    /// # Errors
    /// The pause would exceed the budget; nothing is paused then.
    pub fn pause(&self, operation: &str, answer: &Answer) -> Result<(), OutOfPatience> {
        let now = Instant::now();
        let mut state = self.lock();
        state.waited.answers += 1;
        let told = told_limit(answer);
        state.limit = told.or(state.limit);
        state.limits_all |= !state.pace.is_throttled(operation);
        let asked = asked_pause(answer);
        // Answers that were on their way when the pause began do not lengthen a guessed one.
        let paused = state.resume_at.is_some_and(|instant| instant > now);
        let pause = match asked {
            Some(asked) => asked.saturating_add(MARGIN),
            None if paused => return Ok(()),
            None => {
                let pause = FIRST_PAUSE * 2_u32.pow(state.guesses.min(6));
                state.guesses += 1;
                pause.min(LONGEST_GUESS)
            }
        };
        self.charge(&mut state, now, pause)?;
        // A pause beyond all time was beyond the budget.
        let resume_at = now.checked_add(pause).unwrap_or(now);
        let later = state.resume_at.map_or(resume_at, |at| at.max(resume_at));
        state.resume_at = Some(later);
        if !paused {
            self.waits.tell(Wait::Asked(pause));
            if let (Some(asked), 429) = (asked, answer.status) {
                state.pace.refused(operation, now + asked, told);
            }
        }
        Ok(())
    }

    /// Takes a wait out of the budget, but for what of it is accounted for; the rest, which is taken.
    fn charge(
        &self,
        state: &mut State,
        now: Instant,
        wait: Duration,
    ) -> Result<Duration, OutOfPatience> {
        let from = state.charged_until.map_or(now, |until| until.max(now));
        let budget = self.budget(state);
        let left = budget.saturating_sub(state.waited.total);
        // A wait beyond all time is beyond the budget.
        let until = now.checked_add(wait);
        let more = until.map(|until| until.saturating_duration_since(from));
        let (Some(until), Some(more)) = (until, more.filter(|more| *more <= left)) else {
            return Err(OutOfPatience {
                asked: wait,
                budget,
                left,
            });
        };
        state.waited.total += more;
        state.charged_until = Some(until.max(from));
        Ok(more)
    }

    /// An answer that asked for nothing: the next guess starts small again.
    pub fn relax(&self) {
        let mut state = self.lock();
        if state.guesses > 0 {
            state.guesses = 0;
        }
    }

    /// What throttling has cost so far.
    #[must_use]
    pub fn waited(&self) -> Waited {
        self.lock().waited
    }

    /// The limits that the server was found to have.
    #[must_use]
    pub fn learnt(&self) -> RateLimits {
        self.lock().pace.learnt().clone()
    }

    fn budget(&self, state: &State) -> Duration {
        self.max_wait.unwrap_or_else(|| {
            let calls = if state.limits_all {
                self.all_calls
            } else {
                self.planned_calls
            };
            let calls = calls as u64;
            let per_minute = |limit: u32| Duration::from_secs(calls * 60 / u64::from(limit));
            // What the server itself tells counts beside what was declared of it.
            let planned = match (state.limit, self.declared) {
                (Some(told), declared) => per_minute(told).max(declared.unwrap_or_default()),
                (None, Some(declared)) => declared,
                (None, None) => per_minute(COMMON_LIMIT_PER_MINUTE),
            };
            LEAST_BUDGET.max(planned * 3 / 2)
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
