//! A server that breaks one clause, as one change to what the reference is made of.

use schemars::JsonSchema;
use serde::Serialize;

use super::trial::Server;
use crate::reference::Settings;

/// One defect of a server.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Mutant {
    /// A short name, in the words of the clause: `login.revokes-nothing-for-cli`.
    pub id: &'static str,
    /// The clause that it breaks, and no other.
    pub breaks: &'static str,
    /// What this server does, as a sentence about it.
    pub what: &'static str,
    /// The defect itself.
    #[serde(skip)]
    pub change: fn(&mut Settings),
    /// Why no client can tell this server from a conforming one, where that is so.
    pub equivalent: Option<&'static str>,
}

impl Mutant {
    /// The reference with this defect.
    #[must_use]
    pub fn server(&self) -> Server {
        let mut server = Server::default();
        (self.change)(&mut server.settings);
        server
    }

    /// A server that can be told from a conforming one.
    #[must_use]
    pub const fn new(
        id: &'static str,
        breaks: &'static str,
        what: &'static str,
        change: fn(&mut Settings),
    ) -> Self {
        Self {
            id,
            breaks,
            what,
            change,
            equivalent: None,
        }
    }

    /// The same, but no client can tell it, for that reason.
    #[must_use]
    pub const fn equivalent_because(self, why: &'static str) -> Self {
        Self {
            equivalent: Some(why),
            ..self
        }
    }
}
