//! Reads a report that was written earlier.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::error::Category;

use super::write::REPORT;
use super::{Report, SCHEMA_VERSION};
use crate::bounded::{self, MIB};

/// The report of the largest suite is smaller.
const LARGEST_REPORT: u64 = 256 * MIB;

/// Why a report cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("cannot read {path}: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file ends too early.
    #[error("{0} is cut off: take the file as the run has left it")]
    CutOff(PathBuf),
    /// It has another form.
    #[error(
        "{path} is a report of form {theirs}, and this program reads form {SCHEMA_VERSION}: use the release of conform \
         that wrote it"
    )]
    OtherForm {
        /// The file.
        path: PathBuf,
        /// The form that it names.
        theirs: u64,
    },
    /// It is something else.
    #[error(
        "{path} is no report of this program ({reason}): name the report.json of a run, or its folder"
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// All that every form of the report has.
#[derive(Deserialize)]
struct ReportVersion {
    schema_version: u64,
}

impl Report {
    /// Reads a report, given as the file or as the folder that holds its `report.json`.
    ///
    /// # Errors
    /// It is not there, is cut off, has another form, or is no report.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let path = if path.is_dir() {
            path.join(REPORT)
        } else {
            path.to_owned()
        };
        match bounded::read(&path, LARGEST_REPORT) {
            Ok(text) => Self::parse(&text, &path),
            Err(cause) => Err(ReadError::Unreadable { path, cause }),
        }
    }

    /// Reads the text of a report; `path` is where it was found.
    ///
    /// # Errors
    /// It is cut off, has another form, or is no report.
    pub fn parse(text: &[u8], path: &Path) -> Result<Self, ReadError> {
        let wrong = |error: serde_json::Error| {
            let path = path.to_owned();
            if ends_early(&error) || ends_in_number(text) {
                ReadError::CutOff(path)
            } else {
                let reason = error.to_string();
                ReadError::Malformed { path, reason }
            }
        };
        let form: ReportVersion = serde_json::from_slice(text).map_err(wrong)?;
        if form.schema_version != u64::from(SCHEMA_VERSION) {
            return Err(ReadError::OtherForm {
                path: path.to_owned(),
                theirs: form.schema_version,
            });
        }
        let report: Self = serde_json::from_slice(text).map_err(wrong)?;
        match report.selection.slice {
            Some(slice) if !slice.is_one() => Err(ReadError::Malformed {
                path: path.to_owned(),
                reason: format!("it has no slice {} of {}", slice.index, slice.count),
            }),
            _ => Ok(report),
        }
    }
}

fn ends_early(error: &serde_json::Error) -> bool {
    error.classify() == Category::Eof
}

/// Whether a text ends within a number: of `-` or `1.` the parser says that it is none, of `1.5` that the text ends.
fn ends_in_number(text: &[u8]) -> bool {
    let longer = [text, b"0"].concat();
    serde_json::from_slice::<ReportVersion>(&longer).is_err_and(|error| ends_early(&error))
}

#[cfg(test)]
mod tests;
