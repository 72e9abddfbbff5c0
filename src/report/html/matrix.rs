//! The matrix of the suite: the broken servers that each clause catches. It ships for the suite of the program alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::Report;

/// Made of the mutants of the program; that each is caught by its own clause is what `conform mutants` shows.
const SHIPPED: &str = include_str!("../../../templates/matrix.json");

/// The broken servers by the clauses that they break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// The digest of the suite that catches them.
    pub suite: String,
    /// The servers of each clause.
    pub clauses: BTreeMap<String, Vec<BrokenServer>>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenServer {
    /// A short name.
    pub id: String,
    /// What it does, as a sentence.
    pub what: String,
}

/// What the page shows of it: the clauses of the report, in their order.
#[derive(Default)]
pub(super) struct Caught {
    pub(super) clauses: Vec<(String, Vec<BrokenServer>)>,
    pub(super) servers: usize,
}

impl Caught {
    /// Nothing for another suite.
    pub(super) fn of(report: &Report) -> Self {
        let shipped = serde_json::from_str::<Matrix>(SHIPPED).ok();
        let shipped = shipped.filter(|matrix| matrix.suite == report.suite.digest);
        let Some(Matrix { mut clauses, .. }) = shipped else {
            return Self::default();
        };
        let ids = report.verdicts.clauses.iter().map(|clause| &clause.id);
        let clauses: Vec<_> = ids.filter_map(|id| clauses.remove_entry(id)).collect();
        let servers = clauses.iter().map(|(_, servers)| servers.len()).sum();
        Self { clauses, servers }
    }
}
