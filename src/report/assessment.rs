//! What follows from a plan and the results of its scenarios, and from nothing else: so it can be found again from a
//! report.

use super::waivers::{WaiverNote, waiver_notes};
use crate::run::{Plan, ScenarioResult};
use crate::verdict::{Conclusion, Verdicts};

/// The part of a report that is no record of what happened, but follows from it.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// What the run comes to.
    pub conclusion: Conclusion,
    /// Verdicts of profiles and clauses.
    pub verdicts: Verdicts,
    /// What became of each waiver.
    pub waivers: Vec<WaiverNote>,
    /// What was left out on purpose.
    pub left_out: Option<String>,
    /// The scenarios that were selected and did not come to their end.
    pub not_run: Vec<String>,
}

impl Assessment {
    /// What the results of the scenarios `ran` (positions in the suite) come to; `testable` is whether the target could
    /// be reached at all.
    #[must_use]
    pub fn of(plan: &Plan, ran: &[usize], scenarios: &[ScenarioResult], testable: bool) -> Self {
        let verdicts = Verdicts::of(plan, ran, scenarios);
        let waivers = waiver_notes(plan, &verdicts);
        let stale = plan.strict && waivers.iter().any(|note| note.state.is_stale());
        let conclusion = match verdicts.conclusion(scenarios) {
            Conclusion::Violates => Conclusion::Violates,
            _ if !testable => Conclusion::NotTestable,
            _ if stale => Conclusion::StaleWaivers,
            conclusion => conclusion,
        };
        let left_out = (!plan.second_factor)
            .then(|| "what takes a second factor: the target is declared to have none".to_owned());
        let ids = ran.iter().map(|index| plan.scenario(*index).id.as_str());
        let not_run = ids
            .filter(|id| scenarios.iter().all(|result| result.id != *id))
            .map(str::to_owned)
            .collect();
        Self {
            conclusion,
            verdicts,
            waivers,
            left_out,
            not_run,
        }
    }
}
