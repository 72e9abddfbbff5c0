//! The steps of a recording whose answers can be made wrong, and how wrong.

use std::collections::BTreeSet;

use serde_json::Value;

use super::leak::Leak;
use super::members::{JsonType, Member, objects, required_members};
use super::operators::Operator;
use crate::http::Answer;
use crate::run::{ExpectationState, Recording, ScenarioResult};
use crate::suite::{BodySchema, Condition, Scenario, Step, Suite, Test};

/// Another status of the same class, or one that is easily taken for the right one.
const NEAR: [(u16, u16); 9] = [
    (200, 202),
    (201, 200),
    (202, 200),
    (204, 200),
    (401, 403),
    (404, 400),
    (422, 400),
    (429, 401),
    (429, 503),
];

/// Statuses of other classes, by the hundreds of the right one.
const FAR: [(u16, &[u16]); 2] = [(2, &[401, 500]), (4, &[200, 500])];

/// One step of a scenario with the answer that was recorded.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    /// The scenario's position in the suite.
    pub(super) index: usize,
    pub(super) position: usize,
    /// The step as it is judged.
    pub(super) step: &'a Step,
    /// The step as it was when it was recorded: what was wrong for it then is wrong for every suite.
    recorded: &'a Step,
    recorded_suite: &'a Suite,
    pub(super) answer: &'a Answer,
    pub(super) token: Option<&'a str>,
    /// What the recorded answers come to.
    pub(super) baseline: &'a ScenarioResult,
}

impl<'a> Site<'a> {
    /// The steps of a scenario that were answered.
    pub(super) fn all(
        recording: &'a Recording,
        index: usize,
        scenario: &'a Scenario,
        baseline: &'a ScenarioResult,
    ) -> impl Iterator<Item = Self> {
        let recorded_suite = recording.plan().suite.as_ref();
        let recorded = recorded_suite.scenario(&scenario.id);
        let steps = scenario.steps.iter().enumerate();
        steps.filter_map(move |(position, step)| {
            Some(Self {
                index,
                position,
                step,
                recorded: recorded?.steps.get(position)?,
                recorded_suite,
                answer: recording.answer(&scenario.id, position)?,
                token: recording.token(&scenario.id, position),
                baseline,
            })
        })
    }

    /// Every operator that makes the answer one that the contract does not allow.
    pub(super) fn operators(&self) -> BTreeSet<Operator> {
        let mut operators: BTreeSet<Operator> = self.wrong_statuses().collect();
        operators.extend(self.forbidden_members());
        if self.expects(|condition| matches!(condition, Condition::EmptyBody)) {
            operators.insert(Operator::AddBody);
        }
        if self.expects(|condition| matches!(condition, Condition::Contains(_))) {
            operators.insert(Operator::ClearBody);
        }
        for schema in self.satisfied() {
            operators.extend([
                Operator::ReplaceMediaType,
                Operator::TruncateBody,
                Operator::ClearBody,
            ]);
            operators.extend(required_members(&schema).iter().flat_map(of_member));
            operators.extend(objects(&schema).iter().flat_map(|object| {
                Leak::ALL.map(|secret| Operator::AddSecret {
                    member: object.member(secret.member()),
                    secret,
                })
            }));
        }
        operators.retain(|operator| operator.apply(self.answer, self.token).is_some());
        operators
    }

    /// Whether an expectation held on the recorded answer.
    pub(super) fn held(&self, expectation: usize) -> bool {
        let mut steps = self.baseline.steps.iter();
        let step = steps.find(|step| step.position == Some(self.position));
        let state = step.and_then(|step| step.expectations.get(expectation));
        state.is_some_and(|result| result.state == ExpectationState::Held)
    }

    /// Statuses that the step does not allow; one that it leaves open is not wrong.
    fn wrong_statuses(&self) -> impl Iterator<Item = Operator> {
        let from = self.answer.status;
        let wrong = wrong_for(from).filter(move |to| {
            self.expects(|condition| match condition {
                Condition::Status(set) => set.contains(from) && !set.contains(*to),
                _ => false,
            })
        });
        wrong.map(move |to| Operator::ReplaceStatus { from, to })
    }

    /// Members that the step expects not to be there.
    fn forbidden_members(&self) -> impl Iterator<Item = Operator> {
        let paths = self.conditions().filter_map(|condition| match condition {
            Condition::At(path, Test::Absent) => path.members(),
            _ => None,
        });
        let plain = paths.filter(|members| members.wanted.is_empty());
        plain.map(|members| Operator::AddForbidden {
            member: members.place,
        })
    }

    /// The schemas of the operation that its answer satisfies: it may have several kinds of answers.
    fn satisfied(&self) -> impl Iterator<Item = Value> {
        let schemas = schemas_of(self.recorded_suite, &self.recorded.operation).into_iter();
        schemas.filter_map(|schema| {
            let body = self.answer.json.as_ref()?;
            let sound = schema.mistakes_in(body).is_empty();
            sound.then(|| serde_json::from_str(&schema.source.text).ok())?
        })
    }

    fn conditions(&self) -> impl Iterator<Item = &'a Condition> {
        let expectations = self.recorded.expectations.iter();
        let conditions = expectations.flat_map(|expectation| &expectation.conditions);
        conditions.map(|(condition, _)| condition)
    }

    fn expects(&self, wanted: impl Fn(&Condition) -> bool) -> bool {
        self.conditions().any(wanted)
    }
}

/// The schemas that any step expects of the answers of an operation.
fn schemas_of<'a>(suite: &'a Suite, operation: &str) -> Vec<&'a BodySchema> {
    let steps = suite.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let steps = steps.filter(|step| step.operation == operation);
    let expectations = steps.flat_map(|step| &step.expectations);
    let conditions = expectations.flat_map(|expectation| &expectation.conditions);
    let names: BTreeSet<&str> = conditions
        .filter_map(|(condition, _)| match condition {
            Condition::Schema(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let schemas = names.into_iter();
    schemas.filter_map(|name| suite.schemas.get(name)).collect()
}

/// The statuses that are tried in the place of `status`.
fn wrong_for(status: u16) -> impl Iterator<Item = u16> {
    let near = NEAR.iter().filter(move |(right, _)| *right == status);
    let far = FAR.iter().filter(move |(class, _)| *class == status / 100);
    let far = far.flat_map(|(_, wrong)| wrong.iter().copied());
    near.map(|(_, wrong)| *wrong).chain(far)
}

/// What can be wrong about a required member.
fn of_member(required: &Member) -> Vec<Operator> {
    let member = || required.path.clone();
    let mut operators = vec![Operator::DropMember { member: member() }];
    if !required.may_be(JsonType::Null) {
        operators.push(Operator::NullMember { member: member() });
    }
    if let Some(to) = required.another_type() {
        operators.push(Operator::RetypeMember {
            member: member(),
            to,
        });
    }
    operators.push(Operator::AlterMember { member: member() });
    if required.types.contains(&JsonType::Array) {
        operators.extend([
            Operator::EmptyArray { member: member() },
            Operator::ReverseArray { member: member() },
            Operator::RepeatItems { member: member() },
        ]);
    }
    operators
}
