//! The keys that a mapping of a file may have, as the schema of the file's type names them.

use serde_json::Value;

/// The keys that may stand beside the last key of `path`, in a file that `schema` describes.
pub(crate) fn known_keys<'a>(schema: &'a Value, path: &[String]) -> Vec<&'a str> {
    let Some((_, parents)) = path.split_last() else {
        return Vec::new();
    };
    let mut places = resolved(schema, schema);
    for key in parents {
        let below = places.iter().filter_map(|place| child(place, key));
        places = below.flat_map(|below| resolved(schema, below)).collect();
    }
    let members = places
        .iter()
        .filter_map(|place| place["properties"].as_object());
    members
        .flat_map(|members| members.keys())
        .map(String::as_str)
        .collect()
}

/// What the schema of a mapping or a list says of the value below `key`.
fn child<'a>(place: &'a Value, key: &str) -> Option<&'a Value> {
    let below = place["properties"].get(key);
    below
        .or_else(|| place.get("additionalProperties"))
        .or_else(|| place.get("items"))
}

/// The schemas that one stands for: what it refers to, and each of its alternatives.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#'));
        return target.map_or_else(Vec::new, |target| resolved(root, target));
    }
    let alternatives = schema["anyOf"].as_array().into_iter().flatten();
    let alternatives = alternatives.flat_map(|schema| resolved(root, schema));
    std::iter::once(schema).chain(alternatives).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_found_through_references_lists_maps_and_alternatives() {
        let schema = json!({
            "properties": { "steps": { "items": { "$ref": "#/$defs/Step" } } },
            "$defs": {
                "Step": { "properties": { "expect": { "anyOf": [
                    { "properties": { "status": {} } },
                    { "items": { "properties": { "schema": {} } } },
                    { "type": "null" },
                ] }, "path": { "additionalProperties": { "properties": { "deep": {} } } } } },
            },
        });
        let known = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
            known_keys(&schema, &path).join(" ")
        };
        assert_eq!(known(&["x"]), "steps");
        assert_eq!(known(&["steps", "0", "x"]), "expect path");
        assert_eq!(known(&["steps", "0", "expect", "x"]), "status");
        assert_eq!(known(&["steps", "0", "expect", "0", "x"]), "schema");
        assert_eq!(known(&["steps", "0", "path", "id", "x"]), "deep");
        assert_eq!(known(&["nowhere", "x"]), "");
    }
}
