//! What is taken for a character of a password.

use crate::mutation::variant::{Axis, Variant};
use crate::reference::behaviour::Measure;

pub(super) const AXIS: Axis = Axis {
    name: "passwords",
    variants: &[Variant::new(
        "passwords.utf-16",
        "The length of a password is counted in units of UTF-16, as Java and JavaScript count.",
        |server| server.settings.behaviour.registration.password_measure = Measure::Utf16,
    )],
};
