//! When a trial ends.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::behaviour::TrialPeriod;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

impl TrialPeriod {
    /// The end of a trial that begins at that second.
    pub(super) fn end(self, begins: i64) -> i64 {
        let seconds = match self {
            Self::Days(days) => i64::from(days) * SECONDS_PER_DAY,
            Self::Seconds(seconds) => seconds,
            Self::ThisMonth => days_in_month(begins) * SECONDS_PER_DAY,
        };
        begins.saturating_add(seconds)
    }
}

fn days_in_month(second: i64) -> i64 {
    let moment = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    Offset::UTC
        .to_datetime(moment)
        .date()
        .days_in_month()
        .into()
}
