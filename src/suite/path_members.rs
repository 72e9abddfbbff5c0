//! What a JSONPath rests on: the members without which it selects nothing, or something else.

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, JpQuery, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test,
};

use super::MemberPath;

/// The members that a JSONPath names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathMembers {
    /// The place that is selected.
    pub place: MemberPath,
    /// Members that must be there, or have a certain value, for something to be selected.
    pub wanted: Vec<MemberPath>,
    /// Whether items are chosen by where they stand in their array.
    pub by_position: bool,
}

impl PathMembers {
    /// Nothing where the path does not say which members it goes through, as with `..`.
    pub(super) fn of(query: &JpQuery) -> Option<Self> {
        let mut members = Self {
            place: MemberPath::default(),
            wanted: Vec::new(),
            by_position: false,
        };
        for segment in &query.segments {
            let Segment::Selector(selector) = segment else {
                return None;
            };
            members.place = match selector {
                Selector::Name(name) => members.place.member(name.trim_matches(['\'', '"'])),
                Selector::Wildcard => members.place.items(),
                Selector::Index(_) | Selector::Slice(..) => {
                    members.by_position = true;
                    members.place.items()
                }
                Selector::Filter(filter) => {
                    let item = members.place.items();
                    want(filter, &item, &mut members.wanted);
                    item
                }
            };
        }
        Some(members)
    }
}

/// Takes from a filter what an item cannot do without. An inequality or a choice can do without each of its
/// members.
fn want(filter: &Filter, item: &MemberPath, wanted: &mut Vec<MemberPath>) {
    match filter {
        Filter::And(filters) => filters.iter().for_each(|filter| want(filter, item, wanted)),
        Filter::Atom(FilterAtom::Comparison(comparison)) => {
            if let Comparison::Eq(a, b) = comparison.as_ref() {
                wanted.extend([a, b].into_iter().filter_map(|side| compared(side, item)));
            }
        }
        Filter::Atom(FilterAtom::Test { expr, not: false }) => {
            if let Test::RelQuery(segments) = expr.as_ref() {
                let query = JpQuery::new(segments.clone());
                wanted.extend(PathMembers::of(&query).map(|members| item.join(&members.place)));
            }
        }
        Filter::Atom(_) | Filter::Or(_) => {}
    }
}

fn compared(side: &Comparable, item: &MemberPath) -> Option<MemberPath> {
    let Comparable::SingularQuery(SingularQuery::Current(segments)) = side else {
        return None;
    };
    Some(
        segments
            .iter()
            .fold(item.clone(), |place, segment| match segment {
                SingularQuerySegment::Name(name) => place.member(name.trim_matches(['\'', '"'])),
                SingularQuerySegment::Index(_) => place.items(),
            }),
    )
}

#[cfg(test)]
mod tests {
    use crate::suite::PathTemplate;

    fn members(path: &str) -> Option<(String, Vec<String>, bool)> {
        let members = PathTemplate::parse(path).unwrap().members()?;
        let wanted = members.wanted.iter().map(ToString::to_string).collect();
        Some((members.place.to_string(), wanted, members.by_position))
    }

    #[test]
    fn a_path_rests_on_the_members_that_it_names() {
        for (path, place, wanted) in [
            ("$.user['email']", "$.user.email", vec![]),
            ("$.l[*].n", "$.l[*].n", vec![]),
            ("$.l[0].n", "$.l[*].n", vec![]),
            ("$.l[0:2].n", "$.l[*].n", vec![]),
            ("$.l[?@.n == 'a'].id", "$.l[*].id", vec!["$.l[*].n"]),
            ("$.l[?@.id == {{id}}]", "$.l[*]", vec!["$.l[*].id"]),
            (
                "$.l[?@.a && @['b'] == 1]",
                "$.l[*]",
                vec!["$.l[*].a", "$.l[*].b"],
            ),
            ("$.l[?@.a != 1]", "$.l[*]", vec![]),
            ("$.l[?@.a == 1 || @.b == 1]", "$.l[*]", vec![]),
            ("$.l[?!@.a]", "$.l[*]", vec![]),
        ] {
            let wanted = wanted.into_iter().map(str::to_owned).collect();
            let by_position = path.contains("[0");
            let expected = Some((place.to_owned(), wanted, by_position));
            assert_eq!(members(path), expected, "{path}");
        }
        assert_eq!(members("$..id"), None);
    }
}
