//! The kill matrix: which mutants the suite catches, and whom else it blames.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::mutant::Mutant;
use super::trial::{Server, TrialError, Tried, try_server};
use crate::engine::Selection;
use crate::harness::DEFAULT_CONCURRENCY;
use crate::suite::Suite;

/// What the suite made of one mutant.
#[derive(Debug)]
pub struct Finding {
    /// The mutant.
    pub mutant: &'static Mutant,
    /// The clauses that were blamed, in the contract's order.
    pub blamed: Vec<String>,
    /// The clauses that were left unproven.
    pub unproven: Vec<String>,
}

/// What a finding comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The clause that it breaks was blamed.
    Caught,
    /// It was not.
    Survived,
    /// It was not, and could not be.
    Equivalent,
}

impl Finding {
    /// What it comes to.
    #[must_use]
    pub fn fate(&self) -> Fate {
        if self.blamed.iter().any(|id| id == self.mutant.breaks) {
            Fate::Caught
        } else if self.mutant.equivalent.is_some() {
            Fate::Equivalent
        } else {
            Fate::Survived
        }
    }

    /// The clauses that were blamed although the mutant breaks another.
    pub fn collateral(&self) -> impl Iterator<Item = &str> {
        let all = self.blamed.iter().map(String::as_str);
        all.filter(|id| *id != self.mutant.breaks)
    }
}

/// Tries the suite on every one of these mutants, so many at a time. The findings have the order of the
/// mutants.
///
/// # Errors
/// The first server that cannot be started or called.
pub async fn try_mutants(
    suite: &Arc<Suite>,
    mutants: impl IntoIterator<Item = &'static Mutant>,
    at_a_time: usize,
) -> Result<Vec<Finding>, TrialError> {
    let places = Arc::new(Semaphore::new(at_a_time));
    let mut trials = JoinSet::new();
    for (position, mutant) in mutants.into_iter().enumerate() {
        let (suite, places) = (Arc::clone(suite), Arc::clone(&places));
        trials.spawn(async move {
            // Nobody closes the semaphore; were it closed, all would be tried at once.
            let _place = places.acquire_owned().await.ok();
            (position, try_mutant(&suite, mutant).await)
        });
    }
    let mut findings = Vec::new();
    while let Some(ended) = trials.join_next().await {
        let (position, finding) = ended.map_err(|_| TrialError::Interrupted)?;
        findings.push((position, finding?));
    }
    findings.sort_by_key(|(position, _)| *position);
    Ok(findings.into_iter().map(|(_, finding)| finding).collect())
}

/// Tries the suite on one mutant; where it does not blame the one clause alone, again with one scenario at a
/// time: then no scenario meets what another has done to a server that confuses accounts.
async fn try_mutant(suite: &Arc<Suite>, mutant: &'static Mutant) -> Result<Finding, TrialError> {
    let mut tried = try_with(suite, mutant, DEFAULT_CONCURRENCY).await?;
    if !tried.blamed().eq([mutant.breaks]) {
        tried = try_with(suite, mutant, 1).await?;
    }
    Ok(Finding {
        mutant,
        blamed: tried.blamed().map(str::to_owned).collect(),
        unproven: tried.unproven().map(str::to_owned).collect(),
    })
}

async fn try_with(
    suite: &Arc<Suite>,
    mutant: &Mutant,
    concurrency: usize,
) -> Result<Tried, TrialError> {
    let mut server = Server {
        concurrency,
        ..Server::default()
    };
    (mutant.change)(&mut server.settings);
    try_server(suite, &Selection::everything(), server).await
}
