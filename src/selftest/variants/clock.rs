//! The server's clock, and whether it tells its time.

use std::sync::Arc;

use axum::http::header::{DATE, HeaderValue};
use jiff::{SignedDuration, Timestamp};

use crate::reference::Clock;
use crate::selftest::message::ResponseMessage;
use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;

pub(super) const AXIS: &[Variant] = &[
    // Its clock is ten minutes ahead.
    Variant::new("clock.ahead", |server| {
        shift(server, 600);
    }),
    // Its clock is ten minutes behind.
    Variant::new("clock.behind", |server| {
        shift(server, -600);
    }),
    // Its answers have no Date.
    Variant::new("clock.untold", hide),
    // Its clock is ten minutes ahead, and its answers have no Date.
    Variant::new("clock.ahead-and-untold", |server| {
        shift(server, 600);
        hide(server);
    })
    // Until when a server asks to wait cannot be understood by a clock that it does not tell.
    .excluding(&["patience.until-date", "patience.reset-only"]),
];

pub(super) const DATES: &[Variant] = &[
    // The Date is that of a proxy, whose clock is 20 s ahead.
    Variant::new("dates.of-proxy", |server| {
        let proxy = Shifted::new(&server.settings.clock, 20);
        server.wire().answers(move |_, answer| {
            if let (Some(date), Some(there)) =
                (http_date(proxy.now()), answer.headers.get_mut(DATE))
            {
                *there = date;
            }
        });
    }),
];

/// A clock that shows another time than the one it goes by.
#[derive(Debug)]
struct Shifted {
    by: Arc<dyn Clock>,
    ahead: SignedDuration,
}

impl Shifted {
    fn new(by: &Arc<dyn Clock>, seconds: i64) -> Self {
        Self {
            by: Arc::clone(by),
            ahead: SignedDuration::from_secs(seconds),
        }
    }
}

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        let now = self.by.now();
        now.saturating_add(self.ahead).unwrap_or(now)
    }
}

fn shift(server: &mut Server, seconds: i64) {
    server.settings.clock = Arc::new(Shifted::new(&server.settings.clock, seconds));
}

fn hide(server: &mut Server) {
    server.connections().date = false;
    server.wire().answers(|_, answer| {
        answer.headers.remove(DATE);
    });
}

/// Dates an answer that the reference has not given.
pub(super) fn date(answer: &mut ResponseMessage, now: Timestamp) {
    answer
        .headers
        .extend(http_date(now).map(|date| (DATE, date)));
}

/// An instant as headers have it.
pub(super) fn http_date(at: Timestamp) -> Option<HeaderValue> {
    HeaderValue::from_str(&at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}
