//! The JSON Schema of a type that reads or writes one of the project's own files.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};

/// `strict`: what the schema does not know is a mistake, as the loader says it.
pub(crate) fn text<T: JsonSchema>(strict: bool) -> Result<String, serde_json::Error> {
    let settings = if strict {
        SchemaSettings::draft2020_12()
    } else {
        SchemaSettings::draft2020_12().for_serialize()
    };
    let schema = SchemaGenerator::new(settings).into_root_schema_for::<T>();
    let mut schema = schema.to_value();
    if strict {
        close(&mut schema);
    }
    serde_json::to_string_pretty(&schema).map(|text| text + "\n")
}

/// Forbids unknown members of every object that names its members.
fn close(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(members) => {
            members.values_mut().for_each(close);
            if members
                .get("properties")
                .is_some_and(serde_json::Value::is_object)
                && members.get("type").is_some_and(|kind| kind == "object")
            {
                members.insert("additionalProperties".to_owned(), false.into());
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
