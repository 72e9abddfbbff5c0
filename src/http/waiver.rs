//! Waivers: violations that are known, and forgiven until a day.

use jiff::civil::Date;

/// A violation of one clause that does not fail a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The clause.
    pub clause: String,
    /// Why it is forgiven.
    pub reason: String,
    /// The last day on which it is.
    pub until: Date,
}

/// The waivers of a target, and the day of the run.
#[derive(Debug, Clone, Default)]
pub struct Waivers {
    /// The day on which they are asked.
    pub today: Date,
    /// All of them, in force or not.
    pub all: Vec<Waiver>,
}

impl Waivers {
    /// The waiver of that clause that is in force.
    #[must_use]
    pub fn of(&self, clause: &str) -> Option<&Waiver> {
        let mut waivers = self.all.iter();
        waivers.find(|waiver| waiver.clause == clause && self.is_in_force(waiver))
    }

    /// Whether a waiver still counts.
    pub(crate) fn is_in_force(&self, waiver: &Waiver) -> bool {
        self.today <= waiver.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_counts_up_to_its_last_day_and_for_its_clause() {
        let until: Date = "2026-02-28".parse().unwrap();
        let waiver = Waiver {
            clause: "me.describes".to_owned(),
            reason: "known".to_owned(),
            until,
        };
        let on = |day: Date| Waivers {
            today: day,
            all: vec![waiver.clone()],
        };
        assert_eq!(on(until).of("me.describes"), Some(&waiver));
        assert_eq!(on(until).of("me.other"), None);
        assert_eq!(on(until.tomorrow().unwrap()).of("me.describes"), None);
    }
}
