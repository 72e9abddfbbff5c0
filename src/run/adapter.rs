//! What gives a judge the answers that it wants: the network, a recorder around it, or a recording.

use std::time::{Duration, Instant};

use super::call::{Answered, Request, StepRequest, Stop, Unanswered};
use super::judge::{Concluded, Judge};
use super::outcome::Timing;
use super::scope::Scope;
use crate::accounts::Account;
use crate::suite::AccountNeed;

/// A source of accounts and answers for one scenario.
pub(super) trait Adapter {
    /// An account as it is before anything is done with it.
    async fn account(&self, need: &AccountNeed, scope: &Scope) -> Result<Account, Stop>;

    /// What the calls of a step come to. What they send is filled in from `scope`.
    async fn answer(
        &self,
        request: &StepRequest<'_>,
        scope: &mut Scope,
    ) -> Result<Answered, Unanswered>;
}

/// Gives a judge what it wants until it wants no more.
pub(super) async fn judge(mut judge: Judge<'_>, adapter: &impl Adapter) -> Concluded {
    let start = Instant::now();
    while let Some(request) = judge.next() {
        match request {
            Request::Account(need) => {
                let account = adapter.account(need, &judge.scope).await;
                judge.give_account(need, account);
            }
            Request::Call(request) => {
                let begun = Instant::now();
                judge.scope.begin_step();
                let answered = adapter.answer(&request, &mut judge.scope).await;
                let timing = timing(start, begun, judge.scope.throttled());
                judge.give_answer(&request, answered, timing);
            }
        }
    }
    judge.conclude(start.elapsed())
}

/// When a step was under way that has just ended.
fn timing(scenario: Instant, begun: Instant, throttled: Duration) -> Timing {
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
    Timing {
        offset_milliseconds: milliseconds(begun.duration_since(scenario)),
        milliseconds: milliseconds(begun.elapsed()),
        throttled_milliseconds: milliseconds(throttled),
    }
}
