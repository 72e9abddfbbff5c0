//! Writes a bundle: the reports of two runs, what they come to, and the signed statement over all of it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::certificate::Certificate;
use super::contents::{BADGES, CERTIFICATE, REPEAT, RUNS, STATEMENT, own_files, subjects};
use super::envelope::Envelope;
use super::files::{FileError, names_in};
use super::keys::KeyPair;
use super::product::Product;
use super::statement::{PAYLOAD_TYPE, Statement};
use crate::printable::quoted;
use crate::report::{RUN_FILES, Report, WriteError, json, prepare, write_files, write_reports};
use crate::run::Plan;

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The folder cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The folder holds something else.
    #[error(
        "{folder} holds {}, which is no file of a bundle: move it away, or name another --report-dir",
        quoted(name)
    )]
    Foreign {
        /// The folder of the bundle.
        folder: PathBuf,
        /// What stands in the way.
        name: String,
    },
    /// Somebody else makes a bundle of this product.
    #[error(
        "{0} is being made by another `conform certify`: wait for its end, or name another --report-dir"
    )]
    Busy(PathBuf),
}

/// The folder of a bundle that is about to be made.
#[derive(Debug)]
pub struct Bundle {
    folder: PathBuf,
    turn: File,
}

/// A bundle that was made.
#[derive(Debug)]
pub struct Written {
    /// What it says.
    pub certificate: Certificate,
    /// Its folder.
    pub folder: PathBuf,
    _turn: File,
}

/// A bundle is made by one at a time. The system lets go of it as the process ends, in whatever way. The file stands
/// beside the folder, and stays: who took it away could take that of another one.
fn take_turn(dir: &Path, folder: &str) -> Result<File, BundleError> {
    let path = dir.join(format!(".{folder}.lock"));
    let unwritten = |cause| {
        let path = path.clone();
        BundleError::Write(WriteError::File { path, cause })
    };
    fs::create_dir_all(dir).map_err(unwritten)?;
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(false);
    let file = options.open(&path).map_err(unwritten)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BundleError::Busy(dir.join(folder))),
        Err(TryLockError::Error(cause)) => Err(unwritten(cause)),
    }
}

impl Bundle {
    /// Makes the folder of a bundle below `dir`, and takes away what an earlier one of this product has left there.
    ///
    /// # Errors
    /// The folder cannot be made or emptied, holds something else, or is that of a bundle which is being made.
    pub fn prepare(dir: &Path, product: &Product) -> Result<Self, BundleError> {
        let name = product.folder();
        let turn = take_turn(dir, &name)?;
        let folder = dir.join(name);
        prepare(&folder, &[STATEMENT, CERTIFICATE])?;
        prepare(&folder, &BADGES)?;
        prepare(&folder, &RUN_FILES)?;
        let repeat = folder.join(REPEAT);
        if fs::symlink_metadata(&repeat).is_ok_and(|found| found.is_dir()) {
            prepare(&repeat, &RUN_FILES)?;
            // A folder that is not empty stays, and shows below.
            let _ = fs::remove_dir(&repeat);
        }
        match names_in(&folder)?.into_iter().next() {
            Some(name) => Err(BundleError::Foreign { folder, name }),
            None => Ok(Self { folder, turn }),
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
        let Self { folder, turn } = self;
        for (report, run) in runs.into_iter().zip(RUNS) {
            write_reports(report, &folder.join(run))?;
        }
        let certificate = Certificate::new(&plan.suite, product, runs);
        write_files(&folder, own_files(&certificate)?)?;
        let subjects = subjects(&certificate, runs)?;
        let statement = json(&Statement::new(&certificate, runs, subjects))?;
        let envelope = Envelope::sign(PAYLOAD_TYPE, statement.as_bytes(), key);
        write_files(&folder, [(STATEMENT, json(&envelope)?)])?;
        Ok(Written {
            certificate,
            folder,
            _turn: turn,
        })
    }
}
