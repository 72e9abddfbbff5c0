//! Codes and recovery codes, leased so that none is sent twice.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::Timestamp;
use rand::RngExt;
use tokio::time::{Duration, Instant, sleep};

use crate::http::{ServerClock, Throttle, WaitBudgetExceeded};
use crate::totp::Authenticator;

/// A code is not taken from the edge of its step: it might arrive in another one, and two clocks never agree.
const EDGE: Duration = Duration::from_secs(2);
/// Whatever the window of a server, it is shorter.
const OLD: Duration = Duration::from_mins(10);
/// The same for steps that are longer than usual.
const FEWEST_STEPS: u64 = 5;
/// Steps around the present whose codes a wrong code must not be.
const WIDEST_WINDOW: u64 = 20;

/// So long before its code is sent, a second factor is chosen for a code.
const LEAD: Duration = Duration::from_secs(10);

/// The second factor of one account.
pub struct SecondFactor {
    authenticator: Authenticator,
    /// The last step whose code was leased.
    last_step: Mutex<Option<u64>>,
    recovery_codes: Mutex<Vec<String>>,
    spent: AtomicUsize,
    /// Whether the server has taken the password of the account once.
    let_in: AtomicBool,
    /// Shape of a recovery code, kept when all are spent.
    sample: String,
}

opaque_debug!(SecondFactor);

/// A code that nobody else will send.
#[derive(Clone, PartialEq, Eq)]
pub struct LeasedCode {
    /// The digits.
    pub code: String,
    /// The step that it belongs to.
    pub step: u64,
}

opaque_debug!(LeasedCode: step);

/// Whether a server that reads the code as a number loses a digit.
#[must_use]
pub fn begins_with_zero(code: &str) -> bool {
    code.starts_with('0')
}

impl SecondFactor {
    /// The second factor of a freshly provisioned account.
    #[must_use]
    pub fn new(authenticator: Authenticator, recovery_codes: Vec<String>) -> Self {
        Self {
            authenticator,
            last_step: Mutex::new(None),
            spent: AtomicUsize::new(0),
            let_in: AtomicBool::new(false),
            sample: recovery_codes
                .first()
                .cloned()
                .unwrap_or_else(|| "aaaaa-aaaaa".to_owned()),
            recovery_codes: Mutex::new(recovery_codes),
        }
    }

    /// The same for an account that was in use before: the code of the present step may be spent.
    pub(crate) fn used_before(self, clock: &ServerClock) -> Self {
        let step = self.present_step(clock);
        if let Ok(mut last_step) = self.last_step.lock() {
            *last_step = Some(step);
        }
        self
    }

    /// The code of the present step; waits for the next step where this one's code is leased already, or does not fit.
    ///
    /// # Errors
    /// The wait would exceed the budget, or the server's clock does not come to another step.
    pub async fn lease_code(
        &self,
        clock: &ServerClock,
        throttle: &Throttle,
        fits: impl Fn(&str) -> bool,
    ) -> Result<LeasedCode, WaitBudgetExceeded> {
        // By a clock that moves, a few steps are enough for whoever else leases codes of the account.
        let patience = 5 * self.period();
        let start = Instant::now();
        while start.elapsed() <= patience {
            let now = clock.now();
            let step = self.authenticator.step_at(now.as_second());
            let rest = self.rest_of_step(now);
            let gone = self.period().saturating_sub(rest);
            if gone < EDGE {
                sleep(EDGE.saturating_sub(gone)).await;
            } else if let code = self.authenticator.code(step)
                && rest >= EDGE
                && fits(&code)
                && self.take(step)
            {
                return Ok(LeasedCode { code, step });
            } else {
                throttle.wait_for_code(rest + EDGE).await?;
            }
        }
        Err(WaitBudgetExceeded::NoCode(patience))
    }

    /// Whether a leased code still belongs to the present step.
    #[must_use]
    pub fn is_current(&self, leased: &LeasedCode, clock: &ServerClock) -> bool {
        leased.step == self.present_step(clock)
    }

    /// Whether the code of the moment in which it is about to be sent begins with a zero.
    #[must_use]
    pub fn has_zero_soon(&self, clock: &ServerClock) -> bool {
        let soon = clock.now().saturating_add(LEAD).unwrap_or(Timestamp::MAX);
        let step = self.authenticator.step_at(soon.as_second());
        begins_with_zero(&self.authenticator.code(step))
    }

    /// The code of ten minutes ago, or of a little before if that is a right one again.
    #[must_use]
    pub fn old_code(&self, clock: &ServerClock) -> String {
        let step = self.present_step(clock);
        let steps = OLD.as_secs() / self.authenticator.period_seconds().max(1);
        let old = step.saturating_sub(steps.max(FEWEST_STEPS));
        let right: Vec<String> = (old + 1..=step + WIDEST_WINDOW)
            .map(|step| self.authenticator.code(step))
            .collect();
        let codes = (0..=old).rev().map(|step| self.authenticator.code(step));
        let is_old = |code: &String| !right.contains(code);
        codes
            .take(10)
            .find(is_old)
            .unwrap_or_else(|| "wrong".to_owned())
    }

    /// A code that is wrong now and ten minutes before and after.
    #[must_use]
    pub fn wrong_code(&self, clock: &ServerClock) -> String {
        let step = self.present_step(clock);
        let right: Vec<String> = (step.saturating_sub(WIDEST_WINDOW)..=step + WIDEST_WINDOW)
            .map(|step| self.authenticator.code(step))
            .collect();
        // Near to a right one: a server that compares only the first digits must not get away with it. That of
        // the next step, because the present one's may be spent.
        let code = self.authenticator.code(step + 1);
        let (start, last) = code.split_at(code.len().saturating_sub(1));
        let others = (1..10)
            .filter_map(|more| char::from_digit((last.parse::<u32>().ok()? + more) % 10, 10));
        let near: Vec<String> = others.map(|digit| format!("{start}{digit}")).collect();
        let wrong = near.into_iter().find(|code| !right.contains(code));
        wrong.unwrap_or_else(|| "wrong".to_owned())
    }

    /// A recovery code that was never sent; nothing where all are spent.
    pub(crate) fn lease_recovery_code(&self) -> Option<String> {
        let mut codes = self.recovery_codes.lock().ok()?;
        let leased = (!codes.is_empty()).then(|| codes.remove(0))?;
        self.spent.fetch_add(1, Ordering::Relaxed);
        Some(leased)
    }

    /// The server has taken the password of the account.
    pub fn let_in(&self) {
        self.let_in.store(true, Ordering::Relaxed);
    }

    /// Whether the server has taken the password of the account once.
    pub(crate) fn is_let_in(&self) -> bool {
        self.let_in.load(Ordering::Relaxed)
    }

    /// How many recovery codes were leased, and how many are left.
    #[must_use]
    pub fn recovery_codes(&self) -> (usize, usize) {
        let left = self.recovery_codes.lock();
        let left = left.map_or(0, |codes| codes.len());
        (self.spent.load(Ordering::Relaxed), left)
    }

    /// A code of the shape of a recovery code that is none.
    pub(crate) fn wrong_recovery_code(&self) -> String {
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

    fn present_step(&self, clock: &ServerClock) -> u64 {
        self.authenticator.step_at(clock.now().as_second())
    }

    fn period(&self) -> Duration {
        Duration::from_secs(self.authenticator.period_seconds())
    }

    /// Time until the next step begins.
    fn rest_of_step(&self, now: Timestamp) -> Duration {
        let milliseconds = u128::try_from(now.as_millisecond()).unwrap_or(0);
        let into_step = milliseconds % self.period().as_millis();
        let into_step = Duration::from_millis(u64::try_from(into_step).unwrap_or(0));
        self.period().saturating_sub(into_step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Wait, WaitNotifier};

    /// Steps of ten minutes, so that none ends during a test but for once in a while, which does no harm.
    fn second_factor() -> SecondFactor {
        let uri = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=600&digits=8";
        SecondFactor::new(
            uri.parse().unwrap(),
            vec!["one".to_owned(), "two".to_owned()],
        )
    }

    #[tokio::test]
    async fn the_code_of_a_step_is_leased_once_and_whoever_waits_for_the_next_is_told() {
        let (factor, clock) = (second_factor(), ServerClock::default());
        let waits = WaitNotifier::default();
        let throttle = Throttle::new(None, 0).with_notifier(waits.clone());
        let first = factor
            .lease_code(&clock, &throttle, |_| true)
            .await
            .unwrap();
        assert_eq!(first.code.len(), 8);
        let mut heard = waits.listen();
        let second = factor.lease_code(&clock, &throttle, |_| true);
        let second = tokio::time::timeout(Duration::from_millis(50), second).await;
        assert!(second.is_err(), "{second:?}");
        assert!(matches!(heard.try_recv(), Ok(Wait::FreshCode(_))));
    }

    #[tokio::test]
    async fn the_code_of_an_account_in_use_may_be_spent() {
        let clock = ServerClock::default();
        let factor = second_factor().used_before(&clock);
        let throttle = Throttle::new(None, 0);
        let leased = factor.lease_code(&clock, &throttle, |_| true);
        let leased = tokio::time::timeout(Duration::from_millis(50), leased).await;
        assert!(leased.is_err(), "{leased:?}");
    }

    #[tokio::test]
    async fn a_code_is_waited_for_no_longer_than_the_user_allows() {
        let clock = ServerClock::default();
        let factor = second_factor().used_before(&clock);
        let throttle = Throttle::new(Some(Duration::ZERO), 0);
        let leased = factor.lease_code(&clock, &throttle, |_| true).await;
        assert!(
            matches!(leased, Err(WaitBudgetExceeded::Code(_))),
            "{leased:?}"
        );
    }

    /// The clock of a server whose time is the same however long one waits, as that of the machine under paused time.
    #[tokio::test(start_paused = true)]
    async fn a_clock_that_stands_still_ends_the_wait_for_a_code() {
        let clock = ServerClock::default();
        let factor = second_factor().used_before(&clock);
        let leased = factor
            .lease_code(&clock, &Throttle::new(None, 0), |_| true)
            .await;
        assert!(
            matches!(leased, Err(WaitBudgetExceeded::NoCode(_))),
            "{leased:?}"
        );
    }

    #[test]
    fn an_old_code_is_one_of_ten_minutes_ago_and_no_right_one() {
        let uri = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ";
        let authenticator: Authenticator = uri.parse().unwrap();
        let clock = ServerClock::given(Some(0));
        let step = || authenticator.step_at(clock.now().as_second());
        let code = |step: u64| authenticator.code(step);
        let factor = SecondFactor::new(uri.parse().unwrap(), Vec::new());
        let before = step();
        let old = factor.old_code(&clock);
        assert!((before - 30..=step() - 20).any(|step| code(step) == old));
        assert!((before - 19..=before + 20).all(|step| code(step) != old));
    }

    #[tokio::test]
    async fn a_code_that_does_not_fit_is_not_leased() {
        let (factor, clock) = (second_factor(), ServerClock::default());
        let throttle = Throttle::new(Some(Duration::ZERO), 0);
        let leased = factor.lease_code(&clock, &throttle, |_| false).await;
        assert!(matches!(leased, Err(WaitBudgetExceeded::Code(_))));
        assert!(factor.take(factor.present_step(&clock)), "it is leased");
    }

    #[test]
    fn a_recovery_code_is_leased_once_and_counted() {
        let factor = second_factor();
        assert_eq!(factor.recovery_codes(), (0, 2));
        assert_eq!(factor.lease_recovery_code().as_deref(), Some("one"));
        assert_eq!(factor.recovery_codes(), (1, 1));
        assert_eq!(factor.lease_recovery_code().as_deref(), Some("two"));
        assert_eq!(factor.lease_recovery_code(), None);
        assert_eq!(factor.recovery_codes(), (2, 0));
    }
}
