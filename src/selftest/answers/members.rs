//! What a JSON Schema requires of a body: which members, of which types, and in which objects.
//!
//! Members behind `$ref`, `allOf` and the like are not looked for: the schemas of bodies are written out.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::suite::MemberPath;

/// The types that JSON tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum JsonType {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A member that a schema requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) path: MemberPath,
    /// The types that it may have; none named allows all.
    pub(super) types: BTreeSet<JsonType>,
    /// Whether its values are written out.
    pub(super) fixed: bool,
}

impl Member {
    /// Whether the schema leaves this type open for it.
    pub(super) fn may_be(&self, wanted: JsonType) -> bool {
        self.types.is_empty() || self.types.contains(&wanted)
    }

    /// A type that it must not have: the one that its own is most easily mistaken for.
    pub(super) fn another_type(&self) -> Option<JsonType> {
        const MISTAKEN: [(JsonType, JsonType); 5] = [
            (JsonType::String, JsonType::Number),
            (JsonType::Number, JsonType::String),
            (JsonType::Boolean, JsonType::String),
            (JsonType::Object, JsonType::Array),
            (JsonType::Array, JsonType::Object),
        ];
        let own = MISTAKEN
            .iter()
            .filter(|(right, _)| self.types.contains(right));
        own.map(|(_, wrong)| *wrong)
            .find(|wrong| !self.may_be(*wrong))
    }
}

impl JsonType {
    /// The type of a value.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    /// A schema tells integers apart, a type does not.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "number" | "integer" => Self::Number,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }
}

impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Every member that `schema` requires, those of nested objects and of items of arrays among them.
pub(super) fn required_members(schema: &Value) -> Vec<Member> {
    let mut members = Vec::new();
    walk(schema, &MemberPath::default(), &mut |place, schema| {
        let required = schema["required"].as_array().into_iter().flatten();
        members.extend(required.filter_map(Value::as_str).map(|name| Member {
            path: place.member(name),
            types: types_of(&schema["properties"][name]),
            fixed: is_fixed(&schema["properties"][name]),
        }));
    });
    members
}

/// Every object that `schema` describes.
pub(super) fn objects(schema: &Value) -> Vec<MemberPath> {
    let mut objects = Vec::new();
    walk(schema, &MemberPath::default(), &mut |place, schema| {
        if types_of(schema).contains(&JsonType::Object) {
            objects.push(place.clone());
        }
    });
    objects
}

/// Goes through a schema and those of its members and items, with the place that each speaks of.
fn walk(schema: &Value, place: &MemberPath, visit: &mut impl FnMut(&MemberPath, &Value)) {
    visit(place, schema);
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        walk(below, &place.member(name), visit);
    }
    if schema["items"].is_object() {
        walk(&schema["items"], &place.items(), visit);
    }
}

fn is_fixed(schema: &Value) -> bool {
    schema.get("const").or_else(|| schema.get("enum")).is_some()
}

fn types_of(schema: &Value) -> BTreeSet<JsonType> {
    let named = match &schema["type"] {
        Value::Array(names) => names.iter().collect(),
        name => vec![name],
    };
    let named = named.into_iter().filter_map(Value::as_str);
    let named: BTreeSet<JsonType> = named.filter_map(JsonType::named).collect();
    if !named.is_empty() {
        return named;
    }
    let values = schema["enum"].as_array().into_iter().flatten();
    values
        .chain(schema.get("const"))
        .map(JsonType::of)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn required_members_are_found_in_objects_and_items() {
        let schema = json!({
            "type": "object",
            "required": ["list", "flag", "any"],
            "properties": {
                "flag": { "const": true },
                "extra": { "type": "string" },
                "list": { "type": "array", "items": {
                    "type": "object",
                    "required": ["at"],
                    "properties": { "at": { "type": ["string", "null"] } }
                } }
            }
        });
        let members: Vec<(String, Vec<JsonType>)> = required_members(&schema)
            .into_iter()
            .map(|member| (member.path.to_string(), member.types.into_iter().collect()))
            .collect();
        let expected = [
            ("$.list", vec![JsonType::Array]),
            ("$.flag", vec![JsonType::Boolean]),
            ("$.any", vec![]),
            ("$.list[*].at", vec![JsonType::Null, JsonType::String]),
        ];
        let expected = expected.map(|(path, types)| (path.to_owned(), types));
        assert_eq!(members, expected);
        let objects: Vec<String> = objects(&schema).iter().map(ToString::to_string).collect();
        assert_eq!(objects, ["$", "$.list[*]"]);
    }
}
