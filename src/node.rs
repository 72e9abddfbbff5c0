//! YAML or JSON of any shape, each part of which knows its place.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::diagnostic::Located;

/// What stands at a place.
#[derive(Debug)]
pub(crate) enum Node {
    Empty,
    Boolean(bool),
    /// A number, as near as it can be held.
    Number(f64),
    Text(String),
    List(Vec<Located<Node>>),
    /// Keys and values as they are written, be it twice.
    Mapping(Vec<Entry>),
}

/// A key and its value.
pub(crate) type Entry = (Located<Node>, Located<Node>);

impl Node {
    /// What stands there, as a key.
    pub(crate) fn word(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(text.into()),
            Self::Number(number) => Some(number.to_string().into()),
            Self::Boolean(truth) => Some(truth.to_string().into()),
            _ => None,
        }
    }
}

impl From<&Value> for Located<Node> {
    /// JSON, of which no place is known.
    fn from(value: &Value) -> Self {
        let value = match value {
            Value::Null => Node::Empty,
            Value::Bool(truth) => Node::Boolean(*truth),
            Value::Number(number) => Node::Number(number.as_f64().unwrap_or(f64::MAX)),
            Value::String(text) => Node::Text(text.clone()),
            Value::Array(items) => Node::List(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let key = |key: &String| Located {
                    value: Node::Text(key.clone()),
                    span: 0..0,
                };
                let members = members.iter();
                Node::Mapping(
                    members
                        .map(|(name, value)| (key(name), value.into()))
                        .collect(),
                )
            }
        };
        Self { value, span: 0..0 }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

#[expect(clippy::cast_precision_loss, reason = "no range has an end that large")]
impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any YAML")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Empty)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Node, E> {
        Ok(Node::Boolean(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Mapping(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }
}
