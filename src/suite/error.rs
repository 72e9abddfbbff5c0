//! Why there is no suite to run.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, summary};

/// Why there is no suite to run.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {cause}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// All files together are larger than those of any suite.
    #[error("{0} holds more than 32 MiB: it is no suite")]
    TooLarge(PathBuf),
    /// A link leads out of the folder: what it leads to would show in messages.
    #[error("{path} is a link that leads out of {folder}: put the file itself there")]
    Outside {
        /// The link.
        path: PathBuf,
        /// The folder of the suite.
        folder: PathBuf,
    },
    /// The folder holds no contract.
    #[error(
        "{0} holds no suite: a suite is a folder with specs/contract.yaml, specs/<feature>/<scenario>.yaml and schemas/"
    )]
    NoContract(PathBuf),
    /// The files hold mistakes.
    #[error("{}", summary("the suite", .0))]
    Mistakes(Vec<Diagnostic>),
}
