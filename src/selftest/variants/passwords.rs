//! What counts of a password, and how long it may be.

use super::strictness::refuse_registration;
use crate::reference::behaviour::{Measure, Normalization};
use crate::selftest::variant::{Axis, Variant};

pub(super) const AXIS: Axis = Axis {
    name: "passwords",
    variants: &[
        Variant::new(
            "passwords.utf-16",
            "The length of a password is counted in units of UTF-16, as Java and JavaScript count.",
            |server| server.settings.behaviour.registration.password_measure = Measure::Utf16,
        ),
        Variant::new(
            "passwords.trimmed",
            "Blanks at the ends of a password do not count.",
            |server| {
                let behaviour = &mut server.settings.behaviour;
                behaviour.registration.password = Normalization::Trimmed;
                behaviour.login.password = Normalization::Trimmed;
            },
        ),
        Variant::new(
            "passwords.at-most-72",
            "A password of more than 72 characters is refused.",
            |server| server.settings.behaviour.registration.password_max = Some(72),
        ),
        Variant::new(
            "passwords.in-ascii",
            "A password with other characters than those of ASCII is refused.",
            |server| refuse_registration(server, "password", |password| !password.is_ascii()),
        ),
    ],
};
