//! The scheduler: all scenarios of a plan concurrently, then those that run alone.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use tokio::task::JoinSet;

use super::call::{RetryReason, ScenarioAttempt};
use super::judge::Concluded;
use super::outcome::{Outcome, ScenarioResult};
use super::readiness::wait_for_restart;
use super::session::Session;
use crate::accounts::Account;
use crate::suite::Scenario;

/// How often a scenario is begun at most.
const MOST_ATTEMPTS: usize = 5;

/// A scenario that was begun, what that came to, and why it has to start over.
type Begun = (usize, ScenarioResult, Option<RetryReason>);

/// Scenarios on their way.
#[derive(Debug)]
pub struct Run {
    session: Arc<Session>,
}

impl Run {
    /// A run of a session.
    #[must_use]
    pub fn new(session: &Arc<Session>) -> Self {
        Self {
            session: Arc::clone(session),
        }
    }

    /// Runs the scenarios at these positions of the suite, handing over each result as it comes.
    ///
    /// Scenarios that run alone come last, one by one, and before them those that have to start over. A stopped session
    /// hands over nothing for what has not begun.
    pub async fn scenarios(&self, indices: &[usize], done: impl Fn(usize, ScenarioResult)) {
        let suite = &self.session.plan.suite;
        let (alone, together): (Vec<usize>, Vec<usize>) = indices
            .iter()
            .partition(|index| suite.scenarios[**index].exclusive);
        let done = |index: usize, result: ScenarioResult| {
            self.heed(&result);
            done(index, result);
        };
        for begun in self.together(&together, &done).await {
            let (index, result) = self.settled(begun, &together).await;
            done(index, result);
        }
        for index in alone.iter().copied() {
            if self.session.is_stopped() {
                break;
            }
            let scenario = self.session.plan.scenario(index);
            let attempt = ScenarioAttempt::default();
            let concluded = self.session.attempt(scenario, attempt, BTreeMap::new());
            let Concluded { result, retry, .. } = concluded.await;
            let (index, result) = self.settled((index, result, retry), &alone).await;
            done(index, result);
        }
    }

    /// Runs scenarios side by side, and hands over the results of those that need not start over; the others are left.
    async fn together(
        &self,
        indices: &[usize],
        done: &impl Fn(usize, ScenarioResult),
    ) -> Vec<Begun> {
        let concurrency = self.session.settings.concurrency.max(1);
        let attempt = ScenarioAttempt {
            is_together: concurrency > 1 && indices.len() > 1,
            ..ScenarioAttempt::default()
        };
        let suite = &self.session.plan.suite;
        // What continues another scenario waits for it.
        let (mut waiting, mut following) = (VecDeque::new(), HashMap::new());
        for index in indices {
            match suite.position_before(&suite.scenarios[*index], indices) {
                Some(before) => drop(following.insert(before, *index)),
                None => waiting.push_back((*index, BTreeMap::new())),
            }
        }
        let mut tasks = JoinSet::new();
        let mut under_way = HashMap::new();
        let mut left = Vec::new();
        loop {
            // One after another in the order of the plan, as soon as there is room.
            while tasks.len() < concurrency
                && !self.session.is_stopped()
                && let Some((index, carried)) = waiting.pop_front()
            {
                let session = Arc::clone(&self.session);
                let scenario = async move {
                    let scenario = session.plan.scenario(index);
                    session.attempt(scenario, attempt, carried).await
                };
                under_way.insert(tasks.spawn(scenario).id(), index);
            }
            let Some(joined) = tasks.join_next_with_id().await else {
                return left;
            };
            let (task, ended) = match joined {
                Ok((task, ended)) => (task, Some(ended)),
                Err(error) => (error.id(), None),
            };
            let Some(index) = under_way.remove(&task) else {
                continue;
            };
            let crashed = || Concluded {
                result: ScenarioResult::crashed(self.session.plan.scenario(index)),
                retry: None,
                accounts: BTreeMap::new(),
            };
            let Concluded {
                result,
                retry,
                accounts,
            } = ended.unwrap_or_else(crashed);
            if let Some(next) = following.remove(&index) {
                let is_as_expected = result.outcome == Outcome::Passed && retry.is_none();
                let carried = if is_as_expected {
                    accounts
                } else {
                    BTreeMap::new()
                };
                waiting.push_front((next, carried));
            }
            if retry.is_none() {
                done(index, result);
            } else {
                left.push((index, result, retry));
            }
        }
    }

    /// Begins a scenario anew, alone, until it has come to something.
    async fn settled(&self, begun: Begun, all: &[usize]) -> (usize, ScenarioResult) {
        let (index, mut result, mut after) = begun;
        for number in 2..=MOST_ATTEMPTS {
            if after.is_none() || self.session.is_stopped() {
                break;
            }
            let died = matches!(after, Some(RetryReason::Died(_)));
            if died && !wait_for_restart(&self.session).await {
                break;
            }
            let attempt = ScenarioAttempt {
                is_together: false,
                is_last: number == MOST_ATTEMPTS,
            };
            let scenario = self.session.plan.scenario(index);
            let carried = self.led_up_to(scenario, all).await;
            let mut concluded = self.session.attempt(scenario, attempt, carried).await;
            concluded.result.accounts.append(&mut result.accounts);
            (result, after) = (concluded.result, concluded.retry);
        }
        (index, result)
    }

    /// The accounts as the scenarios before this one leave them, run once more: what fails may take their history.
    async fn led_up_to(&self, scenario: &Scenario, all: &[usize]) -> BTreeMap<String, Account> {
        let suite = &self.session.plan.suite;
        let mut before = Vec::new();
        let mut last = scenario;
        while let Some(index) = suite.position_before(last, all) {
            last = self.session.plan.scenario(index);
            before.push(last);
        }
        let mut carried = BTreeMap::new();
        for scenario in before.into_iter().rev() {
            let attempt = ScenarioAttempt::ONLY;
            let concluded = self.session.attempt(scenario, attempt, carried).await;
            let has_passed = concluded.result.outcome == Outcome::Passed;
            carried = if has_passed {
                concluded.accounts
            } else {
                BTreeMap::new()
            };
        }
        carried
    }

    fn heed(&self, result: &ScenarioResult) {
        let bad = matches!(result.outcome, Outcome::Failed | Outcome::Error);
        if self.session.settings.fail_fast && bad {
            self.session.stop();
        }
    }
}
