//! The JSON Schemas of the project's own files, generated from the types that read and write them.

use crate::certify::Certificate;
use crate::contract::Contract;
use crate::http::TargetFile;
use crate::json_schema::text;
use crate::report::Report;
use crate::selftest::{Mutant, MutationReport};
use crate::suite::ScenarioFile;

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
