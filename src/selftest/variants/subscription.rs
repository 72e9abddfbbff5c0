//! The trial where clocks change, and the plan.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::times::{WRITTEN, each};
use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;

pub(super) const TRIALS: &[Variant] = &[
    // The trial has thirty days of the server's zone, in which the clocks are put back.
    Variant::new("trials.hour-more", |server| shift(server, 1)),
    // The trial has thirty days of the server's zone, in which the clocks are put forward.
    Variant::new("trials.hour-less", |server| shift(server, -1)),
];

pub(super) const PLANS: &[Variant] = &[
    // There is no plan before the trial ends.
    Variant::new("plans.none", |server| {
        server.wire().bodies(|_, body| {
            if let Some(plan) = body.pointer_mut("/subscription/plan") {
                *plan = Value::Null;
            }
        });
    }),
];

fn shift(server: &mut Server, hours: i64) {
    server.wire().bodies(move |_, body| {
        each(body, &["trial_ends_at"], &|_, time| {
            let end: Option<Timestamp> = time.parse().ok();
            if let Some(end) =
                end.and_then(|end| end.checked_add(SignedDuration::from_hours(hours)).ok())
            {
                *time = end.strftime(WRITTEN).to_string();
            }
        });
    });
}
