//! Servers that differ only in what the contract leaves open.

use super::connections::Connections;
use super::trial::Server;
use super::wire::Wire;
use crate::reference::Settings;
use crate::verdict::{ClauseVerdict, Verdict};

/// A server that conforms, told by what distinguishes it from the reference.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Its axis and a short name: `times.with-offset`.
    pub id: &'static str,
    /// What this server does, as a sentence about it.
    pub what: &'static str,
    /// The difference itself.
    pub change: fn(&mut Blueprint),
    /// Clauses that need not hold on it.
    pub exceptions: &'static [Exception],
    /// Variants of other axes that no server has besides this one.
    pub excludes: Option<Exclusion>,
    /// Why a client that compares answers does not see the difference, where that is so.
    pub unseen: Option<&'static str>,
}

/// A clause that need not hold on a server, and why that is no false alarm.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    /// The clause.
    pub clause: &'static str,
    /// What may be said of it.
    pub verdict: Verdict,
    /// Why.
    pub why: &'static str,
}

/// Variants that cannot be tested together with another one.
#[derive(Debug, Clone, Copy)]
pub struct Exclusion {
    /// Their ids.
    pub ids: &'static [&'static str],
    /// Why.
    pub why: &'static str,
}

/// One thing in which servers differ: of its variants a server has one, or is as the reference.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    /// What it is about; the ids of its variants begin with it.
    pub name: &'static str,
    /// The variants.
    pub variants: &'static [Variant],
}

/// What a server is put together from.
#[derive(Debug)]
pub struct Blueprint {
    /// What the reference is made of.
    pub settings: Settings,
    /// What changes requests and answers on their way.
    pub wire: Wire,
    /// How connections are treated, where not as the reference does.
    pub connections: Option<Connections>,
}

impl Variant {
    pub(super) const fn new(
        id: &'static str,
        what: &'static str,
        change: fn(&mut Blueprint),
    ) -> Self {
        Self {
            id,
            what,
            change,
            exceptions: &[],
            excludes: None,
            unseen: None,
        }
    }

    pub(super) const fn with_exceptions(mut self, exceptions: &'static [Exception]) -> Self {
        self.exceptions = exceptions;
        self
    }

    pub(super) const fn excluding(
        mut self,
        ids: &'static [&'static str],
        why: &'static str,
    ) -> Self {
        self.excludes = Some(Exclusion { ids, why });
        self
    }

    pub(super) const fn unseen_because(mut self, why: &'static str) -> Self {
        self.unseen = Some(why);
        self
    }

    /// Whether that verdict is an exception of this server.
    #[must_use]
    pub fn excuses(&self, clause: &ClauseVerdict) -> bool {
        let mut exceptions = self.exceptions.iter();
        exceptions.any(|one| one.clause == clause.id && one.verdict == clause.verdict)
    }

    /// Whether no server has both.
    #[must_use]
    pub fn cannot_combine_with(&self, other: &Self) -> bool {
        let excludes = |one: &Self, id| {
            one.excludes
                .is_some_and(|excluded| excluded.ids.contains(&id))
        };
        excludes(self, other.id) || excludes(other, self.id)
    }
}

impl Exception {
    pub(super) const fn failed(clause: &'static str, why: &'static str) -> Self {
        Self {
            clause,
            verdict: Verdict::Fail,
            why,
        }
    }
}

impl Default for Blueprint {
    /// The reference as it is.
    fn default() -> Self {
        Self {
            settings: Server::default().settings,
            wire: Wire::default(),
            connections: None,
        }
    }
}

impl Blueprint {
    /// The connections, to be changed.
    pub(super) fn connections(&mut self) -> &mut Connections {
        self.connections.get_or_insert_default()
    }

    /// The server.
    #[must_use]
    pub fn server(self) -> Server {
        let wire = self.wire;
        Server {
            settings: self.settings,
            wrap: Box::new(|router| wire.around(router)),
            connections: self.connections,
        }
    }
}
