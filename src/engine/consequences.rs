//! What shows only when all scenarios have run: a clause that stands back for another is not blamed where that one is
//! violated, because what breaks the one shows in the other as well.

use std::collections::BTreeSet;

use super::judgement::untried;
use super::outcome::{Outcome, ScenarioResult};
use super::plan::Plan;

/// Withdraws what only follows from another violation. Whether the run fails stays as it was: a clause stands back only
/// for one that is as binding, and only where that one is not waived.
pub fn withdraw_consequences(plan: &Plan, results: &mut [ScenarioResult]) {
    let mut violated: BTreeSet<String> = BTreeSet::new();
    for result in &*results {
        violated.extend(
            plan.violated_by(result)
                .map(|clause| clause.id.value.clone()),
        );
    }
    let contract = &plan.suite.contract;
    let cause = |id: &str| {
        let clause = contract.clause(id)?;
        let mut causes = clause.unless.iter().map(|cause| cause.as_str());
        causes.find(|cause| violated.contains(*cause))
    };
    for result in results {
        let expectations = result.steps.iter_mut();
        let expectations = expectations.flat_map(|step| &mut step.expectations);
        let mut withdrawn = None;
        for expectation in expectations.filter(|expectation| expectation.state.is_failed()) {
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
}
