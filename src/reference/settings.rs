//! What a server is made of.

use std::sync::Arc;

use super::{Behaviour, Clock, Database, Hashing, Limits, SystemClock};

/// What a server is made of. The default keeps its data in memory, takes the time from the machine,
/// and keeps every rule of the contract.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the data is kept.
    pub database: Database,
    /// What password hashes cost.
    pub hashing: Hashing,
    /// How often somebody may try to log in.
    pub limits: Limits,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// How the rules decide.
    pub behaviour: Behaviour,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database: Database::default(),
            hashing: Hashing::default(),
            limits: Limits::default(),
            clock: Arc::new(SystemClock),
            behaviour: Behaviour::default(),
        }
    }
}
