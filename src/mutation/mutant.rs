//! A server that breaks one clause, as one change to what the reference is made of.

use crate::reference::Settings;

/// One defect of a server.
#[derive(Debug, Clone, Copy)]
pub struct Mutant {
    /// A short name, in the words of the clause: `login.revokes-nothing-for-cli`.
    pub id: &'static str,
    /// The clause that it breaks, and no other.
    pub breaks: &'static str,
    /// What this server does, as a sentence about it.
    pub what: &'static str,
    /// The defect itself.
    pub change: fn(&mut Settings),
    /// Why no client can tell this server from a conforming one, where that is so.
    pub equivalent: Option<&'static str>,
}
