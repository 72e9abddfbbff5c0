//! How an answer travels.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::selftest::variant::{Axis, Variant};

pub(super) const PACE: Axis = Axis {
    name: "pace",
    variants: &[
        Variant::new("pace.slow", "Every answer takes 50 ms.", |server| {
            server.wire.delay = Some(Duration::from_millis(50));
        })
        .unseen_because("how long an answer takes is no part of it"),
    ],
};

pub(super) const FRAMING: Axis = Axis {
    name: "framing",
    variants: &[Variant::new(
        "framing.chunked",
        "A body comes in chunks, without its length.",
        |server| server.wire.chunked = true,
    )],
};

pub(super) const HEADER_NAMES: Axis = Axis {
    name: "header-names",
    variants: &[Variant::new(
        "header-names.title-case",
        "Names of headers are written Like-This.",
        |server| server.connections().title_case = true,
    )],
};

pub(super) const AXIS: Axis = Axis {
    name: "connections",
    variants: &[
        Variant::new(
            "connections.closed",
            "Every answer ends its connection.",
            |server| {
                server
                    .wire
                    .answers(|_, answer| answer.set_header("connection", "close"));
            },
        ),
        Variant::new(
            "connections.closed-at-times",
            "Every third answer ends its connection.",
            |server| {
                let answers = AtomicUsize::new(0);
                server.wire.answers(move |_, answer| {
                    if answers.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
                        answer.set_header("connection", "close");
                    }
                });
            },
        ),
        Variant::new(
            "connections.impatient",
            "A connection that lies idle for five seconds is closed.",
            |server| server.connections().idle = Some(Duration::from_secs(5)),
        )
        .unseen_because("it shows only in when a connection ends"),
    ],
};
