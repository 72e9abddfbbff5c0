//! What an answer says of a limit: how long to wait, how much is allowed, how much is left.

use std::time::Duration;

use jiff::Timestamp;

use super::Answer;
use super::answer::http_date;

/// A larger number of a reset is an instant, a smaller one the seconds that are left.
const FIRST_INSTANT: u64 = 1_000_000_000;

/// What an answer says of the limit that its call counted against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RateLimitHeaders {
    /// How many calls are allowed.
    pub(super) limit: Option<u32>,
    /// How many are left.
    pub(super) left: Option<u32>,
    /// The time until more are.
    pub(super) reset: Option<Duration>,
}

/// How long an answer asks to wait: `Retry-After` in seconds or as a date, or what it says of a reset. No time at all is
/// as good as no word.
pub(super) fn retry_after(answer: &Answer) -> Option<Duration> {
    let told = match answer.header("retry-after").map(str::trim) {
        Some(text) => match text.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => http_date(text).map(|instant| until(instant, answer)),
        },
        None => announced(answer).reset,
    };
    told.filter(|pause| !pause.is_zero())
}

/// What an answer says of its limit: in `RateLimit` and `RateLimit-Policy` (drafts 7 and later of the IETF's httpapi group),
/// `RateLimit-*` (the drafts before) or `X-RateLimit-*`.
pub(super) fn announced(answer: &Answer) -> RateLimitHeaders {
    let number = |name: &str| number(answer, name);
    let prefixes = ["x-ratelimit", "ratelimit"];
    let of_prefix = |what: &str| {
        let mut names = prefixes.iter().map(|prefix| format!("{prefix}-{what}"));
        names.find_map(|name| number(&name))
    };
    let structured = answer
        .header("ratelimit")
        .map(|text| structured(text, answer));
    let structured = structured.unwrap_or_default();
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    RateLimitHeaders {
        limit: structured
            .limit
            .or_else(|| of_prefix("limit").map(small))
            .filter(|limit| *limit > 0),
        left: structured
            .left
            .or_else(|| of_prefix("remaining").map(small)),
        reset: structured
            .reset
            .or_else(|| Some(reset(of_prefix("reset")?, answer))),
    }
}

/// `limit=10, remaining=3, reset=42` (draft 7), or `"name";r=3;t=42` with the limit in `RateLimit-Policy` (draft 8).
/// Of several limits the one counts of which least is left.
fn structured(text: &str, answer: &Answer) -> RateLimitHeaders {
    let value = |item: &str, name: &str| -> Option<u64> {
        let mut members = item
            .split(';')
            .filter_map(|member| member.trim().split_once('='));
        members.find_map(|(key, value)| (key.trim() == name).then(|| value.trim().parse().ok())?)
    };
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let all = text.replace(',', ";");
    if let Some(left) = value(&all, "remaining") {
        return RateLimitHeaders {
            limit: value(&all, "limit").map(small),
            left: Some(small(left)),
            reset: value(&all, "reset").map(|seconds| reset(seconds, answer)),
        };
    }
    let policies = answer.header("ratelimit-policy").unwrap_or_default();
    let name = |item: &str| item.split(';').next().map(|name| name.trim().to_owned());
    let items = text.split(',').filter(|item| value(item, "r").is_some());
    let Some(item) = items.min_by_key(|item| value(item, "r")) else {
        return RateLimitHeaders::default();
    };
    let mut policies = policies.split(',');
    let policy = policies.find(|policy| name(policy) == name(item));
    RateLimitHeaders {
        limit: policy.and_then(|policy| value(policy, "q")).map(small),
        left: value(item, "r").map(small),
        reset: value(item, "t").map(Duration::from_secs),
    }
}

fn reset(number: u64, answer: &Answer) -> Duration {
    let instant = i64::try_from(number)
        .ok()
        .filter(|_| number >= FIRST_INSTANT);
    let instant = instant.and_then(|number| Timestamp::from_second(number).ok());
    instant.map_or(Duration::from_secs(number), |instant| {
        until(instant, answer)
    })
}

/// The time until an instant of the server's clock.
fn until(instant: Timestamp, answer: &Answer) -> Duration {
    let server_now = answer.date().unwrap_or_else(|| answer.midpoint());
    let seconds = instant.as_second() - server_now.as_second();
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

fn number(answer: &Answer, header: &str) -> Option<u64> {
    answer.header(header)?.trim().parse().ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A 429 with these headers.
    pub(in crate::http) fn answer(headers: &[(&'static str, &str)]) -> Answer {
        Answer {
            sent: Timestamp::from_second(1_700_000_000).unwrap(),
            ..Answer::made_up(429, headers, "")
        }
    }

    #[test]
    fn every_way_to_ask_for_patience_is_understood() {
        let asked = |headers: &[(&'static str, &str)]| retry_after(&answer(headers));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(asked(&[("retry-after", "17")]), seconds(17));
        let date = ("date", "Tue, 14 Nov 2023 22:13:00 GMT");
        let later = ("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT");
        assert_eq!(asked(&[date, later]), seconds(30));
        assert_eq!(asked(&[("x-ratelimit-reset", "1700000009")]), seconds(9));
        assert_eq!(asked(&[("x-ratelimit-reset", "12")]), seconds(12));
        assert_eq!(asked(&[("ratelimit-reset", "12")]), seconds(12));
        assert_eq!(
            asked(&[("ratelimit", "limit=5, remaining=0, reset=7")]),
            seconds(7)
        );
        assert_eq!(asked(&[("ratelimit", "\"default\";r=0;t=7")]), seconds(7));
        assert_eq!(asked(&[("retry-after", "soon")]), None);
        // It would be asked again at once, and again.
        assert_eq!(asked(&[("retry-after", "0")]), None);
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn a_limit_is_announced_in_one_of_four_ways() {
        let told = |headers: &[(&'static str, &str)]| {
            let told = announced(&answer(headers));
            (
                told.limit,
                told.left,
                told.reset.map(|reset| reset.as_secs()),
            )
        };
        let ten = (Some(10), Some(3), Some(42));
        for prefix in ["x-ratelimit", "ratelimit"] {
            let name = |what| -> &'static str { format!("{prefix}-{what}").leak() };
            let headers = [
                (name("limit"), " 10 "),
                (name("remaining"), "3"),
                (name("reset"), "42"),
            ];
            assert_eq!(told(&headers), ten);
        }
        assert_eq!(
            told(&[("ratelimit", "limit=10, remaining=3, reset=42")]),
            ten
        );
        let policy = (
            "ratelimit-policy",
            "\"burst\";q=100;w=60, \"hour\";q=10;w=3600",
        );
        assert_eq!(
            told(&[
                ("ratelimit", "\"burst\";r=50;t=9, \"hour\";r=3;t=42"),
                policy
            ]),
            ten
        );
        assert_eq!(told(&[("x-ratelimit-limit", "0")]), (None, None, None));
        assert_eq!(told(&[("ratelimit", "gibberish")]), (None, None, None));
        assert_eq!(told(&[]), (None, None, None));
    }
}
