//! Throttling is not failure: where the server asks for patience, the calls that it refuses wait; where its limits are
//! known, calls are held back before it has to ask.

mod permit;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::pace::Pace;
use super::rate_limit_headers::{announced, retry_after};
use super::{Answer, Caller, RateLimit, RateLimits, Wait, WaitNotifier};

pub use permit::Permit;

/// Without word from the server the first pause is this long, and each further one twice the last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_GUESS: Duration = Duration::from_mins(1);
/// Between calls that were refused without a word; twice as long after each pause, and shorter after each answer.
const FIRST_GAP: Duration = Duration::from_millis(50);
/// A shorter one is none.
const LEAST_GAP: Duration = Duration::from_millis(1);
const LONGEST_GAP: Duration = Duration::from_secs(1);
/// A timestamp of whole seconds may lie up to a second before the real instant.
const MARGIN: Duration = Duration::from_millis(250);
const LEAST_BUDGET: Duration = Duration::from_mins(5);
/// What servers commonly allow, for a budget before any server has said so.
const COMMON_LIMIT_PER_MINUTE: u32 = 10;
/// What a limit is met with on purpose: so many calls in so much time.
const PROVOKING_CALLS: usize = 100;
const PROVOKING_TIME: Duration = Duration::from_mins(1);
/// A shorter wait is told only where it is the first of its kind.
const TOLD_AGAIN: Duration = Duration::from_secs(5);

/// Waits for the calls of a run, within a budget.
#[derive(Debug)]
pub struct Throttle {
    max_wait: Option<Duration>,
    planned_calls: usize,
    /// The calls of all operations, where that is known.
    all_calls: usize,
    /// The operations that servers commonly limit.
    throttled: BTreeSet<String>,
    /// How long the planned calls take at the limits that the server is declared to have.
    declared: Option<Duration>,
    state: Mutex<ThrottleState>,
    waits: WaitNotifier,
}

#[derive(Debug, Default)]
struct ThrottleState {
    /// By operation: pauses that the server has asked for.
    held: BTreeMap<String, Hold>,
    /// A gateway in front of the server refuses whatever comes.
    gateway: Hold,
    /// Until when all waiting is accounted for.
    charged_until: Option<Instant>,
    waited: Waited,
    limit: Option<u32>,
    /// Whether calls were refused that servers do not commonly limit: then the limit is one of all calls.
    limits_all: bool,
    pace: Pace,
    /// What was waited for and told before.
    told: BTreeSet<String>,
}

/// A pause, and what follows from refusals that did not say for how long.
#[derive(Debug, Default)]
struct Hold {
    until: Option<Instant>,
    guesses: u32,
    /// The least time between two calls, so that not all that have waited are refused again.
    gap: Duration,
    next: Option<Instant>,
}

/// What throttling has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waited {
    /// Answers of the server that asked for patience.
    pub answers: u32,
    /// Answers that a gateway gave in its place.
    pub gateway_answers: u32,
    /// The status of the last of those.
    pub gateway_status: Option<u16>,
    /// Time in which calls were held back.
    pub total: Duration,
    /// The part of it in which calls were held back before the server had to refuse them.
    pub paced: Duration,
}

/// The server asks for more patience than the run has, or its limits do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaitBudgetExceeded {
    /// The server, or a limit.
    #[error(
        "the server throttles: {} s are to be waited for, and of --max-wait {} s only {} s are left",
        .0.asked.as_secs(), .0.budget.as_secs(), .0.left.as_secs()
    )]
    Throttled(Shortage),
    /// A gateway.
    #[error(
        "a gateway answered {status} to {answers} calls in place of the server, and of --max-wait {} s only {} s are \
         left: is the server up, and does the gateway limit how many calls there may be?",
        .shortage.budget.as_secs(), .shortage.left.as_secs()
    )]
    Gateway {
        /// What it answered last.
        status: u16,
        /// How often it did.
        answers: u32,
        /// What there is too little of.
        shortage: Shortage,
    },
    /// A fresh code of a second factor.
    #[error(
        "a fresh code of a second factor is due in {} s, and of --max-wait {} s only {} s are left",
        .0.asked.as_secs(), .0.budget.as_secs(), .0.left.as_secs()
    )]
    Code(Shortage),
    /// The time of the server does not come to the next code.
    #[error(
        "no fresh code of a second factor within {} s: the clock of the server stands still or goes backwards, by the \
         `Date` of its answers",
        .0.as_secs()
    )]
    NoCode(Duration),
}

/// A wait that does not fit into a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
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
            throttled: BTreeSet::new(),
            declared: None,
            state: Mutex::default(),
            waits: WaitNotifier::default(),
        }
    }

    /// The same with a budget for calls that are declared to take that long.
    pub(crate) fn with_declared_time(self, declared: Option<Duration>) -> Self {
        Self { declared, ..self }
    }

    /// The same for a run with that many calls in all.
    pub(crate) fn with_total_calls(self, all_calls: usize) -> Self {
        Self { all_calls, ..self }
    }

    /// The same at the limits that the server is declared to have; `throttled` are the operations that servers commonly
    /// limit.
    pub(crate) fn with_limits(self, limits: RateLimits, throttled: BTreeSet<String>) -> Self {
        self.lock().pace = Pace::new(limits);
        Self { throttled, ..self }
    }

    /// The same, with its waits told there.
    pub(crate) fn with_notifier(self, waits: WaitNotifier) -> Self {
        Self { waits, ..self }
    }

    /// Whether an answer asks for patience: 429, 503 with `Retry-After`, or a 403 that says so as well.
    pub(crate) fn is_throttled(answer: &Answer) -> bool {
        let waits = || retry_after(answer).is_some();
        match answer.status {
            429 => true,
            503 => answer.header("retry-after").is_some(),
            403 => {
                answer.header("retry-after").is_some()
                    || announced(answer).left == Some(0) && waits()
            }
            _ => false,
        }
    }

    /// Whether a gateway gave that answer in place of the server: 502 to 504, and not in the API's own JSON.
    pub(crate) fn is_gateway_error(answer: &Answer) -> bool {
        (502..=504).contains(&answer.status) && answer.json.is_none()
    }

    /// Whether a gateway throttles, for all operations at once: a 429 with a page, and without a word of when to come again.
    pub(crate) fn is_throttled_by_gateway(answer: &Answer) -> bool {
        answer.status == 429 && answer.is_page() && retry_after(answer).is_none()
    }

    /// How many calls an answer says that are allowed.
    pub(crate) fn announced_limit(answer: &Answer) -> Option<u32> {
        announced(answer).limit
    }

    /// Waits until so many calls may be made without meeting a limit that is known.
    ///
    /// # Errors
    /// The wait would exceed the budget.
    pub async fn admit(
        &self,
        caller: &Caller<'_>,
        calls: usize,
    ) -> Result<Permit<'_>, WaitBudgetExceeded> {
        self.admitted(caller, calls, false).await
    }

    /// Leave to make calls that are to meet a limit: they are held back by pauses, and by limits that let as many through
    /// as it takes, such as those of a gateway.
    ///
    /// # Errors
    /// The wait would exceed the budget.
    pub async fn admit_unpaced(
        &self,
        caller: &Caller<'_>,
        calls: usize,
    ) -> Result<Permit<'_>, WaitBudgetExceeded> {
        self.admitted(caller, calls, true).await
    }

    async fn admitted(
        &self,
        caller: &Caller<'_>,
        calls: usize,
        provokes: bool,
    ) -> Result<Permit<'_>, WaitBudgetExceeded> {
        let is_wide = |limit: RateLimit| limit.time_for(PROVOKING_CALLS) <= PROVOKING_TIME;
        let is_kept = if provokes { is_wide } else { |_| true };
        loop {
            let free_at = {
                let (mut state, now) = (self.lock(), Instant::now());
                if let Some(at) = state.held_until(caller.operation, now) {
                    at
                } else if let Some(at) = state.gap_until(caller.operation, provokes, now) {
                    self.charge(&mut state, now, at - now)
                        .map_err(WaitBudgetExceeded::Throttled)?;
                    at
                } else if let Some(held) = state.pace.free_at(caller, calls, now, is_kept) {
                    let wait = held.until - now;
                    let charged = self.charge(&mut state, now, wait);
                    let charged = charged.map_err(WaitBudgetExceeded::Throttled)?;
                    state.waited.paced += charged;
                    self.tell(&mut state, Wait::Paced(wait, held.by), charged);
                    held.until
                } else {
                    return Ok(self.permit(&mut state, caller, calls, now));
                }
            };
            sleep_until(free_at).await;
        }
    }

    /// Whether the server has asked for a pause before an operation is called again, and it is not over.
    pub(crate) fn is_paused(&self, operation: &str) -> bool {
        self.paused_until(operation).is_some()
    }

    fn paused_until(&self, operation: &str) -> Option<Instant> {
        self.lock().held_until(operation, Instant::now())
    }

    /// Waits until an operation may be called again.
    pub async fn ready(&self, operation: &str) {
        while let Some(at) = self.paused_until(operation) {
            sleep_until(at).await;
        }
    }

    fn permit(
        &self,
        state: &mut ThrottleState,
        caller: &Caller<'_>,
        calls: usize,
        now: Instant,
    ) -> Permit<'_> {
        for hold in state.holds_of(caller.operation) {
            hold.next = Some(now + hold.gap);
        }
        Permit {
            throttle: self,
            keys: state.pace.take(caller, calls, now),
            calls,
        }
    }

    /// Pauses the calls of an operation as the answer to one asks.
    ///
    /// # Errors
    /// The pause would exceed the budget; nothing is paused then.
    pub fn pause(&self, operation: &str, answer: &Answer) -> Result<(), WaitBudgetExceeded> {
        let state = &mut *self.lock();
        state.waited.answers += 1;
        state.limit = announced(answer).limit.or(state.limit);
        state.limits_all |= !self.throttled.contains(operation);
        let now = Instant::now();
        let hold = state.held.entry(operation.to_owned()).or_default();
        let Some((pause, hold)) = hold.after(retry_after(answer), now) else {
            return Ok(());
        };
        let charged = (self.charge(state, now, pause)).map_err(WaitBudgetExceeded::Throttled)?;
        state.held.insert(operation.to_owned(), hold);
        self.tell(state, Wait::Asked(pause, operation.to_owned()), charged);
        Ok(())
    }

    /// Pauses all calls, as a gateway answered one in place of the server.
    ///
    /// # Errors
    /// The pause would exceed the budget; nothing is paused then.
    pub fn pause_for_gateway(&self, answer: &Answer) -> Result<(), WaitBudgetExceeded> {
        let state = &mut *self.lock();
        state.waited.gateway_answers += 1;
        state.waited.gateway_status = Some(answer.status);
        let now = Instant::now();
        let Some((pause, hold)) = state.gateway.after(retry_after(answer), now) else {
            return Ok(());
        };
        let answers = state.waited.gateway_answers;
        let short = |shortage| WaitBudgetExceeded::Gateway {
            status: answer.status,
            answers,
            shortage,
        };
        let charged = self.charge(state, now, pause).map_err(short)?;
        state.gateway = hold;
        self.tell(state, Wait::Gateway(pause, answer.status), charged);
        Ok(())
    }

    /// Waits for a fresh code of a second factor, within the budget that the user gave; without one, such waits are
    /// bounded by their number.
    ///
    /// # Errors
    /// The wait would exceed the budget; nothing is waited for then.
    pub async fn wait_for_code(&self, wait: Duration) -> Result<(), WaitBudgetExceeded> {
        if self.max_wait.is_some() {
            self.charge(&mut self.lock(), Instant::now(), wait)
                .map_err(WaitBudgetExceeded::Code)?;
        }
        self.waits.tell(Wait::FreshCode(wait));
        sleep(wait).await;
        Ok(())
    }

    fn tell(&self, state: &mut ThrottleState, wait: Wait, charged: Duration) {
        // What is waited for already was told when that wait began.
        let is_news = state.told.insert(wait.kind()) || wait.length() >= TOLD_AGAIN;
        if is_news && !charged.is_zero() {
            self.waits.tell(wait);
        }
    }

    /// Takes a wait out of the budget, but for what of it is accounted for; the rest, which is taken.
    fn charge(
        &self,
        state: &mut ThrottleState,
        now: Instant,
        wait: Duration,
    ) -> Result<Duration, Shortage> {
        let from = state.charged_until.map_or(now, |until| until.max(now));
        let budget = self.budget(state);
        let left = budget.saturating_sub(state.waited.total);
        // A wait beyond all time is beyond the budget.
        let until = now.checked_add(wait);
        let more = until.map(|until| until.saturating_duration_since(from));
        let (Some(until), Some(more)) = (until, more.filter(|more| *more <= left)) else {
            return Err(Shortage {
                asked: wait,
                budget,
                left,
            });
        };
        state.waited.total += more;
        state.charged_until = Some(until.max(from));
        Ok(more)
    }

    /// A call was answered without a word of patience: the next guess starts small again, and calls may follow closer. What
    /// the answer says of its limit is kept to.
    pub fn answered(&self, caller: &Caller<'_>, answer: &Answer) {
        let state = &mut *self.lock();
        for hold in state.holds_of(caller.operation) {
            hold.relax();
        }
        let announced = announced(answer);
        state.pace.announced(caller, announced, Instant::now());
    }

    /// What throttling has cost so far.
    #[must_use]
    pub fn waited(&self) -> Waited {
        self.lock().waited
    }

    /// The longest time that throttling may cost, as far as is known by now.
    pub(crate) fn longest_wait(&self) -> Duration {
        self.budget(&self.lock())
    }

    fn budget(&self, state: &ThrottleState) -> Duration {
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

    fn lock(&self) -> std::sync::MutexGuard<'_, ThrottleState> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl ThrottleState {
    fn holds_of(&mut self, operation: &str) -> impl Iterator<Item = &mut Hold> {
        let own = self.held.get_mut(operation);
        own.into_iter().chain([&mut self.gateway])
    }

    fn held_until(&mut self, operation: &str, now: Instant) -> Option<Instant> {
        let until = self.holds_of(operation).filter_map(|hold| hold.until);
        until.filter(|until| *until > now).max()
    }

    /// When the next call may follow; those that are to meet the limit of the operation keep to a gateway's alone.
    fn gap_until(&mut self, operation: &str, provokes: bool, now: Instant) -> Option<Instant> {
        let own = self.held.get(operation).filter(|_| !provokes);
        let holds = own.into_iter().chain([&self.gateway]);
        let next = holds.filter_map(|hold| hold.next);
        next.filter(|next| *next > now).max()
    }
}

impl Hold {
    /// After an answer that came through. The gap shrinks by less than it grows with each refusal, so that it settles at
    /// what the server lets through.
    fn relax(&mut self) {
        self.guesses = 0;
        self.gap = self.gap * 3 / 4;
        if self.gap < LEAST_GAP {
            self.gap = Duration::ZERO;
        }
    }

    /// The pause after one more refusal, and what it leaves; nothing where a pause that was guessed goes on, as it is not
    /// lengthened by answers that were on their way when it began.
    fn after(&self, asked: Option<Duration>, now: Instant) -> Option<(Duration, Self)> {
        let until = |pause: Duration| {
            // A pause beyond all time was beyond the budget.
            let until = now.checked_add(pause).unwrap_or(now);
            Some(self.until.map_or(until, |earlier| earlier.max(until)))
        };
        if let Some(asked) = asked {
            let pause = asked.saturating_add(MARGIN);
            let hold = Self {
                until: until(pause),
                ..*self
            };
            return Some((pause, hold));
        }
        if self.until.is_some_and(|until| until > now) {
            return None;
        }
        let pause = LONGEST_GUESS.min(FIRST_PAUSE * 2_u32.pow(self.guesses.min(6)));
        let hold = Self {
            until: until(pause),
            guesses: self.guesses + 1,
            gap: (self.gap * 2).clamp(FIRST_GAP, LONGEST_GAP),
            next: None,
        };
        Some((pause, hold))
    }
}

#[cfg(test)]
mod tests;
