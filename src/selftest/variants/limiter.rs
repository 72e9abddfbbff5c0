//! Whom the limiter counts, and what it says.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{HeaderName, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;

use super::clock::http_date;
use super::counter::Counter;
use crate::reference::{Clock, Limits, Quota};
use crate::selftest::variant::Variant;

/// The contract asks for a 429 and not for more.
const WAIT_UNTOLD: &[&str] = &["hardening.retry-after"];

const LOGINS: Quota = short(15);

const EVERYTHING: Quota = short(90);

/// So many a minute; whoever has used them up does not wait long. However slow a machine is, one more is refused.
const fn short(attempts: u32) -> Quota {
    Quota {
        lockout: Some(Duration::from_secs(2)),
        ..Quota::a_minute(attempts)
    }
}

pub(super) const OF_ACCOUNTS: &[Variant] = &[
    // An account has ninety-nine attempts a minute.
    Variant::new("account-limit.ninety-nine", |server| {
        server.settings.limits.per_account = Some(Quota::a_minute(99));
    }),
    // An account has five attempts a minute.
    Variant::new("account-limit.five", |server| {
        server.settings.limits.per_account = Some(short(5));
    }),
    // An account has 115 attempts a minute, which every answer says.
    Variant::new("account-limit.announced", |server| {
        server.settings.limits.per_account = Some(Quota::a_minute(115));
    })
    // A limit of more than a hundred that no answer says is not met by a hundred.
    .excluding(&["patience.untold"]),
    // Wrong passwords alone are counted, and the right one makes up for them.
    Variant::new("account-limit.failures", |server| {
        server.settings.limits.per_account = None;
        let counter = Counter::of_failures(&server.settings.clock, Quota::a_minute(5));
        server.wire().rewrite(counter);
    }),
];

pub(super) const OF_ADDRESSES: &[Variant] = &[
    // Attempts to log in are counted for each address as well.
    Variant::new("address-limit.logins", |server| {
        server.settings.limits.per_address = Some(LOGINS);
    }),
    // Attempts to log in are counted for each address, whatever account they are for.
    Variant::new("address-limit.logins-alone", |server| {
        server.settings.limits = Limits {
            per_account: None,
            per_address: Some(LOGINS),
        };
    }),
    // Calls without a token are counted together, registering among them.
    Variant::new("address-limit.guests", |server| {
        let counter = Counter::of_guests(&server.settings.clock, LOGINS);
        server.wire().rewrite(counter);
    }),
    // All calls are counted together.
    Variant::new("address-limit.everything", |server| {
        let counter = Counter::of_everything(&server.settings.clock, EVERYTHING);
        server.wire().rewrite(counter);
    }),
];

pub(super) const PATIENCE: &[Variant] = &[
    // A 429 does not say for how long.
    Variant::new("patience.untold", |server| {
        server
            .wire()
            .answers(|_, answer| silence(&mut answer.headers));
    })
    .failing(WAIT_UNTOLD),
    // A 429 says until when as a date.
    Variant::new("patience.until-date", |server| {
        let clock = Arc::clone(&server.settings.clock);
        server.wire().answers(move |_, answer| {
            if let Some(date) = waiting(&answer.headers).and_then(|wait| after(&*clock, wait)) {
                silence(&mut answer.headers);
                answer.headers.insert(RETRY_AFTER, date);
            }
        });
    }),
    // Answers tell limit, rest and reset in RateLimit and RateLimit-Policy alone.
    Variant::new("patience.in-one-header", |server| {
        server
            .wire()
            .answers(|_, answer| in_one_header(&mut answer.headers));
    })
    .failing(WAIT_UNTOLD),
    // A 429 says until when in X-RateLimit-Reset alone.
    Variant::new("patience.reset-only", |server| {
        server.wire().answers(|_, answer| {
            answer.headers.remove(RETRY_AFTER);
        });
    })
    .failing(WAIT_UNTOLD),
];

fn waiting(headers: &HeaderMap) -> Option<SignedDuration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(SignedDuration::from_secs(seconds))
}

/// A date, and so a whole second: the next one.
fn after(clock: &dyn Clock, wait: SignedDuration) -> Option<HeaderValue> {
    let wait = wait + SignedDuration::from_secs(1);
    let date = clock.now().checked_add(wait).ok()?;
    http_date(date)
}

/// Says what the reference says of a limit as the eighth draft of the IETF's httpapi group does.
fn in_one_header(headers: &mut HeaderMap) {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    let told = number("x-ratelimit-limit").zip(number("x-ratelimit-remaining"));
    let wait = number(RETRY_AFTER.as_str());
    silence(headers);
    let Some((limit, left)) = told else { return };
    let reset = wait.map(|wait| format!(";t={wait}")).unwrap_or_default();
    let values = [
        ("ratelimit", format!("\"logins\";r={left}{reset}")),
        ("ratelimit-policy", format!("\"logins\";q={limit};w=60")),
    ];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// Takes away everything that speaks of the limit.
fn silence(headers: &mut HeaderMap) {
    headers.remove(RETRY_AFTER);
    for name in ["limit", "remaining", "reset"] {
        if let Ok(name) = HeaderName::try_from(format!("x-ratelimit-{name}")) {
            headers.remove(name);
        }
    }
}
