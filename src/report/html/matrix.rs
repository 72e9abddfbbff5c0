//! The matrix of the suite: the broken servers that each clause catches. It ships for the suite of the program alone.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::super::Report;
use crate::verdict::ClauseVerdict;

/// Made of the mutants of the program; that each is caught by its own clause is what `conform mutants` shows.
static SHIPPED: LazyLock<Matrix> = LazyLock::new(|| {
    let text = include_str!("../../../templates/matrix.json");
    serde_json::from_str(text).unwrap_or_default()
});

/// The broken servers by the clauses that they break.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// What the page of the broken servers shows: the clauses of the report, in their order.
pub(super) struct Caught<'a> {
    pub(super) features: Vec<Feature<'a>>,
    pub(super) servers: usize,
}

/// The clauses about one thing, which the first part of their ids names.
pub(super) struct Feature<'a> {
    pub(super) name: &'a str,
    pub(super) clauses: Vec<(&'a ClauseVerdict, &'a [BrokenServer])>,
}

/// Whether the matrix is that of the suite of this report.
pub(in crate::report) fn is_shipped_for(report: &Report) -> bool {
    SHIPPED.suite == report.suite.digest
}

impl<'a> Caught<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let clauses: Vec<(&ClauseVerdict, &[BrokenServer])> = report
            .verdicts
            .clauses
            .iter()
            .filter_map(|clause| Some((clause, SHIPPED.clauses.get(&clause.id)?.as_slice())))
            .collect();
        let feature = |clause: &'a ClauseVerdict| clause.id.split('.').next().unwrap_or_default();
        Self {
            servers: clauses.iter().map(|(_, servers)| servers.len()).sum(),
            features: clauses
                .chunk_by(|(one, _), (other, _)| feature(one) == feature(other))
                .map(|clauses| Feature {
                    name: feature(clauses[0].0),
                    clauses: clauses.to_vec(),
                })
                .collect(),
        }
    }
}
