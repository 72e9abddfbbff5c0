//! JSON Schema 2020-12 for bodies; the one module that knows the library behind it.

use std::sync::{Arc, OnceLock};

use jsonschema::{Draft, Validator};
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Source};

/// The schema of one body.
#[derive(Debug)]
pub struct BodySchema {
    /// The file.
    pub source: Arc<Source>,
    validator: OnceLock<Result<Validator, String>>,
}

/// One way in which a body does not satisfy its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaMistake {
    /// What is wrong, without the value itself.
    pub message: String,
    /// JSON Pointer to the place in the body.
    pub instance_path: String,
    /// JSON Pointer to the keyword in the schema.
    pub schema_path: String,
}

impl BodySchema {
    pub(super) fn new(source: Arc<Source>) -> Self {
        Self {
            source,
            validator: OnceLock::new(),
        }
    }

    /// What is wrong with the schema itself, if anything.
    #[must_use]
    pub fn mistake(&self) -> Option<Diagnostic> {
        self.validator().as_ref().err().map(|message| {
            Diagnostic::new(&self.source, &(0..0), message.clone())
                .help("a schema is JSON Schema 2020-12 and refers to nothing on the network")
        })
    }

    /// Everything in which `body` does not satisfy the schema.
    #[must_use]
    pub fn mistakes_in(&self, body: &Value) -> Vec<SchemaMistake> {
        match self.validator() {
            Ok(validator) => validator
                .iter_errors(body)
                .map(|error| SchemaMistake {
                    message: error.masked().to_string(),
                    instance_path: error.instance_path().to_string(),
                    schema_path: error.schema_path().to_string(),
                })
                .collect(),
            Err(message) => vec![SchemaMistake {
                message: message.clone(),
                instance_path: String::new(),
                schema_path: String::new(),
            }],
        }
    }

    // Compiled when first used: listing the scenarios needs no schema.
    fn validator(&self) -> &Result<Validator, String> {
        self.validator.get_or_init(|| {
            let schema: Value = serde_json::from_str(&self.source.text)
                .map_err(|error| format!("the schema is no JSON: {error}"))?;
            jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .should_ignore_unknown_formats(false)
                .offline()
                .build(&schema)
                .map_err(|error| format!("the schema is wrong: {error}"))
        })
    }
}
