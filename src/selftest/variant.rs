//! Servers that differ only in what the contract leaves open.

use super::connections::Connections;
use super::trial::Server;
use super::wire::Wire;
use crate::reference::Settings;

/// A server that conforms, told by what distinguishes it from the reference.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Its axis and a short name: `times.with-offset`.
    pub id: &'static str,
    /// The difference itself.
    pub change: fn(&mut Blueprint),
    /// Clauses that fail on it, which is no false alarm.
    pub fails: &'static [&'static str],
    /// Variants of other axes that no server has besides this one.
    pub excludes: &'static [&'static str],
    /// Whether a client that compares answers does not see the difference.
    pub unseen: bool,
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
    pub(super) const fn new(id: &'static str, change: fn(&mut Blueprint)) -> Self {
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
    #[must_use]
    pub fn cannot_combine_with(&self, other: &Self) -> bool {
        self.excludes.contains(&other.id) || other.excludes.contains(&self.id)
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
