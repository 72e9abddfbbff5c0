//! A limiter that stands before the reference, and counts by other rules.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{HeaderName, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::clock::date;
use crate::reference::{Clock, Quota};
use crate::selftest::message::{ApiRoute, RequestMessage, ResponseMessage};
use crate::selftest::wire::Rewrite;

const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What an answer does to a count.
enum Weight {
    Adds,
    Clears,
    Nothing,
}

/// Counts in windows of a fixed length.
pub(super) struct Counter {
    clock: Arc<dyn Clock>,
    quota: Quota,
    /// What a call is counted for, if it is counted.
    subject: fn(&RequestMessage) -> Option<String>,
    weight: fn(&ResponseMessage) -> Weight,
    windows: Mutex<HashMap<String, CounterWindow>>,
}

#[derive(Clone, Copy)]
struct CounterWindow {
    ends: Timestamp,
    used: u32,
    refused: bool,
}

impl Counter {
    /// Wrong passwords for each e-mail.
    pub(super) fn of_failures(clock: &Arc<dyn Clock>, quota: Quota) -> Self {
        let subject = |call: &RequestMessage| {
            let email = call.json.as_ref()?.get("email")?.as_str()?;
            (call.operation == Some(ApiRoute::Login)).then(|| email.to_lowercase())
        };
        let weight = |answer: &ResponseMessage| match answer.status {
            StatusCode::UNAUTHORIZED => Weight::Adds,
            status if status.is_success() => Weight::Clears,
            _ => Weight::Nothing,
        };
        Self::new(clock, quota, subject, weight)
    }

    /// What is called without a token, by everybody together.
    pub(super) fn of_guests(clock: &Arc<dyn Clock>, quota: Quota) -> Self {
        let subject = |call: &RequestMessage| {
            let guest = matches!(
                call.operation?,
                ApiRoute::Register | ApiRoute::Login | ApiRoute::LoginTotp
            );
            guest.then(String::new)
        };
        Self::new(clock, quota, subject, every)
    }

    /// Every call, by everybody together.
    pub(super) fn of_everything(clock: &Arc<dyn Clock>, quota: Quota) -> Self {
        let subject = |_: &RequestMessage| Some(String::new());
        Self::new(clock, quota, subject, every)
    }

    fn new(
        clock: &Arc<dyn Clock>,
        quota: Quota,
        subject: fn(&RequestMessage) -> Option<String>,
        weight: fn(&ResponseMessage) -> Weight,
    ) -> Self {
        Self {
            clock: Arc::clone(clock),
            quota,
            subject,
            weight,
            windows: Mutex::default(),
        }
    }

    fn refusal(&self, ends: Timestamp) -> ResponseMessage {
        let now = self.clock.now();
        let wait = 1 + ends.duration_since(now).as_secs();
        let mut answer = ResponseMessage::new(StatusCode::TOO_MANY_REQUESTS);
        answer.say(
            "application/json",
            json!({ "message": "Too Many Attempts." }),
        );
        answer.headers.insert(RETRY_AFTER, HeaderValue::from(wait));
        answer
            .headers
            .insert(RESET, HeaderValue::from(ends.as_second() + 1));
        date(&mut answer, now);
        answer
    }
}

impl Rewrite for Counter {
    fn instead(&self, call: &RequestMessage) -> Option<ResponseMessage> {
        let subject = (self.subject)(call)?;
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.get_mut(&subject)?;
        let now = self.clock.now();
        if window.used < self.quota.attempts || window.ends <= now {
            return None;
        }
        if !window.refused {
            window.refused = true;
            let (ends, now) = (window.ends.as_millisecond(), now.as_millisecond());
            let ends = Timestamp::from_millisecond(self.quota.locked_until(ends, now));
            window.ends = ends.unwrap_or(window.ends);
        }
        Some(self.refusal(window.ends))
    }

    fn answer(&self, call: &RequestMessage, answer: &mut ResponseMessage) {
        let Some(subject) = (self.subject)(call) else {
            return;
        };
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        match (self.weight)(answer) {
            Weight::Nothing => {}
            Weight::Clears => drop(windows.remove(&subject)),
            Weight::Adds => {
                let now = self.clock.now();
                let length = SignedDuration::try_from(self.quota.window).unwrap_or_default();
                let fresh = CounterWindow {
                    ends: now.saturating_add(length).unwrap_or(Timestamp::MAX),
                    used: 0,
                    refused: false,
                };
                let window = windows.entry(subject).or_insert(fresh);
                if window.ends <= now {
                    *window = fresh;
                }
                window.used += 1;
            }
        }
    }
}

/// All but what was refused.
fn every(answer: &ResponseMessage) -> Weight {
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => Weight::Nothing,
        _ => Weight::Adds,
    }
}
