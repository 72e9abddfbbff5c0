//! The steps of a JSONPath that need no library: to a member, to an item by its number, to the items that have a member
//! of a certain text.

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment,
};
use serde_json::Value;

#[derive(Debug)]
pub(super) enum Hop {
    Member(String),
    Item(usize),
    /// `[?@.name == 'cli']`, or `true` or `false` in the place of the text.
    Having(String, Value),
}

impl Hop {
    /// Nothing where it takes the library.
    pub(super) fn of(segment: &Segment) -> Option<Self> {
        let Segment::Selector(selector) = segment else {
            return None;
        };
        match selector {
            Selector::Name(name) if is_word(name) => Some(Self::Member(name.clone())),
            Selector::Index(index) => usize::try_from(*index).ok().map(Self::Item),
            Selector::Filter(filter) => Self::having(filter),
            _ => None,
        }
    }

    fn having(filter: &Filter) -> Option<Self> {
        let Filter::Atom(FilterAtom::Comparison(comparison)) = filter else {
            return None;
        };
        let Comparison::Eq(
            Comparable::SingularQuery(SingularQuery::Current(segments)),
            Comparable::Literal(literal),
        ) = comparison.as_ref()
        else {
            return None;
        };
        let [SingularQuerySegment::Name(name)] = segments.as_slice() else {
            return None;
        };
        // Of numbers, escapes and null only the library knows how they compare.
        let literal = match literal {
            Literal::String(text) if !text.contains('\\') => Value::from(text.as_str()),
            Literal::Bool(bool) => Value::from(*bool),
            _ => return None,
        };
        is_word(name).then(|| Self::Having(name.clone(), literal))
    }

    /// Where it leads to.
    pub(super) fn from<'a>(&self, places: Vec<&'a Value>) -> Vec<&'a Value> {
        let places = places.into_iter();
        match self {
            Self::Member(name) => places.filter_map(|place| place.get(name)).collect(),
            Self::Item(index) => places.filter_map(|place| place.get(index)).collect(),
            Self::Having(name, value) => {
                let has = |place: &&Value| place.get(name) == Some(value);
                places.flat_map(children).filter(has).collect()
            }
        }
    }
}

fn children(place: &Value) -> Vec<&Value> {
    match place {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

/// A name that is written in a JSONPath as it is.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
