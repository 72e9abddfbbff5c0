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

/// The file of the report itself.
pub const REPORT: &str = "report.json";
const JUNIT: &str = "junit.xml";
/// The files of a run.
pub const RUN_FILES: [&str; 2] = [REPORT, JUNIT];

/// Makes the folder for reports and tries to write there, before a run rather than after it; then takes the files of
/// these names away, which an earlier run left: they must not pass for those of this one, however it ends.
///
/// # Errors
/// The folder cannot be made, or nothing can be written in it.
pub fn prepare(dir: &Path, names: &[&str]) -> Result<(), WriteError> {
    let error = |cause| WriteError::File {
        path: dir.to_owned(),
        cause,
    };
    fs::create_dir_all(dir).map_err(error)?;
    Staged::new(dir, ".trial", "").map_err(error)?;
    let _turn = turn(dir);
    for name in names {
        match fs::remove_file(dir.join(name)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(error(cause)),
            _ => {}
        }
    }
    Ok(())
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
    write_files(dir, [(REPORT, json(report)?), (JUNIT, xml)])
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
    // All of them are on the disk before the first takes its place: there is room for all or for none.
    let mut staged = Vec::new();
    for (name, text) in texts {
        let file = Staged::new(dir, name, &text);
        staged.push(file.map_err(|cause| unwritten(&dir.join(name), cause))?);
    }
    let _turn = turn(dir);
    staged.into_iter().map(Staged::publish).collect()
}

/// Held by one run at a time, so that two that end together do not leave one file each. Where a folder cannot be
/// locked, each file is whole all the same.
fn turn(dir: &Path) -> Option<fs::File> {
    let dir = fs::File::open(dir).ok()?;
    dir.lock().ok()?;
    Some(dir)
}

/// A file beside the final one, which takes its place in one step: a reader sees the old text or the new, never half.
struct Staged {
    beside: PathBuf,
    path: PathBuf,
}

impl Staged {
    fn new(dir: &Path, name: &str, text: &str) -> io::Result<Self> {
        // Two runs may have the same process id, in containers that share a folder.
        let beside = dir.join(format!("{name}.{:016x}.tmp", rand::random::<u64>()));
        let mut file = fs::File::create_new(&beside)?;
        let staged = Self {
            beside,
            path: dir.join(name),
        };
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        Ok(staged)
    }

    fn publish(self) -> Result<PathBuf, WriteError> {
        match fs::rename(&self.beside, &self.path) {
            Ok(()) => Ok(self.path.clone()),
            Err(cause) => Err(WriteError::File {
                path: self.path.clone(),
                cause,
            }),
        }
    }
}

impl Drop for Staged {
    /// What has not taken its place is of no use to anybody.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside);
    }
}
