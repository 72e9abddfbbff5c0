//! What an answer says of a limit: how long to wait, and how much is allowed.

use std::time::Duration;

use jiff::Timestamp;

use super::Answer;
use super::answer::http_date;

/// How long an answer asks to wait: `Retry-After` in seconds or as a date, or `X-RateLimit-Reset`.
pub(super) fn asked_pause(answer: &Answer) -> Option<Duration> {
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

/// How many calls the server says that it allows.
pub(super) fn told_limit(answer: &Answer) -> Option<u32> {
    let told = number(answer, "x-ratelimit-limit")?;
    u32::try_from(told).ok().filter(|told| *told > 0)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A 429 with these headers.
    pub(in crate::target) fn answer(headers: &[(&'static str, &str)]) -> Answer {
        Answer {
            sent: Timestamp::from_second(1_700_000_000).unwrap(),
            ..Answer::made_up(429, headers, "")
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

    #[test]
    fn a_limit_is_told_by_a_number_that_allows_anything() {
        let told = |text: &str| told_limit(&answer(&[("x-ratelimit-limit", text)]));
        assert_eq!(told(" 10 "), Some(10));
        assert_eq!(told("0"), None);
        assert_eq!(told("ten"), None);
        assert_eq!(told_limit(&answer(&[])), None);
    }
}
