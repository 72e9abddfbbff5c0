//! Places in a JSON body, named by members alone: `$.user.email`, `$.tokens[*].id`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The way from the root of a body to members of it; the items of an array are not told apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberPath(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Member(String),
    Items,
}

impl MemberPath {
    /// The member of that name below this place.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        self.then(Segment::Member(name.to_owned()))
    }

    /// Every item of the array at this place.
    #[must_use]
    pub fn items(&self) -> Self {
        self.then(Segment::Items)
    }

    /// That place, counted from this one.
    #[must_use]
    pub fn join(&self, below: &Self) -> Self {
        Self([self.0.as_slice(), &below.0].concat())
    }

    fn then(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    /// Whether this place is `other` or stands below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The values there, in document order.
    #[must_use]
    pub fn select<'a>(&self, body: &'a Value) -> Vec<&'a Value> {
        let step = |values: Vec<&'a Value>, segment: &Segment| -> Vec<&'a Value> {
            let below = |value: &'a Value| match segment {
                Segment::Member(name) => value.get(name).into_iter().collect(),
                Segment::Items => value.as_array().into_iter().flatten().collect::<Vec<_>>(),
            };
            values.into_iter().flat_map(below).collect()
        };
        self.0.iter().fold(vec![body], step)
    }

    /// Changes each value there.
    pub fn change(&self, body: &mut Value, change: &mut impl FnMut(&mut Value)) {
        change_at(&self.0, body, change);
    }

    /// Takes each member there out of its object.
    pub fn remove(&self, body: &mut Value) {
        if let Some((Segment::Member(name), way)) = self.0.split_last() {
            change_at(way, body, &mut |object| {
                // Order is kept: nothing else about the body may change.
                object
                    .as_object_mut()
                    .map(|members| members.shift_remove(name));
            });
        }
    }

    /// Puts a value there, into each object above it.
    pub fn insert(&self, body: &mut Value, value: &Value) {
        if let Some((Segment::Member(name), way)) = self.0.split_last() {
            change_at(way, body, &mut |object| {
                let members = object.as_object_mut();
                members.map(|members: &mut Map<_, _>| members.insert(name.clone(), value.clone()));
            });
        }
    }
}

fn change_at(way: &[Segment], value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match way.split_first() {
        None => change(value),
        Some((Segment::Member(name), rest)) => {
            if let Some(below) = value.get_mut(name) {
                change_at(rest, below, change);
            }
        }
        Some((Segment::Items, rest)) => {
            for item in value.as_array_mut().into_iter().flatten() {
                change_at(rest, item, change);
            }
        }
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Member(name) => write!(f, ".{name}"),
            Segment::Items => f.write_str("[*]"),
        })
    }
}

impl JsonSchema for MemberPath {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "MemberPath".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\$" })
    }
}

impl Serialize for MemberPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids() -> MemberPath {
        MemberPath::default().member("l").items().member("id")
    }

    #[test]
    fn a_path_reaches_each_item() {
        let mut body = json!({ "l": [{ "id": 1, "n": 0 }, { "id": 2, "n": 0 }], "id": 3 });
        assert_eq!(ids().to_string(), "$.l[*].id");
        assert_eq!(ids().select(&body), [&json!(1), &json!(2)]);
        ids().change(&mut body, &mut |id| *id = Value::Null);
        assert_eq!(
            body["l"],
            json!([{ "id": null, "n": 0 }, { "id": null, "n": 0 }])
        );
        ids().remove(&mut body);
        assert_eq!(body["l"], json!([{ "n": 0 }, { "n": 0 }]));
        ids().insert(&mut body, &json!(7));
        assert_eq!(body["l"][1], json!({ "n": 0, "id": 7 }));
        assert_eq!(body["id"], json!(3));
    }

    #[test]
    fn a_place_is_within_what_stands_above_it() {
        let list = MemberPath::default().member("l");
        assert!(ids().is_within(&list) && list.is_within(&list));
        assert!(!list.is_within(&ids()));
        assert!(!MemberPath::default().member("li").is_within(&list));
    }
}
