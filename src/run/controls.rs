//! What shows only at the end: a refusal for the wrong reason verifies nothing, and neither does what stands
//! back for another step that fails.

use super::judgement::{goes_astray, has_taken_effect};
use super::outcome::{ExpectationState, ScenarioResult, StepOutcome, StepResult};
use super::plan::Plan;
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

/// A look that cannot count because of a failure that is reported takes no verdict from its clause, which other looks verify
/// as well.
pub(super) fn excuse_looks(plan: &Plan, scenario: &Scenario, result: &mut ScenarioResult) {
    let registrations = result.steps.len() - scenario.steps.len();
    let contract = &plan.suite.contract;
    for (position, step) in scenario.steps.iter().enumerate() {
        let (Some(_), [look]) = (&step.look, step.expectations.as_slice()) else {
            continue;
        };
        let done = |position: usize| &result.steps[registrations + position];
        let [ref recorded] = done(position).expectations[..] else {
            continue;
        };
        let ExpectationState::Untried { reason } = recorded.state.clone() else {
            continue;
        };
        // Another login may have ended the session before the first step.
        let mut opened = result.steps[..registrations].iter();
        let is_lost = reason == LOST_TOKEN
            && opened.any(|step| {
                let mut seen = step.expectations.iter();
                seen.any(|one| one.state.is_failed() && plan.reports(&one.verifies))
            });
        let missing = look.requires.iter().copied();
        let missing = missing
            .filter(|given| !has_taken_effect(contract, &scenario.steps[*given], done(*given)));
        let is_explained = missing.into_iter().any(|given| {
            let mut states = done(given).expectations.iter();
            let is_look = scenario.steps[given].look.is_some();
            states.any(|one| match one.state {
                ExpectationState::Failed { .. } => plan.reports(&one.verifies),
                ExpectationState::Skipped { .. } => is_look,
                _ => false,
            })
        });
        let mut earlier = scenario.steps[..position].iter().enumerate();
        let is_astray = earlier.any(|(position, step)| {
            let done = done(position);
            let mut states = done.expectations.iter();
            goes_astray(contract, step, done)
                && states.any(|one| one.state.is_failed() && plan.reports(&one.verifies))
        });
        if is_explained || is_lost || is_astray {
            let done = &mut result.steps[registrations + position];
            done.expectations[0].state = ExpectationState::Skipped { reason };
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
