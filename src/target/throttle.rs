//! Throttling is not failure: when the server asks for patience, the whole client pauses.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Answer;
use super::answer::http_date;

/// Without word from the server the first pause is this long, and each further one twice the last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_GUESS: Duration = Duration::from_mins(1);
/// A timestamp of whole seconds may lie up to a second before the real instant.
const MARGIN: Duration = Duration::from_millis(250);
const LEAST_BUDGET: Duration = Duration::from_mins(5);
/// What servers commonly allow, for a budget before any server has said so.
const COMMON_LIMIT_PER_MINUTE: u64 = 10;

/// Pauses for all calls of a run, within a budget.
#[derive(Debug)]
pub struct Throttle {
    max_wait: Option<Duration>,
    planned_calls: usize,
    /// How long the planned calls take at the limits that the server is declared to have.
    declared: Option<Duration>,
    state: Mutex<State>,
    pauses: watch::Sender<Duration>,
}

#[derive(Debug, Default)]
struct State {
    resume_at: Option<Instant>,
    waited: Waited,
    guesses: u32,
    limit: Option<u64>,
}

/// What throttling has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waited {
    /// Answers that asked for patience.
    pub answers: u32,
    /// Time in which no call was made.
    pub total: Duration,
}

/// The server asks for more patience than the run has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server throttles: it asks to wait {} s, and of --max-wait {} s only {} s are left",
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
            declared: None,
            state: Mutex::default(),
            pauses: watch::Sender::default(),
        }
    }

    /// The same with a budget for calls that are declared to take that long.
    #[must_use]
    pub fn expecting(self, declared: Option<Duration>) -> Self {
        Self { declared, ..self }
    }

    /// The length of each pause as it begins, for whoever waits in front of a terminal.
    #[must_use]
    pub fn pauses(&self) -> watch::Receiver<Duration> {
        self.pauses.subscribe()
    }

    /// Whether an answer asks for patience: 429, or 503 with `Retry-After`.
    #[must_use]
    pub fn is_asked_by(answer: &Answer) -> bool {
        answer.status == 429 || (answer.status == 503 && answer.header("retry-after").is_some())
    }

    /// Waits until calls may be made again.
    pub async fn ready(&self) {
        loop {
            let resume_at = self.lock().resume_at;
            match resume_at {
                Some(instant) if instant > Instant::now() => {
                    tokio::time::sleep_until(instant).await;
                }
                _ => return,
            }
        }
    }

    /// Pauses the run as an answer asks.
    ///
    /// # Errors
    /// The pause would exceed the budget; nothing is paused then.
    pub fn pause(&self, answer: &Answer) -> Result<(), OutOfPatience> {
        let now = Instant::now();
        let mut state = self.lock();
        state.waited.answers += 1;
        if let Some(limit) = number(answer, "x-ratelimit-limit") {
            state.limit = Some(limit.max(1));
        }
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
        let from = state.resume_at.map_or(now, |instant| instant.max(now));
        let budget = self.budget(state.limit);
        let left = budget.saturating_sub(state.waited.total);
        // A pause beyond all time is beyond the budget.
        let resume_at = now.checked_add(pause);
        let more = resume_at.map(|at| at.saturating_duration_since(from));
        let (Some(resume_at), Some(more)) = (resume_at, more.filter(|more| *more <= left)) else {
            return Err(OutOfPatience {
                asked: pause,
                budget,
                left,
            });
        };
        state.waited.total += more;
        state.resume_at = Some(resume_at.max(from));
        if !paused {
            self.pauses.send_replace(pause);
        }
        Ok(())
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

    fn budget(&self, limit: Option<u64>) -> Duration {
        self.max_wait.unwrap_or_else(|| {
            let calls = self.planned_calls as u64;
            let per_minute = |limit| Duration::from_secs(calls * 60 / limit);
            // What the server itself tells counts beside what was declared of it.
            let planned = match (limit, self.declared) {
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

/// How long an answer asks to wait: `Retry-After` in seconds or as a date, or `X-RateLimit-Reset`.
fn asked_pause(answer: &Answer) -> Option<Duration> {
    let server_now = answer.date().unwrap_or_else(|| answer.midpoint());
    let until = |instant: Timestamp| {
        let seconds = instant.as_second() - server_now.as_second();
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    };
    if let Some(text) = answer.header("retry-after") {
        let text = text.trim();
        return match text.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => http_date(text).map(until),
        };
    }
    let reset = number(answer, "x-ratelimit-reset")?;
    // Some servers send the instant, some the seconds that are left.
    if reset < 1_000_000_000 {
        return Some(Duration::from_secs(reset));
    }
    i64::try_from(reset)
        .ok()
        .and_then(|reset| Timestamp::from_second(reset).ok())
        .map(until)
}

fn number(answer: &Answer, header: &str) -> Option<u64> {
    answer.header(header)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn answer(headers: &[(&'static str, &str)]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        Answer {
            status: 429,
            headers: map,
            body: Vec::new(),
            json: None,
            sent: Timestamp::from_second(1_700_000_000).unwrap(),
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn every_way_to_ask_for_patience_is_understood() {
        let asked = |headers: &[(&'static str, &str)]| asked_pause(&answer(headers));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(asked(&[("retry-after", "17")]), seconds(17));
        let date = ("date", "Tue, 14 Nov 2023 22:13:00 GMT");
        let later = ("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT");
        assert_eq!(asked(&[date, later]), seconds(30));
        assert_eq!(asked(&[("x-ratelimit-reset", "1700000009")]), seconds(9));
        assert_eq!(asked(&[("x-ratelimit-reset", "12")]), seconds(12));
        assert_eq!(asked(&[("retry-after", "soon")]), None);
        assert_eq!(asked(&[]), None);
    }

    #[tokio::test(start_paused = true)]
    async fn one_pause_holds_every_call_and_is_counted_once() {
        let throttle = Throttle::new(Some(Duration::from_secs(30)), 10);
        let start = Instant::now();
        throttle.pause(&answer(&[("retry-after", "10")])).unwrap();
        throttle.pause(&answer(&[("retry-after", "10")])).unwrap();
        throttle.ready().await;
        let pause = Duration::from_secs(10) + MARGIN;
        assert_eq!(start.elapsed(), pause);
        assert_eq!(
            throttle.waited(),
            Waited {
                answers: 2,
                total: pause
            }
        );
    }

    #[tokio::test(start_paused = true)]
    async fn guesses_grow_until_an_answer_comes_through() {
        let throttle = Throttle::new(None, 10);
        let mut pauses = Vec::new();
        for _ in 0..3 {
            let start = Instant::now();
            throttle.pause(&answer(&[])).unwrap();
            throttle.ready().await;
            pauses.push(start.elapsed().as_secs());
        }
        assert_eq!(pauses, [1, 2, 4]);
        throttle.relax();
        throttle.pause(&answer(&[])).unwrap();
        let start = Instant::now();
        throttle.ready().await;
        assert_eq!(start.elapsed().as_secs(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_with_the_budget() {
        let throttle = Throttle::new(Some(Duration::from_secs(20)), 10);
        throttle.pause(&answer(&[("retry-after", "15")])).unwrap();
        throttle.ready().await;
        let error = throttle
            .pause(&answer(&[("retry-after", "15")]))
            .unwrap_err();
        assert_eq!(error.left, Duration::from_millis(4_750));
        let endless = u64::MAX.to_string();
        let error = throttle
            .pause(&answer(&[("retry-after", &endless)]))
            .unwrap_err();
        assert_eq!(error.left, Duration::from_millis(4_750));
    }

    #[test]
    fn the_budget_follows_the_limit_that_the_server_tells() {
        let throttle = Throttle::new(None, 60);
        assert_eq!(throttle.budget(None).as_secs(), 9 * 60);
        assert_eq!(throttle.budget(Some(5)).as_secs(), 18 * 60);
        assert_eq!(throttle.budget(Some(1000)), LEAST_BUDGET);
    }

    #[test]
    fn the_budget_follows_the_limit_that_is_declared() {
        let throttle = Throttle::new(None, 60).expecting(Some(Duration::from_mins(20)));
        assert_eq!(throttle.budget(None).as_secs(), 30 * 60);
        assert_eq!(throttle.budget(Some(1)).as_secs(), 90 * 60);
        assert_eq!(throttle.budget(Some(1000)).as_secs(), 30 * 60);
    }
}
