//! Writes the files of a report, each whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Report, junit};
use crate::engine::Plan;

/// Why a report is not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file cannot be written.
    #[error("cannot write {path}: {cause} (--report-dir DIR names another folder)")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The report cannot be turned into text.
    #[error("cannot write the report as {format}: {cause}")]
    Format {
        /// The format.
        format: &'static str,
        /// What is wrong.
        cause: String,
    },
}

/// Makes the folder for reports and tries to write there, before a run rather than after it.
///
/// # Errors
/// The folder cannot be made, or nothing can be written in it.
pub fn prepare(dir: &Path) -> Result<(), WriteError> {
    let trial = dir.join(format!(".{}.tmp", std::process::id()));
    fs::create_dir_all(dir)
        .and_then(|()| fs::write(&trial, ""))
        .and_then(|()| fs::remove_file(&trial))
        .map_err(|cause| WriteError::File {
            path: dir.to_owned(),
            cause,
        })
}

/// The files that were written.
pub type ReportFiles = Vec<PathBuf>;

/// Writes `report.json` and `junit.xml` into `dir`, which is made where it is missing.
///
/// # Errors
/// The first file that cannot be written; what was there before is then still there.
pub fn write_reports(report: &Report, plan: &Plan, dir: &Path) -> Result<ReportFiles, WriteError> {
    let xml = junit(report, plan).map_err(|error| WriteError::Format {
        format: "JUnit XML",
        cause: error.to_string(),
    })?;
    write_files(dir, [("report.json", json(report)?), ("junit.xml", xml)])
}

/// The report as JSON.
///
/// # Errors
/// The library cannot write it.
pub fn json(report: &impl Serialize) -> Result<String, WriteError> {
    serde_json::to_string_pretty(report).map_err(|error| WriteError::Format {
        format: "JSON",
        cause: error.to_string(),
    })
}

/// Writes files of these names into `dir`, which is made where it is missing.
///
/// # Errors
/// The first file that cannot be written; what was there before is then still there.
pub fn write_files<const N: usize>(
    dir: &Path,
    texts: [(&str, String); N],
) -> Result<ReportFiles, WriteError> {
    let unwritten = |path: &Path, cause| WriteError::File {
        path: path.to_owned(),
        cause,
    };
    fs::create_dir_all(dir).map_err(|cause| unwritten(dir, cause))?;
    let mut files = Vec::new();
    for (name, text) in texts {
        let path = dir.join(name);
        atomically(&path, &text).map_err(|cause| unwritten(&path, cause))?;
        files.push(path);
    }
    Ok(files)
}

/// A file beside the final one, then renamed over it: a reader sees the old text or the new, never half.
fn atomically(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fs::File::create(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&beside);
    }
    written
}
