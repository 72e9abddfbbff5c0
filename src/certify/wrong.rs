//! What can be wrong with a bundle, and how that is told.

use std::path::PathBuf;

use super::contents::{CERTIFICATE, STATEMENT};
use super::envelope::EnvelopeError;
use super::files::FileError;
use super::verdicts::Doubt;
use crate::printable::quoted;
use crate::report::{ReadError, Tool, WriteError};

/// Why a bundle cannot be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// There is no such folder.
    #[error("{0}: name the folder of a bundle, as `conform certify` printed it")]
    File(#[from] FileError),
    /// The folder is empty, or something else than a bundle.
    #[error("{0} is no bundle: it holds neither {STATEMENT} nor {CERTIFICATE}")]
    NoBundle(PathBuf),
    /// What lies there is not what was written.
    #[error(
        "{folder} cannot be verified as it lies there ({wrong}): let no other program write there, and certify again"
    )]
    NotGenuine {
        /// The folder of the bundle.
        folder: PathBuf,
        /// What is wrong.
        wrong: Box<Wrong>,
    },
}

/// Something that is wrong with a bundle, in one line. Text of the bundle stands within quotes.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// Something lies in the folder that no bundle has, or not this one.
    #[error("{} was added: a bundle has no such file", quoted(.0))]
    Added(String),
    /// A badge of a product that has none.
    #[error("{0} was added: a product that does not conform has no badge")]
    Badge(String),
    /// The signature.
    #[error("{STATEMENT}: {0}")]
    Envelope(#[from] EnvelopeError),
    /// What is signed is no statement that this program writes.
    #[error("{STATEMENT}: what is signed is not what certify writes: {}", quoted(.0))]
    Statement(String),
    /// The statement is about something that no bundle has.
    #[error("{STATEMENT}: it names {}, which a bundle does not have", quoted(.0))]
    NoFile(String),
    /// The statement is about a file in two ways.
    #[error("{STATEMENT}: it names {} more than once", quoted(.0))]
    Twice(String),
    /// A file that belongs to the bundle is not there.
    #[error("{0} is missing")]
    Missing(String),
    /// A file was not signed.
    #[error("{0} was added: it is not signed")]
    NotSigned(String),
    /// A file is not as it was signed.
    #[error("{0} was changed: it is not as it was signed")]
    Changed(String),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A report cannot be read.
    #[error("{}", quoted(&.0.to_string()))]
    Read(#[from] ReadError),
    /// Another release writes other files.
    #[error(
        "{file} is the report of another program than this one, conform {}: verify the bundle with {}",
        Tool::this().version,
        quoted(theirs)
    )]
    OtherRelease {
        /// The report.
        file: String,
        /// The program that it names.
        theirs: String,
    },
    /// A report does not satisfy its schema.
    #[error("{file} does not satisfy its schema: {}", quoted(mistake))]
    Schema {
        /// The report.
        file: String,
        /// Where and in what.
        mistake: String,
    },
    /// A report says what does not follow.
    #[error("{file}: {}", quoted(&doubt.to_string()))]
    Doubt {
        /// The report.
        file: String,
        /// What does not follow.
        doubt: Doubt,
    },
    /// The certificate is none.
    #[error("{CERTIFICATE} is not what certify writes: {}", quoted(.0))]
    Certificate(String),
    /// The files of a bundle cannot be made of its reports.
    #[error("its files cannot be made of the two reports: {}", quoted(&.0.to_string()))]
    Write(#[from] WriteError),
    /// A file is another one than follows from the two runs.
    #[error("{0} is not what conform makes of the two runs")]
    Unfounded(String),
}
