//! The report of the last run: what of it is to be run again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::engine::Outcome;

/// What matters of an earlier report.
#[derive(Debug, Deserialize)]
pub struct LastReport {
    suite: LastSuite,
    scenarios: Vec<LastScenario>,
    not_run: Vec<String>,
    #[serde(skip)]
    path: PathBuf,
}

#[derive(Debug, Deserialize)]
struct LastSuite {
    digest: String,
}

#[derive(Debug, Deserialize)]
struct LastScenario {
    id: String,
    outcome: Outcome,
}

/// Why nothing can be run again.
#[derive(Debug, thiserror::Error)]
pub enum LastReportError {
    /// There is no report.
    #[error(
        "cannot read {path}: {cause}; run once without --rerun-failed, or name the folder of the last report with --report-dir"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file is something else.
    #[error("{path} is no report of this program ({reason}): run once without --rerun-failed")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It is the report of another suite.
    #[error(
        "{path} is the report of another suite ({theirs:.12}…, this is {ours:.12}…): run once without --rerun-failed"
    )]
    OtherSuite {
        /// The file.
        path: PathBuf,
        /// The digest in it.
        theirs: String,
        /// The digest of the suite at hand.
        ours: String,
    },
    /// Nothing failed.
    #[error("{path} shows every scenario as passed: there is nothing to run again")]
    AllPassed {
        /// The file.
        path: PathBuf,
    },
}

impl LastReport {
    /// Reads `report.json` in a folder.
    ///
    /// # Errors
    /// It is not there, or is no report.
    pub fn read(dir: &Path) -> Result<Self, LastReportError> {
        let path = dir.join("report.json");
        let text = fs::read_to_string(&path).map_err(|cause| LastReportError::Unreadable {
            path: path.clone(),
            cause,
        })?;
        match serde_json::from_str::<Self>(&text) {
            Ok(report) => Ok(Self { path, ..report }),
            Err(error) => Err(LastReportError::Malformed {
                path,
                reason: error.to_string(),
            }),
        }
    }

    /// The ids of the scenarios that did not pass, or did not come to their end.
    ///
    /// # Errors
    /// There are none, or it is the report of another suite than that with `digest`.
    pub fn unproven_of(self, digest: &str) -> Result<BTreeSet<String>, LastReportError> {
        let path = self.path;
        if self.suite.digest != digest {
            return Err(LastReportError::OtherSuite {
                path,
                theirs: self.suite.digest,
                ours: digest.to_owned(),
            });
        }
        let undone = self.scenarios.into_iter();
        let undone = undone.filter(|scenario| scenario.outcome != Outcome::Passed);
        let ids: BTreeSet<String> = undone
            .map(|scenario| scenario.id)
            .chain(self.not_run)
            .collect();
        if ids.is_empty() {
            return Err(LastReportError::AllPassed { path });
        }
        Ok(ids)
    }
}
