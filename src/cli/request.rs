//! One run, as it was asked for.

use libtest_mimic::Arguments;

use super::output::Output;
use crate::run::Plan;

/// One run to be made on a server: nothing that comes after reads a flag.
pub(super) struct RunRequest {
    pub(super) plan: Plan,
    /// The positions in the suite of the scenarios that are run.
    pub(super) selected: Vec<usize>,
    /// What libtest is told.
    pub(super) trials: Arguments,
    pub(super) fail_fast: bool,
    pub(super) output: Output,
}

impl RunRequest {
    /// Whether it leaves out some of what a run covers without being asked.
    pub(super) fn is_partial(&self) -> bool {
        self.selected.len() < self.plan.scenarios.len() || !self.plan.covers_documentation()
    }
}
