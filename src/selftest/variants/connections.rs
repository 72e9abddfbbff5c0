//! How an answer travels.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::selftest::variant::Variant;

pub(super) const PACE: &[Variant] = &[
    // Every answer takes 50 ms.
    Variant::new("pace.slow", |server| {
        server.wire().delay = Some(Duration::from_millis(50));
    })
    // How long an answer takes is no part of it.
    .unseen(),
];

pub(super) const FRAMING: &[Variant] = &[
    // A body comes in chunks, without its length.
    Variant::new("framing.chunked", |server| server.wire().chunked = true),
];

pub(super) const HEADER_NAMES: &[Variant] = &[
    // Names of headers are written Like-This.
    Variant::new("header-names.title-case", |server| {
        server.connections().title_case = true;
    }),
];

pub(super) const AXIS: &[Variant] = &[
    // Every answer ends its connection.
    Variant::new("connections.closed", |server| {
        server
            .wire()
            .answers(|_, answer| answer.set_header("connection", "close"));
    }),
    // Every third answer ends its connection.
    Variant::new("connections.closed-at-times", |server| {
        let answers = AtomicUsize::new(0);
        server.wire().answers(move |_, answer| {
            if answers.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
                answer.set_header("connection", "close");
            }
        });
    }),
    // A connection that lies idle for five seconds is closed.
    Variant::new("connections.impatient", |server| {
        server.connections().idle = Some(Duration::from_secs(5));
    })
    // It shows only in when a connection ends.
    .unseen(),
];
