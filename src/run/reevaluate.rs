//! What a report says of a scenario, checked by what it has kept: the judge is given the kept answers.

use super::call::{Answered, Filled};
use super::controls;
use super::judgement::{Evidence, Judgement, NOT_IN_REPORT};
use super::outcome::{
    ExpectationResult, ExpectationState, Outcome, ScenarioResult, StepOutcome, StepResult,
};
use super::plan::Plan;
use super::reported_answer::is_kept_whole;
use super::restore_scope::{scope_of, words};
use super::scope::{Leases, Scope};
use crate::http::{Exchange, Secrets, ServerClock};
use crate::suite::{AccountNeed, Scenario, Step};

/// What came of checking a scenario again.
#[derive(Debug, Clone, Default)]
pub struct Reevaluation {
    /// Expectations of which the kept answer says the same again.
    pub rechecked: usize,
    /// Expectations that were not tried, or of which the kept answer says too little.
    pub undecided: usize,
    /// What cannot be.
    pub contradictions: Vec<Contradiction>,
}

/// Something in a report that does not follow from what it has kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{scenario}, line {line}: {what}")]
pub struct Contradiction {
    /// The scenario.
    pub scenario: String,
    /// The line in its file; zero where it is the scenario as a whole.
    pub line: usize,
    /// What cannot be.
    pub what: String,
}

impl Reevaluation {
    fn contradicts(&mut self, result: &ScenarioResult, line: usize, what: impl Into<String>) {
        self.contradictions.push(Contradiction {
            scenario: result.id.clone(),
            line,
            what: what.into(),
        });
    }
}

/// Checks what a report says of a scenario of `plan`.
#[must_use]
pub fn reevaluate(plan: &Plan, scenario: &Scenario, result: &ScenarioResult) -> Reevaluation {
    let mut reevaluation = Reevaluation::default();
    // Where this program itself failed there is nothing to check.
    if result.outcome == Outcome::Error && result.steps.is_empty() {
        return reevaluation;
    }
    if let Some((line, what)) = misfit(scenario, result) {
        reevaluation.contradicts(result, line, what);
        return reevaluation;
    }
    outcomes(plan, scenario, result, &mut reevaluation);
    let registrations = result.steps.len() - scenario.steps.len();
    let steps = &result.steps[registrations..];
    let mut scope = scope_of(&plan.suite.contract, scenario, result);
    let mut changed = Vec::new();
    for (position, step) in scenario.steps.iter().enumerate() {
        let done = &result.steps[registrations + position];
        let when = step.when.as_ref();
        // Without an account of that kind, or with one that the server does not know, nothing of the scenario was tried.
        let is_refused = |status: u16| (400..500).contains(&status);
        let mut answered = steps
            .iter()
            .filter_map(|step| step.exchange.as_ref()?.status());
        if done.outcome == StepOutcome::Skipped
            && done.exchange.is_none()
            && scenario.needs_totp()
            && answered.all(is_refused)
        {
            reevaluation.undecided += done.expectations.len();
            continue;
        }
        if done.outcome == StepOutcome::Skipped && when.is_none_or(|when| scope.meets(when)) {
            let what = "it is said to be left out, but what it needs was there";
            reevaluation.contradicts(result, done.line, what);
        }
        let Some(answered) = kept(step, done, &scope) else {
            answerless(result, done, &mut reevaluation);
            continue;
        };
        let judgement = Judgement {
            suite: &plan.suite,
            secrets: &Secrets::default(),
            clock: &ServerClock::default(),
            evidence: Evidence::Report(&changed),
            scenario,
            position,
            earlier: &steps[..position],
        };
        let judged = judgement.judge(&answered, &mut scope);
        for (recorded, judged) in done.expectations.iter().zip(judged) {
            let judged = match judged.state {
                // Whether it is rightly left out is another matter.
                ExpectationState::Untried { reason }
                    if step.look.is_some() && recorded.state.is_skipped() =>
                {
                    ExpectationState::Skipped { reason }
                }
                state => state,
            };
            match compare(recorded, judged) {
                Agreement::Agrees => reevaluation.rechecked += 1,
                Agreement::Undecided => reevaluation.undecided += 1,
                Agreement::Contradicts(what) => {
                    reevaluation.contradicts(result, recorded.line, what);
                }
            }
        }
        if !is_kept_whole(&answered.answer) {
            changed.push(position);
        }
    }
    reevaluation
}

/// What the report has kept of the answer to a step.
fn kept(step: &Step, done: &StepResult, scope: &Scope) -> Option<Answered> {
    let exchange = Exchange::clone(done.exchange.as_ref()?);
    Some(Answered {
        answer: exchange.answer()?,
        filled: Filled {
            words: words(step, done, scope),
            ..Filled::default()
        },
        leases: Leases::default(),
        exchange,
        calls: done.calls,
        successes: 0,
        others: Vec::new(),
        undecided: done.reason.clone(),
        ran_out: false,
        renewed: Vec::new(),
        elsewhere: false,
    })
}

/// Where the steps of a result are not those of the scenario.
fn misfit(scenario: &Scenario, result: &ScenarioResult) -> Option<(usize, String)> {
    let other = |line: usize| (line, "the suite has another step there".to_owned());
    let Some(registrations) = result.steps.len().checked_sub(scenario.steps.len()) else {
        return Some((0, "steps of the suite are missing".to_owned()));
    };
    let (before, steps) = result.steps.split_at(registrations);
    if let Some(step) = before.iter().find(|step| step.position.is_some()) {
        return Some(other(step.line));
    }
    // An entry, and for each session two logins and three looks at most, each look twice, and what opens it again.
    let openings = |need: &AccountNeed| 1 + 14 * need.sessions.len();
    let is_asked_for = |step: &StepResult| {
        let mut needs = scenario.accounts.iter();
        needs.any(|need| step.account.as_ref() == Some(&need.name))
    };
    let most: usize = scenario.accounts.iter().map(openings).sum();
    if before.len() > most || !before.iter().all(is_asked_for) {
        return Some((
            0,
            "more accounts are made ready than the suite asks for".to_owned(),
        ));
    }
    let line = |offset| scenario.source.line(offset);
    let all = scenario.steps.iter().zip(steps).enumerate();
    let mut misfits = all.filter(|(position, (step, done))| {
        let expected = step.expectations.iter().map(|expectation| {
            let place = line(expectation.span().start);
            (&expectation.verifies, place)
        });
        let recorded = done.expectations.iter();
        let recorded = recorded.map(|recorded| (&recorded.verifies, recorded.line));
        !(done.position == Some(*position)
            && done.operation == step.operation
            && done.line == line(step.span.start)
            && expected.eq(recorded))
    });
    misfits.next().map(|(_, (_, done))| other(done.line))
}

/// What is said of steps and of the scenario has to follow from what is said of expectations.
fn outcomes(
    plan: &Plan,
    scenario: &Scenario,
    result: &ScenarioResult,
    reevaluation: &mut Reevaluation,
) {
    for step in result.steps.iter().filter(|step| !follows(step)) {
        let what = "the outcome of the step does not follow from what became of its expectations";
        reevaluation.contradicts(result, step.line, what);
    }
    let mut withdrawn = result.clone();
    controls::withdraw_without(scenario, &mut withdrawn);
    controls::withdraw_unless(scenario, &mut withdrawn);
    for (recorded, withdrawn) in result.steps.iter().zip(&withdrawn.steps) {
        for (a, b) in recorded.expectations.iter().zip(&withdrawn.expectations) {
            // Why something was not tried may have been told before it was withdrawn itself.
            if !a.state.is_untried() && a.state != b.state {
                reevaluation.contradicts(
                    result,
                    a.line,
                    "it counts, though another step makes it inconclusive",
                );
            }
        }
    }
    let mut excused = result.clone();
    let looks = scenario
        .steps
        .iter()
        .zip(&mut excused.steps[result.steps.len() - scenario.steps.len()..]);
    let looks =
        looks.filter(|(step, done)| step.look.is_some() && done.outcome != StepOutcome::Skipped);
    for recorded in looks.flat_map(|(_, done)| &mut done.expectations) {
        if let ExpectationState::Skipped { reason } = &recorded.state {
            recorded.state = ExpectationState::untried(reason);
        }
    }
    controls::excuse_looks(plan, scenario, &mut excused);
    for (recorded, excused) in result.steps.iter().zip(&excused.steps) {
        for (a, b) in recorded.expectations.iter().zip(&excused.expectations) {
            if a.state.is_skipped() && !b.state.is_skipped() {
                let what = "it is said to be left out, but no failure stands in its way";
                reevaluation.contradicts(result, a.line, what);
            }
        }
    }
    let untried = result
        .checks()
        .any(|check| check.state.is_untried() && plan.covers(check.clause));
    let follows = match result.outcome {
        Outcome::Passed => !plan.is_failed_by(result) && !untried,
        Outcome::Failed => plan.is_failed_by(result),
        Outcome::Blocked | Outcome::Skipped | Outcome::Error => !plan.is_failed_by(result),
    };
    if !follows {
        let what = format!(
            "the scenario is said to have {}, which does not follow",
            result.outcome
        );
        reevaluation.contradicts(result, 0, what);
    }
}

/// Whether the outcome of a step follows from its expectations. Of what was withdrawn later nobody can tell.
fn follows(step: &StepResult) -> bool {
    let states = || step.expectations.iter().map(|recorded| &recorded.state);
    let is_answered = step.position.is_some() && step.exchange.is_some();
    if states().any(ExpectationState::is_failed) {
        step.outcome == StepOutcome::Failed
    } else if is_answered && states().all(|state| *state == ExpectationState::Held) {
        step.outcome == StepOutcome::Passed
    } else {
        true
    }
}

/// Without an answer nothing can hold or fail.
fn answerless(result: &ScenarioResult, done: &StepResult, reevaluation: &mut Reevaluation) {
    for recorded in &done.expectations {
        match recorded.state {
            ExpectationState::Untried { .. } | ExpectationState::Skipped { .. } => {
                reevaluation.undecided += 1;
            }
            // A call that was made, and more than once, without an answer.
            ExpectationState::Failed { .. } if done.calls > 1 => reevaluation.undecided += 1,
            _ => reevaluation.contradicts(
                result,
                recorded.line,
                "no answer is kept that it could rest on",
            ),
        }
    }
}

/// What an expectation comes to when it is tried again.
enum Agreement {
    Agrees,
    Undecided,
    Contradicts(String),
}

fn compare(recorded: &ExpectationResult, judged: ExpectationState) -> Agreement {
    use ExpectationState::{Failed, Held, Skipped, Untried};
    match (&recorded.state, judged) {
        (Untried { .. }, _) | (Skipped { .. }, Skipped { .. }) => Agreement::Undecided,
        (Skipped { .. }, _) => {
            Agreement::Contradicts("it is said to be left out, but there is an answer".to_owned())
        }
        (_, Untried { reason }) if reason == NOT_IN_REPORT => Agreement::Undecided,
        (_, Untried { reason } | Skipped { reason }) => {
            Agreement::Contradicts(format!("it counts, but says nothing: {reason}"))
        }
        (Held, Failed { failure }) => Agreement::Contradicts(format!(
            "it is said to hold, but in the kept answer {}",
            failure.message
        )),
        (Failed { .. }, Held) => Agreement::Contradicts(
            "it is said to fail, but the kept answer satisfies it".to_owned(),
        ),
        (Held, Held) | (Failed { .. }, Failed { .. }) => Agreement::Agrees,
    }
}
