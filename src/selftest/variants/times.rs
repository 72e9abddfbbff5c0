//! How instants are written.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::Value;

use crate::selftest::trial::Server;
use crate::selftest::variant::Variant;

/// As the reference writes them.
pub(super) const WRITTEN: &str = "%Y-%m-%dT%H:%M:%SZ";

const MEMBERS: &[&str] = &["trial_ends_at", "created_at", "last_used_at"];

pub(super) const AXIS: &[Variant] = &[
    // Times have six digits of a second, all of them zero.
    Variant::new("times.microseconds", |server| {
        written(server, |_, at| {
            at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
        });
    }),
    // Times have three digits of a second.
    Variant::new("times.milliseconds", |server| {
        written(server, |_, at| {
            at.strftime("%Y-%m-%dT%H:%M:%S.731Z").to_string()
        });
    }),
    // Times have the offset +00:00.
    Variant::new("times.zero-offset", |server| {
        written(server, |_, at| with_offset(at, Offset::UTC));
    }),
    // Times have the offset +02:00.
    Variant::new("times.other-offset", |server| {
        written(server, |_, at| with_offset(at, Offset::constant(2)));
    }),
    // The end of a trial has an offset, the last use a fraction of a second, the creation neither.
    Variant::new("times.mixed", |server| {
        written(server, |member, at| match member {
            "created_at" => at.strftime(WRITTEN).to_string(),
            "last_used_at" => at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string(),
            _ => with_offset(at, Offset::constant(-7)),
        });
    }),
];

/// Changes every text that is the value of one of these members, however deep.
pub(super) fn each(body: &mut Value, members: &[&str], change: &impl Fn(&str, &mut String)) {
    match body {
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| each(value, members, change)),
        Value::Object(object) => {
            for (member, value) in object {
                match value {
                    Value::String(text) if members.contains(&member.as_str()) => {
                        change(member, text);
                    }
                    _ => each(value, members, change),
                }
            }
        }
        _ => {}
    }
}

fn written(server: &mut Server, write: fn(&str, Timestamp) -> String) {
    server.wire().bodies(move |_, body| {
        each(body, MEMBERS, &|member, text| {
            if let Ok(at) = text.parse() {
                *text = write(member, at);
            }
        });
    });
}

fn with_offset(at: Timestamp, offset: Offset) -> String {
    at.display_with_offset(offset).to_string()
}
