//! Writes a bundle: the reports of two runs, what they come to, and the signed statement over all of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::badge;
use super::certificate::Certificate;
use super::digest::Digest;
use super::envelope::Envelope;
use super::files::{FileError, Found, files_in};
use super::keys::KeyPair;
use super::product::Product;
use super::statement::{PAYLOAD_TYPE, Statement, Subject};
use crate::engine::Plan;
use crate::report::{RUN_FILES, Report, WriteError, json, prepare, write_files, write_reports};

/// Where the first run stands in a bundle: in its own folder.
pub const FIRST_RUN: &str = "";
/// The folder of the run that repeats the first.
pub const REPEAT: &str = "repeat";
pub(super) const CERTIFICATE: &str = "certificate.json";
pub(super) const STATEMENT: &str = "statement.dsse.json";
const BADGE: &str = "badge.svg";
const BADGE_JSON: &str = "badge.json";

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What was written cannot be read again.
    #[error(transparent)]
    File(#[from] FileError),
    /// The folder holds something else.
    #[error(
        "{folder} holds {name}, which is no file of a bundle: move it away, or name another --report-dir"
    )]
    Foreign {
        /// The folder of the bundle.
        folder: PathBuf,
        /// What stands in the way.
        name: String,
    },
    /// The folder of an earlier bundle cannot be emptied.
    #[error("cannot empty {folder}: {cause} (--report-dir DIR names another folder)")]
    NotEmptied {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

/// The folder of a bundle that is about to be made.
#[derive(Debug)]
pub struct Bundle {
    folder: PathBuf,
}

/// A bundle that was made.
#[derive(Debug)]
pub struct Written {
    /// What it says.
    pub certificate: Certificate,
    /// Its folder.
    pub folder: PathBuf,
}

impl Bundle {
    /// Makes the folder of a bundle below `dir`, and takes away what an earlier one of this product has left there.
    ///
    /// # Errors
    /// The folder cannot be made or emptied, or holds something else.
    pub fn prepare(dir: &Path, product: &Product) -> Result<Self, BundleError> {
        let folder = dir.join(product.folder());
        let own = [CERTIFICATE, STATEMENT, BADGE, BADGE_JSON];
        prepare(&folder, &own)?;
        prepare(&folder, &RUN_FILES)?;
        let repeat = folder.join(REPEAT);
        if repeat.is_dir() {
            prepare(&repeat, &RUN_FILES)?;
            // A folder that is not empty stays, and shows below.
            let _ = fs::remove_dir(&repeat);
        }
        match files_in(&folder)?.into_iter().next() {
            Some(Found { name, .. }) => Err(BundleError::Foreign { folder, name }),
            None => Ok(Self { folder }),
        }
    }

    /// The folder of a run in the bundle.
    #[must_use]
    pub fn folder_of(&self, run: &str) -> PathBuf {
        self.folder.join(run)
    }

    /// Writes what two runs come to, signed; the badge only where the product conforms.
    ///
    /// # Errors
    /// A file cannot be written. The statement comes last: without it the bundle says nothing.
    pub fn write(
        self,
        plan: &Plan,
        product: Product,
        runs: [&Report; 2],
        key: &KeyPair,
    ) -> Result<Written, BundleError> {
        let folder = self.folder;
        for (report, run) in runs.into_iter().zip([FIRST_RUN, REPEAT]) {
            write_reports(report, &folder.join(run))?;
        }
        let certificate = Certificate::new(&plan.suite, product, runs);
        write_files(&folder, [(CERTIFICATE, json(&certificate)?)])?;
        if certificate.conformant {
            let texts = [
                (BADGE, badge::svg(&certificate)),
                (BADGE_JSON, json(&badge::endpoint(&certificate))?),
            ];
            write_files(&folder, texts)?;
        }
        let mut subjects = Vec::new();
        for Found { name, path } in files_in(&folder)? {
            let digest = Digest::of(&super::files::read(&path)?);
            subjects.push(Subject { name, digest });
        }
        let statement = json(&Statement::new(&certificate, runs, subjects))?;
        let envelope = Envelope::sign(PAYLOAD_TYPE, statement.as_bytes(), key);
        write_files(&folder, [(STATEMENT, json(&envelope)?)])?;
        Ok(Written {
            certificate,
            folder,
        })
    }
}
