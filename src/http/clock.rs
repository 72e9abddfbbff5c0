//! The server's clock: one difference from ours for a whole run, and how uncertain it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Answer;
use super::answer::is_possible;

/// Whoever says how far a clock is off counts in seconds.
const GIVEN_MILLISECONDS: i64 = 1_000;

/// Time zones are apart by multiples of this.
const ZONE_MILLISECONDS: i64 = 15 * 60 * 1_000;
/// No clock that anybody looks after is off by more, unless it is off by far.
const NEAR_ZONE_MILLISECONDS: i64 = 2 * 60 * 1_000;

/// How far the server's clock is from ours, as far as is known.
#[derive(Debug, Default)]
pub struct ServerClock(Mutex<ClockState>);

#[derive(Debug, Clone, Copy, Default)]
struct ClockState {
    /// From the `Date` of all answers.
    told: Option<Range>,
    /// Whether they contradict each other.
    torn: bool,
    /// Whether there was an answer without a `Date`.
    silent: bool,
    inferred: Option<Range>,
    /// Whether what was inferred was taken for a time of another zone.
    is_zoned: bool,
    given: Option<Range>,
}

/// By how many milliseconds the server's clock may be ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    least: i64,
    most: i64,
}

/// Where the difference of the clocks is from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ClockSource {
    /// The `Date` of answers.
    Date,
    /// The user (`--clock-offset`), where answers have no `Date`.
    Given,
    /// When a fresh token was created, by the list of tokens, where nothing else tells.
    CreatedAt,
}

/// The difference of the clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockDifference {
    /// How many seconds the server's clock is ahead of ours.
    pub ahead_seconds: f64,
    /// How far off that may be, in seconds.
    pub uncertainty_seconds: f64,
    /// Where it is from.
    pub source: ClockSource,
}

impl Range {
    /// From an instant in whole seconds, or finer, that the server's clock showed while a call was under way.
    fn of(shown: Timestamp, answer: &Answer) -> Self {
        let shown = shown.as_millisecond();
        let answered = answer.sent + answer.elapsed;
        Self {
            least: shown.saturating_sub(answered.as_millisecond()),
            // A second that is shown has begun, and may be all but over.
            most: shown.saturating_add(999) - answer.sent.as_millisecond(),
        }
    }

    fn overlap(self, other: Self) -> Option<Self> {
        let (least, most) = (self.least.max(other.least), self.most.min(other.most));
        (least <= most).then_some(Self { least, most })
    }

    fn hull(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }

    /// The multiple of a quarter of an hour that is nearest to its middle.
    fn nearest_zone(self) -> i64 {
        let quarters = self.middle().saturating_add(ZONE_MILLISECONDS / 2);
        quarters.div_euclid(ZONE_MILLISECONDS) * ZONE_MILLISECONDS
    }

    fn middle(self) -> i64 {
        self.least + (self.most - self.least) / 2
    }
}

impl ClockState {
    /// What holds for one answer: where answers contradict each other, only its own `Date` is of any use for it.
    fn known_for(&self, answer: &Answer) -> Option<(Range, ClockSource)> {
        let own = answer.date().filter(|_| self.torn);
        let own = own.map(|date| (Range::of(date, answer), ClockSource::Date));
        own.or_else(|| self.known())
    }

    fn known(&self) -> Option<(Range, ClockSource)> {
        let known = [
            (self.told, ClockSource::Date),
            (self.given, ClockSource::Given),
            (self.inferred, ClockSource::CreatedAt),
        ];
        let mut known = known.into_iter();
        known.find_map(|(range, source)| Some((range?, source)))
    }
}

impl ServerClock {
    /// A clock that is said to be ahead by so many seconds, where the server does not tell its time.
    #[must_use]
    pub fn given(ahead_seconds: Option<i64>) -> Self {
        let given = ahead_seconds.map(|seconds| {
            let middle = seconds.saturating_mul(1_000);
            Range {
                least: middle.saturating_sub(GIVEN_MILLISECONDS),
                most: middle.saturating_add(GIVEN_MILLISECONDS),
            }
        });
        Self(Mutex::new(ClockState {
            given,
            ..ClockState::default()
        }))
    }

    /// Learns from an answer.
    pub fn observe(&self, answer: &Answer) {
        let mut state = self.lock();
        let Some(date) = answer.date() else {
            state.silent = true;
            return;
        };
        let range = Range::of(date, answer);
        state.told = Some(match state.told {
            None => range,
            Some(told) => {
                let overlap = told.overlap(range).filter(|_| !state.torn);
                // Several servers behind one address, say: any of them may be meant from now on.
                state.torn |= overlap.is_none();
                overlap.unwrap_or_else(|| told.hull(range))
            }
        });
    }

    /// Learns from what was created while a call was under way. A difference near a multiple of a quarter of an hour is
    /// taken for a time that is written in another zone than it says, and only the rest for one of the clocks.
    pub fn infer(&self, created: Timestamp, answer: &Answer) {
        if !is_possible(created) {
            return;
        }
        let mut state = self.lock();
        let range = Range::of(created, answer);
        let zone = range.nearest_zone();
        let off = range.middle().saturating_sub(zone);
        state.is_zoned = zone != 0 && off.abs() <= NEAR_ZONE_MILLISECONDS;
        state.inferred = Some(if state.is_zoned {
            Range {
                least: range.least.saturating_sub(zone),
                most: range.most.saturating_sub(zone),
            }
        } else {
            range
        });
    }

    /// Whether the difference of the clocks rests on what was taken for a time of another zone.
    pub(crate) fn is_zoned(&self) -> bool {
        let state = self.lock();
        let is_inferred = state
            .known()
            .is_some_and(|(_, source)| source == ClockSource::CreatedAt);
        is_inferred && state.is_zoned
    }

    /// Shows what `other` shows.
    pub fn set(&self, other: &Self) {
        let state = *other.lock();
        *self.lock() = state;
    }

    /// Whether the server's time is known at all.
    pub(crate) fn is_known(&self) -> bool {
        self.lock().known().is_some()
    }

    /// Whether the server has answered, and nobody has told its time.
    pub(crate) fn is_untold(&self) -> bool {
        let state = self.lock();
        state.silent && state.known().is_none()
    }

    /// The difference of the clocks, where it is known.
    #[must_use]
    pub fn difference(&self) -> Option<ClockDifference> {
        let (range, source) = self.lock().known()?;
        Some(ClockDifference {
            ahead_seconds: seconds(range.middle()),
            uncertainty_seconds: seconds(range.most - range.middle()),
            source,
        })
    }

    /// The server's time as it answered, and how far off that may be; nothing where its clock is not known.
    pub(crate) fn at_answer(&self, answer: &Answer) -> Option<(Timestamp, SignedDuration)> {
        let (range, _) = self.lock().known_for(answer)?;
        let half = SignedDuration::from_millis(range.most - range.middle());
        let flight = SignedDuration::try_from(answer.elapsed / 2).unwrap_or(SignedDuration::MAX);
        let ahead = SignedDuration::from_millis(range.middle());
        let ours = answer.midpoint();
        let there = ours.saturating_add(ahead).unwrap_or(ours);
        Some((there, half.saturating_add(flight)))
    }

    /// The server's time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(Timestamp::now())
    }

    /// The server's time at an instant of our clock: ours where it is not known, or comes to a time that no server has.
    #[must_use]
    pub fn at(&self, ours: Timestamp) -> Timestamp {
        let known = self.lock().known();
        let ahead = known.map_or(0, |(range, _)| range.middle());
        ours.saturating_add(SignedDuration::from_millis(ahead))
            .ok()
            .filter(|there| is_possible(*there))
            .unwrap_or(ours)
    }

    fn lock(&self) -> MutexGuard<'_, ClockState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "clocks that far apart need no precision"
)]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::rate_limit_headers::tests::answer;
    use super::*;

    /// An answer that was sent so many milliseconds after 22:13:20 and took so many.
    fn dated(date: Option<&str>, sent: i64, took: u64) -> Answer {
        let headers: Vec<_> = date.map(|date| ("date", date)).into_iter().collect();
        Answer {
            sent: Timestamp::from_millisecond(1_700_000_000_000 + sent).unwrap(),
            elapsed: Duration::from_millis(took),
            ..answer(&headers)
        }
    }

    fn difference(clock: &ServerClock) -> (f64, f64, ClockSource) {
        let known = clock.difference().unwrap();
        (known.ahead_seconds, known.uncertainty_seconds, known.source)
    }

    const AT_30: &str = "Tue, 14 Nov 2023 22:13:30 GMT";
    const AT_31: &str = "Tue, 14 Nov 2023 22:13:31 GMT";

    #[test]
    fn every_date_makes_the_difference_more_certain() {
        let clock = ServerClock::default();
        assert!(!clock.is_known() && !clock.is_untold());
        clock.observe(&dated(Some(AT_30), 0, 200));
        // Between 30.0 at its end and 30.999 at its beginning.
        assert_eq!(difference(&clock), (10.399, 0.6, ClockSource::Date));
        // It shows 31 no later than 700 ms after ours did 20: it is 10.3 s ahead at least.
        clock.observe(&dated(Some(AT_31), 600, 100));
        assert_eq!(difference(&clock), (10.649, 0.35, ClockSource::Date));
        let ours = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(clock.at(ours).as_millisecond(), 1_700_000_010_649);
    }

    #[test]
    fn dates_that_contradict_each_other_leave_all_that_they_say_possible() {
        let clock = ServerClock::default();
        clock.observe(&dated(Some(AT_30), 0, 0));
        clock.observe(&dated(Some(AT_30), 10_000, 0));
        for _ in 0..2 {
            assert_eq!(difference(&clock), (5.499, 5.5, ClockSource::Date));
            clock.observe(&dated(Some(AT_30), 0, 0));
            // For an answer its own is what counts.
            let (there, uncertain) = clock.at_answer(&dated(Some(AT_30), 0, 400)).unwrap();
            assert_eq!(there.as_millisecond(), 1_700_000_010_499);
            assert_eq!(uncertain.as_millis(), 700 + 200);
        }
    }

    #[test]
    fn a_time_that_no_server_has_is_not_reckoned_with() {
        let ours = Timestamp::from_second(1_700_000_000).unwrap();
        for seconds in [-1_700_000_001, 9_000_000_000, i64::MIN, i64::MAX] {
            assert_eq!(ServerClock::given(Some(seconds)).at(ours), ours);
        }
        let clock = ServerClock::default();
        clock.infer(Timestamp::UNIX_EPOCH, &dated(None, 0, 0));
        assert!(!clock.is_known());
    }

    #[test]
    fn without_a_date_the_user_is_believed_and_then_what_was_created() {
        let clock = ServerClock::default();
        let silent = dated(None, 0, 0);
        clock.observe(&silent);
        assert!(clock.is_untold());
        clock.infer(Timestamp::from_second(1_700_000_060).unwrap(), &silent);
        assert!(clock.is_known() && !clock.is_untold());
        assert_eq!(difference(&clock), (60.499, 0.5, ClockSource::CreatedAt));
        let given = ServerClock::given(Some(-600));
        given.observe(&silent);
        assert!(!given.is_untold());
        assert_eq!(difference(&given), (-600.0, 1.0, ClockSource::Given));
        given.observe(&dated(Some(AT_30), 0, 0));
        assert_eq!(difference(&given).2, ClockSource::Date);
        for (created, ahead) in [
            (3_600, 0.499),
            (3_660, 60.499),
            (-1_740, 60.499),
            (660, 660.499),
        ] {
            let created = 1_700_000_000 + created;
            clock.infer(Timestamp::from_second(created).unwrap(), &silent);
            assert!((difference(&clock).0 - ahead).abs() < f64::EPSILON);
            assert_eq!(clock.is_zoned(), created != 1_700_000_660);
        }
        clock.set(&given);
        assert_eq!(difference(&clock), difference(&given));
    }
}
