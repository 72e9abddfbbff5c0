//! Servers that differ only in what the contract leaves open.

use super::trial::Server;

/// A server that conforms, told by what distinguishes it from the reference.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Its axis and a short name: `times.with-offset`.
    pub id: &'static str,
    /// The difference itself.
    pub change: fn(&mut Server),
    /// Clauses that fail on it, which is no false alarm.
    pub fails: &'static [&'static str],
    /// Variants of other axes that no server has besides this one.
    pub excludes: &'static [&'static str],
    /// Whether a client that compares answers does not see the difference.
    pub unseen: bool,
}

impl Variant {
    pub(super) const fn new(id: &'static str, change: fn(&mut Server)) -> Self {
        Self {
            id,
            change,
            fails: &[],
            excludes: &[],
            unseen: false,
        }
    }

    pub(super) const fn failing(self, fails: &'static [&'static str]) -> Self {
        Self { fails, ..self }
    }

    pub(super) const fn excluding(self, excludes: &'static [&'static str]) -> Self {
        Self { excludes, ..self }
    }

    pub(super) const fn unseen(self) -> Self {
        Self {
            unseen: true,
            ..self
        }
    }

    /// Whether no server has both.
    pub(crate) fn cannot_combine_with(&self, other: &Self) -> bool {
        self.excludes.contains(&other.id) || other.excludes.contains(&self.id)
    }
}
