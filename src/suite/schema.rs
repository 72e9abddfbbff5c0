//! JSON Schema 2020-12 for bodies; the one module that knows the library behind it.

use std::sync::{Arc, OnceLock};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, Validator};
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Source};

/// The schema of one body.
#[derive(Debug, Clone)]
pub struct BodySchema {
    /// The file.
    pub source: Arc<Source>,
    unknown_formats: bool,
    validator: OnceLock<Result<Validator, Mistake>>,
}

/// What is wrong with a schema, and where.
#[derive(Debug, Clone)]
struct Mistake {
    message: String,
    offset: usize,
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
    /// What the schema asks for there, if that can be said by itself.
    pub asks_for: Option<SchemaDemand>,
}

/// What a schema asks for at one place of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaDemand {
    /// A member of this name.
    Member(String),
    /// None of these members.
    NoMembers(Vec<String>),
    /// A value of this type, as JSON Schema names it.
    Type(String),
    /// This value.
    Constant(Value),
    /// A time with its date.
    DateTime,
}

impl BodySchema {
    pub(super) fn new(source: Arc<Source>) -> Self {
        Self::with_formats(source, false)
    }

    /// A schema that may name formats of its own, of which nothing is asked: the generated ones name those of numbers.
    #[must_use]
    pub fn generated(source: Arc<Source>) -> Self {
        Self::with_formats(source, true)
    }

    fn with_formats(source: Arc<Source>, unknown_formats: bool) -> Self {
        Self {
            source,
            unknown_formats,
            validator: OnceLock::new(),
        }
    }

    /// What is wrong with the schema itself, if anything.
    #[must_use]
    pub fn mistake(&self) -> Option<Diagnostic> {
        self.validator().as_ref().err().map(|mistake| {
            let place = mistake.offset..mistake.offset;
            Diagnostic::new(&self.source, &place, mistake.message.as_str())
                .help("a schema is JSON Schema 2020-12 and refers to nothing on the network")
        })
    }

    /// Everything in which `body` does not satisfy the schema.
    #[must_use]
    pub fn mistakes_in(&self, body: &Value) -> Vec<SchemaMistake> {
        match self.validator() {
            // What is good need not be searched for mistakes.
            Ok(validator) if validator.is_valid(body) => Vec::new(),
            Ok(validator) => validator
                .iter_errors(body)
                .map(|error| SchemaMistake {
                    message: error.masked().to_string(),
                    instance_path: error.instance_path().to_string(),
                    schema_path: error.schema_path().to_string(),
                    asks_for: demand(error.kind()),
                })
                .collect(),
            Err(mistake) => vec![SchemaMistake {
                message: mistake.message.clone(),
                instance_path: String::new(),
                schema_path: String::new(),
                asks_for: None,
            }],
        }
    }

    // Compiled when first used: listing the scenarios needs no schema.
    fn validator(&self) -> &Result<Validator, Mistake> {
        self.validator.get_or_init(|| {
            let text = &self.source.text;
            let schema: Value = serde_json::from_str(text).map_err(|error| Mistake {
                message: format!(
                    "the schema is no JSON: {}",
                    without_place(&error.to_string())
                ),
                offset: self.source.offset(error.line(), error.column()),
            })?;
            jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .should_ignore_unknown_formats(self.unknown_formats)
                .offline()
                .build(&schema)
                .map_err(|error| Mistake {
                    message: format!("the schema is wrong: {error}"),
                    offset: last_key(error.instance_path().as_str())
                        .and_then(|key| text.find(&format!("\"{key}\"")))
                        .unwrap_or(0),
                })
        })
    }
}

fn demand(kind: &ValidationErrorKind) -> Option<SchemaDemand> {
    Some(match kind {
        ValidationErrorKind::Required { property } => {
            SchemaDemand::Member(property.as_str()?.to_owned())
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            SchemaDemand::NoMembers(unexpected.clone())
        }
        ValidationErrorKind::Type {
            kind: TypeKind::Single(kind),
        } => SchemaDemand::Type(kind.to_string()),
        ValidationErrorKind::Constant { expected_value } => {
            SchemaDemand::Constant(Value::clone(expected_value))
        }
        ValidationErrorKind::Format { format } if format == "date-time" => SchemaDemand::DateTime,
        _ => return None,
    })
}

/// The place is printed by the diagnostic, in one manner for all.
fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

/// The last member that a JSON Pointer goes through.
fn last_key(pointer: &str) -> Option<&str> {
    let mut segments = pointer.rsplit('/').filter(|segment| !segment.is_empty());
    segments.find(|segment| segment.parse::<usize>().is_err())
}
