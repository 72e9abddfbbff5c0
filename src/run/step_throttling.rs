//! Steps and limits: which calls are held back, and which may be made again.

use super::call::Unanswered;
use super::scope::Scope;
use super::session::Session;
use crate::http::{Answer, Call, Caller, Permit, WaitBudgetExceeded};
use crate::suite::{Expression, Field, Reference, Step};

pub(super) const TOO_MANY: u16 = 429;
/// Methods that change nothing, so that a call may be made any number of times.
const SAFE_METHODS: [&str; 2] = ["GET", "HEAD"];

impl Session {
    /// Leave to make the calls of a step: held back where a limit would be met that it does not reckon with.
    pub(super) async fn permit_for(
        &self,
        step: &Step,
        caller: &Caller<'_>,
    ) -> Result<Permit<'_>, Unanswered> {
        let permit = if step.expects_throttling() {
            self.throttle.admit_unpaced(caller, step.calls()).await
        } else {
            self.throttle.admit(caller, step.calls()).await
        };
        permit.map_err(wait_budget_exceeded)
    }

    /// The e-mail of the account that a step acts for, where that can be known.
    pub(super) fn account_of(&self, step: &Step, scope: &Scope) -> Option<String> {
        if let Some(token) = &step.token {
            return self.ledger.owner(&scope.text(token).ok()?);
        }
        let inputs = step.inputs();
        let email = inputs.iter().find_map(|input| match &input.reference {
            Reference::Account(name, Field::Email) => scope.accounts.get(name),
            _ => None,
        });
        let challenged = |input: &&Expression| {
            let Ok(serde_json::Value::String(text)) = scope.value(input) else {
                return None;
            };
            self.ledger.challenged(&text)
        };
        email
            .map(|account| account.identity.email.clone())
            .or_else(|| inputs.iter().find_map(challenged))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn wait_budget_exceeded(error: WaitBudgetExceeded) -> Unanswered {
    Unanswered::WaitBudgetExceeded(error.to_string())
}

/// Why nobody knows what calls have done that were answered so, or not at all. A 429 says that nobody has looked at them; a 503, and a
/// gateway, say nothing of the kind.
pub(super) fn effect_unknown(step: &Step, calls: &[Call], answers: &[Answer]) -> Option<String> {
    let safe = |call: &Call| SAFE_METHODS.contains(&call.method.as_str());
    let unsafe_again = step.repeat.is_none() && !calls.iter().all(safe);
    let what = if answers.is_empty() {
        "had no answer".to_owned()
    } else {
        let looked_at = answers.iter().find(|answer| answer.status != TOO_MANY);
        format!("was answered {}", looked_at?.status)
    };
    let operation = &step.operation;
    unsafe_again.then(|| format!("`{operation}` {what}, and may have been heeded all the same"))
}
