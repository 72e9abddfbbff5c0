//! Whether a text is a report by its JSON Schema.

use std::sync::LazyLock;

use super::Report;
use crate::diagnostic::Source;
use crate::json_schema::text;
use crate::suite::BodySchema;

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
