//! What shows only at the end: a refusal for the wrong reason verifies nothing, and neither does what stands
//! back for another step that fails.

use super::outcome::{ExpectationState, ScenarioResult, StepOutcome, StepResult};
use crate::http::Exchange;
use crate::suite::Scenario;

/// What fails in another step may be the cause: then an expectation that is masked by it says nothing.
pub(super) fn withdraw_unless(scenario: &Scenario, result: &mut ScenarioResult) {
    let registrations = result.steps.len() - scenario.steps.len();
    for (position, step) in scenario.steps.iter().enumerate() {
        for (index, expectation) in step.expectations.iter().enumerate() {
            let mut others = expectation.masked_by.iter();
            let failed = others.find_map(|other| {
                let other = result.steps.get(registrations + other)?;
                (other.outcome == StepOutcome::Failed).then(|| {
                    format!(
                        "it counts only unless `{}` at line {} fails",
                        other.operation, other.line
                    )
                })
            });
            let state = &result.steps[registrations + position].expectations[index].state;
            if let Some(reason) = failed.filter(|_| !state.is_skipped()) {
                result.steps[registrations + position].expectations[index].state =
                    ExpectationState::untried(&reason);
            }
        }
    }
}

/// Why a step is blocked whose token was refused earlier where it should have worked.
pub(super) const LOST_TOKEN: &str = "its token was refused earlier, where it should have worked";

/// A refusal whose positive control failed verifies nothing. That something was accepted which had to be refused
/// stands by itself, unless its control could not even be tried.
pub(super) fn withdraw_without(scenario: &Scenario, result: &mut ScenarioResult) {
    let registrations = result.steps.len() - scenario.steps.len();
    for (position, step) in scenario.steps.iter().enumerate() {
        for (index, expectation) in step.expectations.iter().enumerate() {
            let Some(twin_position) = expectation.control else {
                continue;
            };
            let control = &result.steps[registrations + twin_position];
            if succeeded(control) {
                continue;
            }
            let reason = format!(
                "its positive control, `{}` at line {}, {}",
                control.operation,
                control.line,
                control.shortfall()
            );
            // What was accepted may be the very reason why a later control fails, is not judged, or loses its token.
            let may_follow = twin_position > position
                && (control.exchange.is_some() || control.reason.as_deref() == Some(LOST_TOKEN));
            let done = &mut result.steps[registrations + position];
            let state = &mut done.expectations[index].state;
            let stands = match state {
                ExpectationState::Held => false,
                // A server that dies of a call does so whatever another one comes to.
                ExpectationState::Failed { .. } => {
                    done.exchange.is_none() || may_follow && accepted(done.exchange.as_deref())
                }
                ExpectationState::Untried { .. } | ExpectationState::Skipped { .. } => true,
            };
            if !stands {
                done.expectations[index].state = ExpectationState::untried(&reason);
            }
        }
    }
}

/// A control succeeds where the server accepts it; what it takes for granted, or verifies besides, is another matter.
fn succeeded(control: &StepResult) -> bool {
    match control.outcome {
        StepOutcome::Passed => true,
        StepOutcome::Blocked | StepOutcome::Failed => accepted(control.exchange.as_deref()),
        StepOutcome::Skipped => false,
    }
}

fn accepted(exchange: Option<&Exchange>) -> bool {
    let status = exchange.and_then(Exchange::status);
    status.is_some_and(|status| (200..300).contains(&status))
}
