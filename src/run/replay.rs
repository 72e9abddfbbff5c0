//! A recorded scenario, gone through again: the same calls meet the same answers, but for one.

use super::adapter::Adapter;
use super::call::{Answered, ScenarioPart, StepRequest, Stop, Unanswered};
use super::fill::Context;
use super::recorder::RecordedScenario;
use super::scope::Scope;
use crate::accounts::Account;
use crate::http::Answer;
use crate::suite::{AccountNeed, Scenario};

/// An answer in the place of the recorded one.
#[derive(Debug, Clone)]
pub struct ReplacedAnswer {
    /// The position of the step.
    pub position: usize,
    /// What it is answered.
    pub answer: Answer,
}

/// The adapter that looks up what calls came to earlier, and sends nothing.
pub(super) struct Replay<'a> {
    context: Context<'a>,
    recorded: &'a RecordedScenario,
    change: Option<ReplacedAnswer>,
    /// The last step that is looked up.
    last: usize,
}

/// The changed step, or the last of its controls.
fn last_of_interest(scenario: &Scenario, change: &ReplacedAnswer) -> usize {
    let step = scenario.steps.get(change.position);
    let expectations = step.into_iter().flat_map(|step| &step.expectations);
    let controls = expectations.filter_map(|expectation| expectation.control);
    controls.max().unwrap_or_default().max(change.position)
}

impl<'a> Replay<'a> {
    /// The whole scenario; or, with a change, up to the step that is changed and its controls.
    pub(super) fn new(
        context: Context<'a>,
        recorded: &'a RecordedScenario,
        scenario: &Scenario,
        change: Option<ReplacedAnswer>,
    ) -> Self {
        let last = change
            .as_ref()
            .map(|change| last_of_interest(scenario, change));
        Self {
            context,
            recorded,
            last: last.unwrap_or(usize::MAX),
            change,
        }
    }

    fn changed(&self, part: &ScenarioPart) -> Option<&Answer> {
        let change = self.change.as_ref()?;
        (*part == ScenarioPart::Step(change.position)).then_some(&change.answer)
    }
}

impl Adapter for Replay<'_> {
    async fn account(&self, need: &AccountNeed, _: &Scope) -> Result<Account, Stop> {
        let unknown = || Stop::blocked("the recording has no such account");
        let recorded = self.recorded.accounts.get(&need.name);
        let recorded = recorded.ok_or_else(unknown)?.clone()?;
        Ok(Account {
            is_carried: recorded.is_carried,
            sessions: recorded.sessions,
            shared: recorded.shared,
            is_ready_made: recorded.is_ready_made,
            ..recorded.identity.into()
        })
    }

    async fn answer(
        &self,
        request: &StepRequest<'_>,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered> {
        let missing = |reason: &str| Unanswered::Missing(reason.to_owned());
        let part = request.part();
        if matches!(part, ScenarioPart::Step(position) if position > self.last) {
            return Err(missing("the replay ends before it"));
        }
        let recorded = self.recorded.calls.get(&part);
        let recorded = recorded.ok_or_else(|| missing("the recording has no call of it"))?;
        self.context.clock.set(&recorded.clock);
        let mut answered = recorded.outcome.clone()?;
        for (name, value) in &answered.renewed {
            scope.capture(name, Ok(value.clone()));
        }
        scope.lease_again(answered.leases.clone());
        let filled = self.context.fill(request.step(), scope);
        scope.end_step();
        if filled?.calls != answered.filled.calls {
            return Err(missing("the recorded answer is that of another call"));
        }
        if let Some(answer) = self.changed(&part) {
            if let Some(json) = &answer.json {
                self.context.secrets.add_from(json);
            }
            if let Some(response) = &mut answered.exchange.response {
                response.status = answer.status;
            }
            answered.answer = answer.clone();
        }
        Ok(answered)
    }
}
