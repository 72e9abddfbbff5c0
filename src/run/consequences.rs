//! What shows only when all scenarios have run: a clause that is masked by another is not reported if that one
//! fails, because what breaks the one shows in the other as well.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::{ExpectationState, Outcome, ScenarioResult};
use super::plan::Plan;

/// Withdraws what only follows from another violation. Whether the run fails stays as it was: a clause stands back only
/// for one that is as binding, and only where that one is not waived.
pub fn withdraw_consequences(plan: &Plan, results: &mut [ScenarioResult]) {
    let causes = causes(plan, results);
    for result in results {
        let expectations = result.steps.iter_mut();
        let expectations = expectations.flat_map(|step| &mut step.expectations);
        let mut withdrawn = None;
        for expectation in expectations.filter(|expectation| expectation.state.is_failed()) {
            let mut reported = expectation.verifies.iter().filter(|id| plan.covers(id));
            let Some(first) = reported.next().and_then(|id| causes.get(id.as_str())) else {
                continue;
            };
            if reported.all(|id| causes.contains_key(id.as_str())) {
                let reason = shows_here(first);
                expectation.state = ExpectationState::untried(&reason);
                withdrawn = Some(reason);
            }
        }
        let decided = matches!(result.outcome, Outcome::Passed | Outcome::Failed);
        if withdrawn.is_some() && decided && !plan.is_failed_by(result) {
            (result.outcome, result.reason) = (Outcome::Blocked, withdrawn);
        }
    }
}

/// Why a clause is inconclusive that is masked by another one, which failed.
#[must_use]
pub fn shows_here(cause: &str) -> String {
    format!("`{cause}` failed, and that shows here as well")
}

/// The clauses that stand back, each with the one that it is masked by. That one is reported: where it stands back
/// itself, its own cause is.
fn causes(plan: &Plan, results: &[ScenarioResult]) -> BTreeMap<String, String> {
    let failed: BTreeSet<&str> = results
        .iter()
        .flat_map(|result| plan.failed_by(result))
        .map(|clause| clause.id.as_str())
        .collect();
    let contract = &plan.suite.contract;
    let mut causes = BTreeMap::new();
    for id in &failed {
        // `conform check` refuses circles; a suite that has one all the same ends here, too.
        let (mut reported, mut seen) = (*id, BTreeSet::from([*id]));
        while let Some(clause) = contract.clause(reported)
            && let Some(cause) = (clause.masked_by.iter())
                .map(|cause| cause.as_str())
                .find(|cause| failed.contains(cause))
            && seen.insert(cause)
        {
            reported = cause;
        }
        if reported != *id {
            causes.insert((*id).to_owned(), reported.to_owned());
        }
    }
    causes
}
