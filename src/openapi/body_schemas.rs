//! The schemas of bodies, as components of the document.

use serde_json::{Value, json};

use crate::suite::Suite;

/// Keywords whose members are named by the author, and have a schema each.
const NAMED: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];
/// Keywords whose value is no schema, whatever it looks like.
const PLAIN: [&str; 4] = ["const", "enum", "default", "examples"];

/// Every schema of the suite, by its name. It says as a part of the document what it says as a file.
pub(super) fn components(suite: &Suite) -> Value {
    suite
        .schemas
        .iter()
        .map(|(name, schema)| (component(name), moved_schema(name, &schema.source.text)))
        .collect()
}

/// A schema in a file as one in the document.
fn moved_schema(name: &str, text: &str) -> Value {
    // The loader refuses what is no JSON.
    let mut schema: Value = serde_json::from_str(text).unwrap_or_default();
    let id = schema.as_object_mut().and_then(|keywords| {
        // The dialect is that of the whole document, and the schema has its address there.
        keywords.shift_remove("$schema");
        keywords.shift_remove("$id")
    });
    let id = id.as_ref().and_then(Value::as_str).unwrap_or_default();
    move_references(&mut schema, id, &pointer(name));
    schema
}

/// What refers to a schema of the suite.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": pointer(name) })
}

fn pointer(name: &str) -> String {
    format!("#/components/schemas/{}", component(name))
}

/// The name as OpenAPI permits it: that of a schema in a folder has a slash.
fn component(name: &str) -> String {
    let permitted = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    name.chars()
        .map(|c| if permitted(c) { c } else { '.' })
        .collect()
}

/// Lets what refers to a place in the file refer to that place in the document.
fn move_references(schema: &mut Value, id: &str, pointer: &str) {
    match schema {
        Value::Array(schemas) => {
            for schema in schemas {
                move_references(schema, id, pointer);
            }
        }
        Value::Object(keywords) => {
            for (keyword, value) in keywords {
                let keyword = keyword.as_str();
                if PLAIN.contains(&keyword) {
                    continue;
                }
                match value {
                    Value::String(target) if keyword == "$ref" => {
                        if let Some(moved) = moved_target(target, id, pointer) {
                            *target = moved;
                        }
                    }
                    Value::Object(named) if NAMED.contains(&keyword) => {
                        for schema in named.values_mut() {
                            move_references(schema, id, pointer);
                        }
                    }
                    other => move_references(other, id, pointer),
                }
            }
        }
        _ => {}
    }
}

/// The new target; nothing if it is a place by its name, or in another file.
fn moved_target(target: &str, id: &str, pointer: &str) -> Option<String> {
    let place = target.strip_prefix(id).unwrap_or(target);
    match place.strip_prefix('#') {
        None if place.is_empty() => Some(pointer.to_owned()),
        Some(path) if path.is_empty() || path.starts_with('/') => Some(format!("{pointer}{path}")),
        _ => None,
    }
}
