//! Whether a kept answer says enough of a condition: names stand in it for secrets, and what is long is cut.

use serde_json::Value;

use super::evaluate::{Evaluation, Evaluator, difference};
use super::scope::Scope;
use crate::http::{Answer, holds_issued_name, holds_name, is_cut};
use crate::suite::{Bodies, Condition, Step, Suite, Test};

/// A kept answer and what came before it.
pub(super) struct ReportedAnswer<'a> {
    pub(super) suite: &'a Suite,
    pub(super) step: &'a Step,
    pub(super) scope: &'a Scope,
    pub(super) answer: &'a Answer,
    /// The steps, by their positions, whose answers are not kept as they were.
    pub(super) changed: &'a [usize],
}

/// Whether a text is as it was, for all that is known.
fn is_plain(text: &str) -> bool {
    !holds_name(text) && !is_cut(text)
}

/// Whether a body is kept as it was.
pub(super) fn is_kept_whole(answer: &Answer) -> bool {
    is_plain(&answer.text())
}

impl<'a> ReportedAnswer<'a> {
    pub(super) fn new(evaluator: &Evaluator<'a>, step: &'a Step, changed: &'a [usize]) -> Self {
        Self {
            suite: evaluator.suite,
            step,
            scope: evaluator.scope,
            answer: evaluator.answer,
            changed,
        }
    }

    /// What is left of an evaluation of the kept answer as one of the answer itself.
    pub(super) fn weigh(&self, condition: &Condition, evaluation: Evaluation) -> Evaluation {
        let evaluation = match evaluation {
            // Nobody knows the secrets any more: their names tell that they were there.
            Evaluation::Holds if self.shows_secret(condition) => {
                let message = "the body shows a secret".to_owned();
                Evaluation::Fails(Box::new(difference(message, String::new(), String::new())))
            }
            other => other,
        };
        let decides = match &evaluation {
            Evaluation::Holds => self.decides(condition, true),
            Evaluation::Fails(_) => self.decides(condition, false),
            Evaluation::Untried(_) | Evaluation::Unknown => false,
        };
        if decides {
            evaluation
        } else {
            Evaluation::Unknown
        }
    }

    /// Whether the body must show no secret, and shows one: its name stands there.
    fn shows_secret(&self, condition: &Condition) -> bool {
        matches!(condition, Condition::NoSecrets) && holds_issued_name(&self.answer.text())
    }

    /// Whether the kept answer meets the condition if and only if the answer itself did. `holds` is whether it does.
    fn decides(&self, condition: &Condition, holds: bool) -> bool {
        let text = self.answer.text();
        let is_whole = !is_cut(&text);
        match condition {
            Condition::Status(_) | Condition::EmptyBody | Condition::NotHtml => true,
            Condition::Header(..) => {
                let mut values = self.answer.headers.values();
                values.all(|value| value.to_str().is_ok_and(is_plain))
            }
            // That the body shows no digest of a secret cannot be seen.
            Condition::NoSecrets => !holds,
            Condition::NoInternals => is_whole,
            Condition::IsJson => is_whole && (self.answer.json.is_some() || is_plain(&text)),
            Condition::Contains(_) => is_whole && self.inputs_are_plain(condition),
            // A name may satisfy what the secret did not, in length or form.
            Condition::Schema(_) if holds => is_plain(&text),
            Condition::Schema(name) => is_whole && self.has_plain_mistake(name),
            Condition::SameResponse(other) => {
                let alone = !matches!(self.step.bodies, Bodies::Concurrent(_) | Bodies::Raw(_));
                alone && is_plain(&text) && !self.changed.contains(other)
            }
            // Only one of the calls that were made at once is kept.
            Condition::Succeeded(_)
            | Condition::Others(_)
            | Condition::At(_, Test::MinEntropyBits(_)) => false,
            Condition::At(_, Test::Approx { .. } | Test::AllApprox { .. })
                if self.answer.date().is_none() =>
            {
                false
            }
            Condition::At(..) => {
                is_whole && self.inputs_are_plain(condition) && self.places_are_plain(condition)
            }
        }
    }

    fn inputs_are_plain(&self, condition: &Condition) -> bool {
        let values = condition.inputs().into_iter();
        let mut values = values.map(|input| self.scope.value(input));
        values.all(|value| value.is_ok_and(|value| is_plain(&value.to_string())))
    }

    fn places_are_plain(&self, condition: &Condition) -> bool {
        let (Condition::At(path, _), Some(body)) = (condition, &self.answer.json) else {
            return is_kept_whole(self.answer);
        };
        let found = path.select(body, &mut |expression: &_| self.scope.value(expression));
        found.is_ok_and(|found| found.iter().all(|value| is_plain(&value.to_string())))
    }

    /// A mistake where no secret stands was there before.
    fn has_plain_mistake(&self, schema: &str) -> bool {
        let (Some(body), Some(schema)) = (&self.answer.json, self.suite.schemas.get(schema)) else {
            return is_kept_whole(self.answer);
        };
        let mistakes = schema.mistakes_in(body);
        let places = mistakes
            .iter()
            .map(|mistake| body.pointer(&mistake.instance_path).map(shallow));
        places.flatten().any(|text| is_plain(&text))
    }
}

/// A value for itself: of what has members or items only their names and their number are judged.
fn shallow(value: &Value) -> String {
    match value {
        Value::Object(members) => members.keys().cloned().collect::<Vec<_>>().join(" "),
        Value::Array(items) => items.len().to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
