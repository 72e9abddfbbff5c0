//! The calls that the scenarios make of an operation, and the statuses with which each may be answered.

use std::fmt;

use crate::suite::{Condition, Step, Suite};

/// The classes of statuses that say what came of a call.
const SUCCESS: u16 = 2;
const REFUSAL: u16 = 4;

/// A call of a scenario.
pub(super) struct Call<'a> {
    pub(super) step: &'a Step,
    /// With which status it may succeed.
    pub(super) success: Option<Code>,
    /// With which status it may be refused.
    pub(super) refusal: Option<Code>,
}

/// Statuses as OpenAPI names them: one, or a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Code {
    One(u16),
    Class(u16),
}

/// The calls of an operation; those that look around are among them.
pub(super) fn calls_of<'a>(suite: &'a Suite, operation: &str) -> Vec<Call<'a>> {
    suite
        .scenarios
        .iter()
        .flat_map(|scenario| &scenario.steps)
        .filter(|step| step.operation == operation)
        .map(Call::of)
        .collect()
}

/// The calls that have to succeed; if there is none, those that may.
pub(super) fn succeeding<'a>(calls: &'a [Call<'a>]) -> Vec<&'a Call<'a>> {
    let must = calls.iter().any(Call::must_succeed);
    calls
        .iter()
        .filter(|call| call.must_succeed() || !must && call.success.is_some())
        .collect()
}

impl<'a> Call<'a> {
    pub(super) fn of(step: &'a Step) -> Self {
        let conditions = || {
            step.expectations
                .iter()
                .flat_map(|expectation| &expectation.conditions)
                .map(|(condition, _)| condition)
        };
        let permits = |status: u16| {
            conditions().all(|condition| match condition {
                Condition::Status(statuses) => statuses.contains(status),
                _ => true,
            })
        };
        // What the other calls of the same moment are answered.
        let others = || {
            conditions().find_map(|condition| match condition {
                Condition::Others(statuses) => Some(statuses),
                _ => None,
            })
        };
        Self {
            step,
            success: Code::of(SUCCESS, permits),
            refusal: Code::of(REFUSAL, |status| {
                permits(status) || others().is_some_and(|statuses| statuses.contains(status))
            }),
        }
    }

    /// Whether a refusal is out of the question.
    pub(super) fn must_succeed(&self) -> bool {
        self.success.is_some() && self.refusal.is_none()
    }

    /// The schemas that its body has to satisfy.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &'a str> {
        self.step
            .expectations
            .iter()
            .flat_map(|expectation| &expectation.conditions)
            .filter_map(|(condition, _)| match condition {
                Condition::Schema(name) => Some(name.as_str()),
                _ => None,
            })
    }
}

impl Code {
    fn of(class: u16, permits: impl Fn(u16) -> bool) -> Option<Self> {
        let mut permitted = (class * 100..(class + 1) * 100).filter(|status| permits(*status));
        let first = permitted.next()?;
        Some(
            permitted
                .next()
                .map_or(Self::One(first), |_| Self::Class(class)),
        )
    }

    pub(super) fn is_success(self) -> bool {
        self.class() == SUCCESS
    }

    /// Whether every status of the other one is among its own.
    pub(super) fn has(self, other: Self) -> bool {
        self == other || self == Self::Class(other.class())
    }

    fn class(self) -> u16 {
        match self {
            Self::One(status) => status / 100,
            Self::Class(class) => class,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}XX"),
        }
    }
}
