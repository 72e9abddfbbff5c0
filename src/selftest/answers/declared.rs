//! Which expectations a wrong answer has to break, read off what they say and never tried out.

use super::members::{JsonType, required_members};
use super::operators::Operator;
use super::site::Site;
use crate::suite::{Condition, JsonTemplate, MemberPath, PathMembers, Suite, Test};

/// The positions of the expectations of the step that verify a clause, held before, and cannot hold after the
/// operator.
pub(super) fn expectations(suite: &Suite, operator: &Operator, site: &Site<'_>) -> Vec<usize> {
    let expectations = site.step.expectations.iter().enumerate();
    let declared = expectations.filter(|(index, expectation)| {
        let mut conditions = expectation.conditions.iter();
        !expectation.verifies.is_empty()
            && site.held(*index)
            && conditions.any(|(condition, _)| breaks(suite, operator, condition))
    });
    declared.map(|(index, _)| index).collect()
}

fn breaks(suite: &Suite, operator: &Operator, condition: &Condition) -> bool {
    match condition {
        Condition::Status(set) => {
            matches!(operator, Operator::ReplaceStatus { to, .. } if !set.contains(*to))
        }
        Condition::IsJson => matches!(
            operator,
            Operator::ReplaceMediaType | Operator::TruncateBody | Operator::ClearBody
        ),
        // What they look for is no part of what an operator changes.
        Condition::NoInternals
        | Condition::NotHtml
        | Condition::Header(..)
        | Condition::SameResponse(_)
        | Condition::Succeeded(_)
        | Condition::Others(_) => false,
        Condition::EmptyBody => matches!(operator, Operator::AddBody),
        Condition::NoSecrets => matches!(operator, Operator::AddSecret { .. }),
        Condition::Schema(name) => breaks_schema(suite, operator, name),
        Condition::At(path, test) => path
            .members()
            .is_some_and(|members| breaks_place(operator, &members, test)),
        // Where the text stands is not said: only that it cannot stand nowhere.
        Condition::Contains(_) => matches!(operator, Operator::ClearBody),
    }
}

fn breaks_schema(suite: &Suite, operator: &Operator, name: &str) -> bool {
    let schema = suite.schemas.get(name);
    let schema = schema.and_then(|schema| serde_json::from_str(&schema.source.text).ok());
    let members = schema.as_ref().map(required_members).unwrap_or_default();
    let required = |path: &MemberPath| members.iter().find(|member| member.path == *path);
    let not_of = |path, wrong| required(path).is_some_and(|member| !member.may_be(wrong));
    match operator {
        Operator::TruncateBody => true,
        Operator::ClearBody => !members.is_empty(),
        Operator::DropMember { member } => required(member).is_some(),
        Operator::AlterMember { member } => required(member).is_some_and(|member| member.fixed),
        Operator::NullMember { member } => not_of(member, JsonType::Null),
        Operator::RetypeMember { member, to } => not_of(member, *to),
        _ => false,
    }
}

/// Whether a test of what stands at a place fails once members are gone, or are something else.
fn breaks_place(operator: &Operator, members: &PathMembers, test: &Test) -> bool {
    let PathMembers { place, wanted, .. } = members;
    let wants = |member: &MemberPath| wanted.iter().any(|wanted| wanted.is_within(member));
    match (operator, test) {
        (Operator::AddForbidden { member }, Test::Absent) => wanted.is_empty() && place == member,
        (Operator::ReverseArray { member }, Test::Sorted(_))
        | (Operator::RepeatItems { member }, Test::Unique) => place.is_within(&member.items()),
        (
            Operator::AlterMember { member } | Operator::RetypeMember { member, .. },
            Test::AllApprox { .. },
        ) => place == member,
        (_, Test::AllApprox { .. } | Test::Absent | Test::Unique | Test::Sorted(_)) => false,
        (_, Test::Count(count)) if !is_some_number(count) => false,
        (Operator::TruncateBody | Operator::ClearBody, _) => true,
        (Operator::DropMember { member }, _) => place.is_within(member) || wants(member),
        (Operator::EmptyArray { member }, _) => place.is_within(&member.items()),
        (Operator::RepeatItems { member }, _) => {
            place.is_within(&member.items()) && !members.by_position
        }
        // What a filter still selects after that depends on the values.
        (Operator::AlterMember { .. }, Test::Count(_)) => false,
        (Operator::AlterMember { member }, _) => place == member || wants(member),
        // As many values as before, but others.
        (
            Operator::NullMember { member } | Operator::RetypeMember { member, .. },
            Test::Count(_),
        ) => (place.is_within(member) && place != member) || wants(member),
        (Operator::NullMember { member } | Operator::RetypeMember { member, .. }, _) => {
            place.is_within(member) || wants(member)
        }
        _ => false,
    }
}

/// A count that is written out and is not zero, so that nothing at all is too few.
fn is_some_number(count: &JsonTemplate) -> bool {
    matches!(count, JsonTemplate::Literal(count) if count.as_u64() > Some(0))
}
