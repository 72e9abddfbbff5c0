//! Codes and recovery codes, leased so that none is sent twice.

use std::fmt;
use std::sync::Mutex;

use jiff::Timestamp;
use rand::RngExt;
use tokio::time::{Duration, sleep};

use crate::target::ServerClock;
use crate::totp::{PERIOD_SECONDS, Secret, step_at};

/// A code is not taken from the edge of its step: it might arrive in another one, and two clocks never agree.
const EDGE: Duration = Duration::from_secs(2);
/// Steps around the present whose codes a wrong code must not be.
const WIDEST_WINDOW: u64 = 20;

/// The second factor of one account.
pub struct SecondFactor {
    secret: Secret,
    /// The last step whose code was leased.
    last_step: Mutex<Option<u64>>,
    recovery_codes: Mutex<Vec<String>>,
    /// Shape of a recovery code, kept when all are spent.
    sample: String,
}

impl fmt::Debug for SecondFactor {
    /// Without its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactor").finish_non_exhaustive()
    }
}

/// A code that nobody else will send.
#[derive(Clone, PartialEq, Eq)]
pub struct LeasedCode {
    /// The six digits.
    pub code: String,
    /// The step of 30 seconds that it belongs to.
    pub step: u64,
}

impl fmt::Debug for LeasedCode {
    /// Without its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeasedCode")
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

impl SecondFactor {
    /// The second factor of a freshly provisioned account.
    #[must_use]
    pub fn new(secret: Secret, recovery_codes: Vec<String>) -> Self {
        Self {
            secret,
            last_step: Mutex::new(None),
            sample: recovery_codes
                .first()
                .cloned()
                .unwrap_or_else(|| "aaaaa-aaaaa".to_owned()),
            recovery_codes: Mutex::new(recovery_codes),
        }
    }

    /// The same for an account that was in use before: the code of the present step may be spent.
    #[must_use]
    pub fn used_before(self, clock: &ServerClock) -> Self {
        let step = step_at(clock.now().as_second());
        if let Ok(mut last_step) = self.last_step.lock() {
            *last_step = Some(step);
        }
        self
    }

    /// The code of the present step; waits for the next step where this one's code is leased already.
    pub async fn lease_code(&self, clock: &ServerClock) -> LeasedCode {
        loop {
            let now = clock.now();
            let step = step_at(now.as_second());
            let rest = rest_of_step(now);
            let period = Duration::from_secs(PERIOD_SECONDS);
            let gone = period.saturating_sub(rest);
            if gone < EDGE {
                sleep(EDGE.saturating_sub(gone)).await;
            } else if rest >= EDGE && self.take(step) {
                return LeasedCode {
                    code: self.secret.code(step),
                    step,
                };
            } else {
                sleep(rest).await;
            }
        }
    }

    /// Whether a leased code still belongs to the present step.
    #[must_use]
    pub fn is_current(&self, leased: &LeasedCode, clock: &ServerClock) -> bool {
        leased.step == step_at(clock.now().as_second())
    }

    /// A code that is wrong now and ten minutes before and after.
    #[must_use]
    pub fn wrong_code(&self, clock: &ServerClock) -> String {
        let step = step_at(clock.now().as_second());
        let right: Vec<String> = (step.saturating_sub(WIDEST_WINDOW)..=step + WIDEST_WINDOW)
            .map(|step| self.secret.code(step))
            .collect();
        // Near to a right one: a server that compares only the first digits must not get away with it. That of
        // the next step, because the present one's may be spent.
        let code = self.secret.code(step + 1);
        let (start, last) = code.split_at(code.len().saturating_sub(1));
        let others = (1..10)
            .filter_map(|more| char::from_digit((last.parse::<u32>().ok()? + more) % 10, 10));
        let near: Vec<String> = others.map(|digit| format!("{start}{digit}")).collect();
        let wrong = near.into_iter().find(|code| !right.contains(code));
        wrong.unwrap_or_else(|| "wrong".to_owned())
    }

    /// A recovery code that was never sent; nothing where all are spent.
    #[must_use]
    pub fn lease_recovery_code(&self) -> Option<String> {
        let mut codes = self.recovery_codes.lock().ok()?;
        (!codes.is_empty()).then(|| codes.remove(0))
    }

    /// A code of the shape of a recovery code that is none.
    #[must_use]
    pub fn wrong_recovery_code(&self) -> String {
        let mut rng = rand::rng();
        let mut other = |c: char| match c {
            'a'..='z' => char::from(rng.random_range(b'a'..=b'z')),
            'A'..='Z' => char::from(rng.random_range(b'A'..=b'Z')),
            '0'..='9' => char::from(rng.random_range(b'0'..=b'9')),
            _ => c,
        };
        let taken = |code: &String| {
            let codes = self.recovery_codes.lock();
            *code == self.sample || codes.is_ok_and(|codes| codes.contains(code))
        };
        let mut tries = (0..100).map(|_| self.sample.chars().map(&mut other).collect());
        tries
            .find(|code| !taken(code))
            .unwrap_or_else(|| format!("{}-x", self.sample))
    }

    fn take(&self, step: u64) -> bool {
        let Ok(mut last) = self.last_step.lock() else {
            return false;
        };
        let free = last.is_none_or(|last| step > last);
        if free {
            *last = Some(step);
        }
        free
    }
}

/// Time until the next step begins.
fn rest_of_step(now: Timestamp) -> Duration {
    let period = Duration::from_secs(PERIOD_SECONDS);
    let milliseconds = u128::try_from(now.as_millisecond()).unwrap_or(0);
    let into_step = milliseconds % period.as_millis();
    period.saturating_sub(Duration::from_millis(u64::try_from(into_step).unwrap_or(0)))
}
