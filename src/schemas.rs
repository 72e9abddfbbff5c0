//! The JSON Schemas of the project's own files, generated from the types that read and write them.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};

use crate::certify::Certificate;
use crate::contract::Contract;
use crate::diagnostic::Source;
use crate::http::TargetFile;
use crate::report::Report;
use crate::selftest::{Mutant, MutationReport};
use crate::suite::{BodySchema, ScenarioFile};

/// File name and text of every generated schema; the files in `schemas/` must be the same.
///
/// # Errors
/// The library cannot write one, which the tests rule out.
pub fn generated() -> Result<Vec<(&'static str, String)>, serde_json::Error> {
    Ok(vec![
        ("contract.schema.json", text::<Contract>(true)?),
        ("scenario.schema.json", text::<ScenarioFile>(true)?),
        ("mutant-file.schema.json", text::<Vec<Mutant>>(true)?),
        ("target.schema.json", text::<TargetFile>(true)?),
        ("report.schema.json", text::<Report>(false)?),
        ("certificate.schema.json", text::<Certificate>(false)?),
        ("mutants.schema.json", text::<MutationReport>(false)?),
    ])
}

/// Read once: the schema of a report is large.
static REPORT: LazyLock<Option<BodySchema>> = LazyLock::new(|| {
    let schema = text::<Report>(false).ok()?;
    let source = Source::new("schemas/report.schema.json", schema);
    Some(BodySchema::generated(source))
});

/// Everything in which the text of a report does not satisfy its schema.
#[must_use]
pub fn mistakes_in_report(text: &[u8]) -> Vec<String> {
    let (Some(schema), Ok(report)) = (&*REPORT, serde_json::from_slice(text)) else {
        return vec!["it is no JSON".to_owned()];
    };
    let mistakes = schema.mistakes_in(&report).into_iter();
    mistakes
        .map(|mistake| format!("at {}: {}", mistake.instance_path, mistake.message))
        .collect()
}

/// `strict`: what the schema does not know is a mistake, as the loader says it.
fn text<T: JsonSchema>(strict: bool) -> Result<String, serde_json::Error> {
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
