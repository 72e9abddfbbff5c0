//! What counts of a password, and how long it may be.

use super::strictness::refuse_registration;
use crate::reference::behaviour::{Measure, Normalization};
use crate::selftest::variant::Variant;

pub(super) const AXIS: &[Variant] = &[
    // The length of a password is counted in units of UTF-16, as Java and JavaScript count.
    Variant::new("passwords.utf-16", |server| {
        server.settings.behaviour.registration.password_measure = Measure::Utf16;
    }),
    // Blanks at the ends of a password do not count.
    Variant::new("passwords.trimmed", |server| {
        let behaviour = &mut server.settings.behaviour;
        behaviour.registration.password = Normalization::Trimmed;
        behaviour.login.password = Normalization::Trimmed;
    }),
    // A password of more than 72 characters is refused.
    Variant::new("passwords.at-most-72", |server| {
        server.settings.behaviour.registration.password_max = Some(72);
    }),
    // A password with other characters than those of ASCII is refused.
    Variant::new("passwords.in-ascii", |server| {
        refuse_registration(server, "password", |password| !password.is_ascii());
    }),
];
