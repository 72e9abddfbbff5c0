//! The report of the last run: what of it is to be run again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::write::REPORT;
use super::{ReadError, Report};
use crate::run::Outcome;

/// An earlier report, and where it stands.
#[derive(Debug)]
pub struct LastReport {
    report: Report,
    path: PathBuf,
}

/// Why nothing can be run again.
#[derive(Debug, thiserror::Error)]
pub enum LastReportError {
    /// There is no report that can be read.
    #[error("{0}; run the suite once, or name the folder of the last report with --report-dir")]
    Unreadable(#[from] ReadError),
    /// It is the report of another suite.
    #[error(
        "{path} is the report of another suite ({theirs:.12}…, this is {ours:.12}…): run the suite once"
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
        let path = dir.join(REPORT);
        let report = Report::read(&path)?;
        Ok(Self { report, path })
    }

    /// The report, if it is one of the suite with that digest.
    ///
    /// # Errors
    /// It is that of another suite.
    pub fn of_suite(self, digest: &str) -> Result<Report, LastReportError> {
        let Self { report, path } = self;
        if report.suite.digest == digest {
            return Ok(report);
        }
        Err(LastReportError::OtherSuite {
            path,
            theirs: report.suite.digest,
            ours: digest.to_owned(),
        })
    }

    /// The ids of the scenarios that did not pass, or did not come to their end.
    ///
    /// # Errors
    /// There are none, or it is the report of another suite than that with `digest`.
    pub fn not_passed(self, digest: &str) -> Result<BTreeSet<String>, LastReportError> {
        let path = self.path.clone();
        let report = self.of_suite(digest)?;
        let undone = report.scenarios.into_iter();
        let undone = undone.filter(|scenario| scenario.outcome != Outcome::Passed);
        let ids: BTreeSet<String> = undone
            .map(|scenario| scenario.id)
            .chain(report.not_run)
            .collect();
        if ids.is_empty() {
            return Err(LastReportError::AllPassed { path });
        }
        Ok(ids)
    }
}
