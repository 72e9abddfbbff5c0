//! Steps and limits: which calls are held back, and which may be made again.

use super::run::Session;
use super::step_run::Unanswered;
use crate::suite::Step;
use crate::target::{Answer, Call, Leave, OutOfPatience};

pub(super) const TOO_MANY: u16 = 429;
/// Methods that change nothing, so that a call may be made any number of times.
const SAFE_METHODS: [&str; 2] = ["GET", "HEAD"];

impl Session {
    /// Leave to make the calls of a step: held back where a limit would be met that it does not reckon with.
    pub(super) async fn leave_for(&self, step: &Step) -> Result<Leave<'_>, Unanswered> {
        let (operation, calls) = (step.operation.as_str(), step.calls());
        if step.expects_throttling() {
            return Ok(self.throttle.admit_unpaced(operation, calls).await);
        }
        let leave = self.throttle.admit(operation, calls).await;
        leave.map_err(out_of_patience)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn out_of_patience(error: OutOfPatience) -> Unanswered {
    Unanswered::OutOfPatience(error.to_string())
}

/// Why calls that are made again may meet what they did the first time. A 429 says that nobody has looked at them;
/// a 503 says nothing of the kind.
pub(super) fn may_be_heeded(
    step: &Step,
    calls: &[Call],
    answers: &[Answer],
) -> Option<&'static str> {
    let safe = |call: &Call| SAFE_METHODS.contains(&call.method.as_str());
    let unsafe_again = step.repeat.is_none() && !calls.iter().all(safe);
    let looked_at = answers.iter().any(|answer| answer.status != TOO_MANY);
    (unsafe_again && looked_at).then_some(
        "the server had asked for patience with a 503 before, and may have heeded the call all the same",
    )
}
