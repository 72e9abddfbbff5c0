//! The control: what is known of two servers beforehand. A run that gets it wrong says nothing of others.

use std::sync::Arc;

use axum::http::StatusCode;

use super::trial::{Server, TrialError, TrialOutcome, try_server};
use crate::reference::behaviour::Status;
use crate::run::{Plan, Selection};
use crate::suite::Suite;
use crate::verdict::Verdict;

/// The clause that a single call shows to be broken, by a logout that is answered by 200.
const MUST_FAIL: &str = "logout.no-content";

/// Why a run over mutants says nothing.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// A server that conforms is not left alone.
    #[error(
        "the run is void: the reference itself does not conform to this suite ({0}); \
         mend the suite until `conform --profile core,sessions,totp,rate-limit,hardening,concurrency` \
         verifies all of it"
    )]
    ReferenceFails(String),
    /// A server that breaks a clause is not caught.
    #[error(
        "the run is void: the suite does not notice that a logout is answered by 200, so its silence about others \
         means nothing; verify `logout.no-content` by the status"
    )]
    DefectMissed,
    /// One of the two servers could not be tried.
    #[error(transparent)]
    Trial(#[from] TrialError),
}

/// Tries the suite on the untouched reference, which has to conform, and on a mutant that has to die.
///
/// # Errors
/// One of them does not do what it has to.
pub async fn control(suite: &Arc<Suite>) -> Result<(), ControlError> {
    let everything = Plan::new(suite, &Selection::everything());
    let mut broken = Server::default();
    broken.settings.behaviour.statuses.logged_out = Status(StatusCode::OK);
    let (reference, defect) = tokio::try_join!(
        try_server(&everything, Server::default()),
        try_server(&everything, broken),
    )?;
    if let Some(complaint) = first_complaint(&reference) {
        return Err(ControlError::ReferenceFails(complaint));
    }
    if !defect.failed().any(|id| id == MUST_FAIL) {
        return Err(ControlError::DefectMissed);
    }
    Ok(())
}

fn first_complaint(tried: &TrialOutcome) -> Option<String> {
    let clause = tried.unexpected(|_| false).next()?;
    Some(match (clause.verdict, &clause.reason) {
        (Verdict::Inconclusive, Some(reason)) => format!("{} is inconclusive: {reason}", clause.id),
        (verdict, _) => format!("{}: {verdict}", clause.id),
    })
}
