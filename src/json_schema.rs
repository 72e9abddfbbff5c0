//! The JSON Schema of a type that reads or writes one of the project's own files.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

/// `strict`: that of what is read, where an unknown member is a mistake; else that of what is written.
pub(crate) fn text<T: JsonSchema>(strict: bool) -> Result<String, serde_json::Error> {
    let schema = if strict {
        strict_schema::<T>()
    } else {
        schema::<T>(SchemaSettings::draft2020_12().for_serialize())
    };
    serde_json::to_string_pretty(&schema).map(|text| text + "\n")
}

/// What the loader accepts.
pub(crate) fn strict_schema<T: JsonSchema>() -> Value {
    let mut schema = open_schema::<T>();
    close(&mut schema);
    schema
}

/// The same, where unknown members may stand besides.
pub(crate) fn open_schema<T: JsonSchema>() -> Value {
    schema::<T>(SchemaSettings::draft2020_12())
}

fn schema<T: JsonSchema>(settings: SchemaSettings) -> Value {
    let schema = SchemaGenerator::new(settings).into_root_schema_for::<T>();
    schema.to_value()
}

/// Forbids unknown members of every object that names its members.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object)
                && members.get("type").is_some_and(|kind| kind == "object")
            {
                members.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
