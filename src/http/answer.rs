//! An answer as it came in, secrets in clear. It is never stored; an exchange is.

use std::borrow::Cow;
use std::iter;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

use super::json::{self, Json, Unreadable};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// From 2000-01-01 to 2199-12-31, in seconds since 1970.
const POSSIBLE_DATES: std::ops::Range<i64> = 946_684_800..7_258_118_400;

/// One response, read to its end.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The body as JSON, where it is JSON.
    pub json: Option<Value>,
    /// Members of that JSON that others of the same name hide.
    pub shadowed: Vec<(String, Value)>,
    /// When the call was sent, by the clock of this machine.
    pub sent: Timestamp,
    /// From sending to the last byte.
    pub elapsed: Duration,
}

opaque_debug!(Answer: status);

impl Answer {
    /// A header's value, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type without its parameters, in lower case; empty where there is none.
    pub(crate) fn media_type(&self) -> String {
        let whole = self.header("content-type").unwrap_or_default();
        let essence = whole.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    }

    /// Whether the body is a page for people.
    #[must_use]
    pub fn is_html(&self) -> bool {
        self.media_type() == "text/html"
    }

    /// Whether there is such a body, or one that looks like it.
    pub(crate) fn is_page(&self) -> bool {
        const BEGINNINGS: [&str; 2] = ["<!doctype html", "<html"];
        let text = self.text();
        let start: String = text.trim_start().chars().take(14).collect();
        let start = start.to_ascii_lowercase();
        let looks_like_it = BEGINNINGS
            .iter()
            .any(|beginning| start.starts_with(beginning));
        self.is_html() && !self.body.is_empty() || looks_like_it
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Why the body is no JSON, in the words of a parser; nothing where it is, or where there is none.
    pub(crate) fn flaw(&self) -> Option<String> {
        if self.body.is_empty() {
            return None;
        }
        if self.body.starts_with(BYTE_ORDER_MARK) {
            return Some("it begins with a byte order mark (RFC 8259, section 8.1)".to_owned());
        }
        match json::parse(&self.body) {
            Err(Unreadable::NotJson(why) | Unreadable::OutOfBounds(why)) => Some(why),
            Ok(_) => None,
        }
    }

    /// Everything in the body that is JSON: the whole, the members that others of the same name hide, or the objects
    /// in a body that is none as a whole.
    pub(super) fn all_json(&self) -> Vec<Cow<'_, Value>> {
        let object = |member| Cow::Owned(Value::Object(Map::from_iter([member])));
        if let Some(whole) = &self.json {
            let shadowed = self.shadowed.iter().cloned().map(object);
            return iter::once(Cow::Borrowed(whole)).chain(shadowed).collect();
        }
        let found = json::objects_in(&self.body).flat_map(|Json { value, shadowed }| {
            iter::once(Cow::Owned(value)).chain(shadowed.into_iter().map(object))
        });
        found.collect()
    }

    /// The server's own time in the `Date` header; nothing where that cannot be, as before anybody had such a server.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        http_date(self.header("date")?).filter(|date| is_possible(*date))
    }

    /// The middle between sending and the last byte, by the clock of this machine.
    pub(crate) fn midpoint(&self) -> Timestamp {
        let half = self.elapsed / 2;
        self.sent.saturating_add(half).unwrap_or(self.sent)
    }
}

/// Whether a server may have that time.
pub(super) fn is_possible(time: Timestamp) -> bool {
    POSSIBLE_DATES.contains(&time.as_second())
}

/// An HTTP date (RFC 9110 §5.6.7, the preferred form).
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
impl Answer {
    /// An answer for a test, from the epoch and at once.
    pub(crate) fn made_up(status: u16, headers: &[(&'static str, &str)], body: &str) -> Self {
        use reqwest::header::{HeaderName, HeaderValue};
        let headers = headers.iter().map(|(name, value)| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        });
        Self {
            status,
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
            json: serde_json::from_str(body).ok(),
            shadowed: Vec::new(),
            sent: Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_date_is_an_instant() {
        let date = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(date.as_second(), 784_111_777);
        assert_eq!(http_date("yesterday"), None);
    }

    #[test]
    fn a_time_that_no_server_can_have_is_none() {
        let date = |text| Answer::made_up(200, &[("date", text)], "").date();
        for impossible in [
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Sun, 06 Nov 1904 08:49:37 GMT",
            "Sat, 01 Jan 2200 00:00:00 GMT",
        ] {
            assert_eq!(date(impossible), None, "{impossible}");
        }
        assert!(date("Sun, 01 Mar 2020 12:00:00 GMT").is_some());
    }
}
