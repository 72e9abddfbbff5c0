//! What shows only when all scenarios have run: a clause that stands back for another is not blamed where that one is
//! violated, because what breaks the one shows in the other as well.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::judgement::untried;
use super::outcome::{ExpectationState, Outcome, ScenarioResult};
use super::plan::Plan;

/// The results without what only follows from another violation. Whether the run fails stays as it was: a clause
/// stands back only for one that is as binding, and only where that one is not waived.
#[must_use]
pub fn without_consequences<'a>(
    plan: &Plan,
    results: &'a [ScenarioResult],
) -> Cow<'a, [ScenarioResult]> {
    let violated = violated(plan, results);
    let contract = &plan.suite.contract;
    let cause = |id: &str| {
        let clause = contract.clause(id)?;
        let mut causes = clause.unless.iter().map(|cause| cause.as_str());
        causes.find(|cause| violated.contains(cause))
    };
    if violated.iter().all(|id| cause(id).is_none()) {
        return Cow::Borrowed(results);
    }
    let mut settled = results.to_vec();
    for result in &mut settled {
        let expectations = result.steps.iter_mut();
        let expectations = expectations.flat_map(|step| &mut step.expectations);
        let mut withdrawn = None;
        for expectation in expectations {
            if !matches!(expectation.state, ExpectationState::Failed { .. }) {
                continue;
            }
            let mut blamed = expectation.proves.iter().filter(|id| plan.covers(id));
            let Some(first) = blamed.next().and_then(|id| cause(id)) else {
                continue;
            };
            if blamed.all(|id| cause(id).is_some()) {
                let reason = format!("`{first}` is violated, which shows here as well");
                expectation.state = untried(&reason);
                withdrawn = Some(reason);
            }
        }
        let decided = matches!(result.outcome, Outcome::Passed | Outcome::Failed);
        if withdrawn.is_some() && decided && !plan.is_failed_by(result) {
            (result.outcome, result.reason) = (Outcome::Blocked, withdrawn);
        }
    }
    Cow::Owned(settled)
}

/// The clauses whose violation counts, by their ids.
fn violated<'a>(plan: &Plan, results: &'a [ScenarioResult]) -> BTreeSet<&'a str> {
    let proofs = results.iter().flat_map(ScenarioResult::proofs);
    let failed = proofs.filter(|proof| matches!(proof.state, ExpectationState::Failed { .. }));
    let counts = |id: &&str| {
        let clause = plan.suite.contract.clause(id);
        plan.covers(id) && clause.is_some_and(|clause| plan.waiver(clause).is_none())
    };
    failed.map(|proof| proof.clause).filter(counts).collect()
}
