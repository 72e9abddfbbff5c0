//! A run that was recorded, and can be gone through again without a server.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::adapter;
use super::call::{Answered, ScenarioAttempt, ScenarioPart};
use super::fill::Context;
use super::judge::Judge;
use super::outcome::ScenarioResult;
use super::plan::Plan;
use super::recorder::{RecordedScenario, Recorder};
use super::replay::{ReplacedAnswer, Replay};
use super::session::Session;
use crate::http::{Answer, ServerClock};

/// What a run was answered. It holds secrets in clear, so it is never written anywhere.
#[derive(Clone)]
pub struct Recording {
    session: Arc<Session>,
    scenarios: BTreeMap<String, Arc<RecordedScenario>>,
}

impl fmt::Debug for Recording {
    /// Without its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("scenarios", &self.scenarios.keys())
            .finish_non_exhaustive()
    }
}

impl Session {
    /// The same session, but it keeps what it is answered; see [`Recording::of`].
    #[must_use]
    pub fn recording(mut self) -> Self {
        self.recorder = Some(Recorder::default());
        self
    }
}

impl Recording {
    /// Takes what a recording session has kept of the scenarios that have ended. `None` where it keeps nothing.
    #[must_use]
    pub fn of(session: &Arc<Session>) -> Option<Self> {
        Some(Self {
            session: Arc::clone(session),
            scenarios: session.recorder.as_ref()?.take_ended(),
        })
    }

    /// Goes through a scenario of `plan` again, by its position in the suite; nothing is sent, nothing waited
    /// for. With a change it ends after the step that is changed and its controls, and what follows is blocked.
    /// `None` where the scenario was not recorded.
    pub async fn replay(
        &self,
        plan: &Plan,
        index: usize,
        change: Option<ReplacedAnswer>,
    ) -> Option<ScenarioResult> {
        let scenario = plan.scenario(index);
        let context = Context {
            plan,
            clock: &ServerClock::default(),
            ..self.session.context()
        };
        let recorded = self.scenarios.get(&scenario.id)?;
        let replay = Replay::new(context, recorded, scenario, change);
        let judge = Judge::new(context, scenario, ScenarioAttempt::ONLY);
        Some(adapter::judge(judge, &replay).await.result)
    }

    /// What was run.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.session.plan
    }

    /// What the recorded run said of a scenario.
    #[must_use]
    pub fn result(&self, scenario: &str) -> Option<&ScenarioResult> {
        self.scenarios.get(scenario)?.result.as_ref()
    }

    /// The answer that a step of a scenario ended with, by the step's position.
    #[must_use]
    pub fn answer(&self, scenario: &str, position: usize) -> Option<&Answer> {
        let answered = self.answered(scenario, position)?;
        Some(&answered.answer)
    }

    /// The token that a step of a scenario was called with.
    #[must_use]
    pub fn token(&self, scenario: &str, position: usize) -> Option<&str> {
        self.answered(scenario, position)?.filled.token.as_deref()
    }

    fn answered(&self, scenario: &str, position: usize) -> Option<&Answered> {
        let scenario = self.scenarios.get(scenario)?;
        let call = scenario.calls.get(&ScenarioPart::Step(position))?;
        call.outcome.as_ref().ok()
    }
}
