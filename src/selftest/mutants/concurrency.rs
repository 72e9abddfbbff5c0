//! What goes wrong only between two requests at once.

use crate::reference::behaviour::{Race, Steps};
use crate::selftest::Mutant;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "concurrency.both-register",
        "concurrency.one-registration",
        "Of two registrations of one e-mail at once, the later one is signed in to the account.",
        |server| server.behaviour.registration.race = Race::SignsIn,
    ),
    Mutant::new(
        "concurrency.code-twice",
        "concurrency.code-once",
        "A code is spent a moment after it was checked: two uses at once both succeed.",
        |server| server.behaviour.second_factor.spends_code = Steps::Two,
    ),
    Mutant::new(
        "concurrency.recovery-code-twice",
        "concurrency.code-once",
        "A recovery code is spent a moment after it was checked: two uses at once both succeed.",
        |server| server.behaviour.second_factor.spends_recovery_code = Steps::Two,
    ),
    Mutant::new(
        "concurrency.two-sessions",
        "concurrency.one-session",
        "A login ends the old session a moment before it opens the new one: two at once both stay.",
        |server| server.behaviour.login.replaces = Steps::Two,
    ),
];
