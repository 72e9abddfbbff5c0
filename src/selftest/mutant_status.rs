//! What the suite makes of a mutant, in one vocabulary for all kinds of mutants.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// What the suite makes of a mutant. The order is that of what is worth more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MutantStatus {
    /// Nothing in the suite minds.
    Survived,
    /// Nothing fails, but what should have failed could not be tried.
    NoVerdict,
    /// A clause fails, but none that the mutant breaks.
    KilledByOther,
    /// A clause fails that the mutant breaks.
    Killed,
    /// Nobody could tell it from a server that conforms, for a reason that is written down.
    Equivalent,
}

impl MutantStatus {
    /// All of them, the best first.
    pub const ALL: [Self; 5] = [
        Self::Killed,
        Self::KilledByOther,
        Self::NoVerdict,
        Self::Survived,
        Self::Equivalent,
    ];

    /// What it comes to that these clauses have `failed` on a mutant that breaks one of `declared`; `undecided` says
    /// whether what should have failed could not be tried.
    pub(super) fn of<T: AsRef<str>>(declared: &[T], failed: &[T], undecided: bool) -> Self {
        let breaks = |id: &T| declared.iter().any(|one| one.as_ref() == id.as_ref());
        if failed.iter().any(breaks) {
            Self::Killed
        } else if !failed.is_empty() {
            Self::KilledByOther
        } else if undecided {
            Self::NoVerdict
        } else {
            Self::Survived
        }
    }

    /// Whether the suite falls short.
    #[must_use]
    pub fn is_gap(self) -> bool {
        !matches!(self, Self::Killed | Self::Equivalent)
    }
}

impl fmt::Display for MutantStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Survived => "survived",
            Self::NoVerdict => "no verdict",
            Self::KilledByOther => "killed by another clause",
            Self::Killed => "killed",
            Self::Equivalent => "equivalent",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_clause_decides_before_others_and_a_violation_before_none() {
        let status = |failed: &[&str], undecided| MutantStatus::of(&["a", "b"], failed, undecided);
        assert_eq!(status(&["c", "b"], true), MutantStatus::Killed);
        assert_eq!(status(&["c"], true), MutantStatus::KilledByOther);
        assert_eq!(status(&[], true), MutantStatus::NoVerdict);
        assert_eq!(status(&[], false), MutantStatus::Survived);
    }
}
