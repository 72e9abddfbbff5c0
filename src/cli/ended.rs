//! How a command ends: what came of it, or why it could not be done.

use crate::accounts::ProvisionError;
use crate::certify::{BundleError, KeyError, ProductError, VerifyError};
use crate::explain::UnknownName;
use crate::http::{AddressError, OperationError, TargetError, TargetFileError};
use crate::openapi::OpenApiError;
use crate::reference::ReferenceError;
use crate::report::{LastReportError, MergeError, ReadError, WriteError};
use crate::selftest::{ControlError, MutantsError};
use crate::suite::SuiteError;
use crate::verdict::Conclusion;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It did what it should.
    Well,
    /// A run came to its end.
    Concluded(Conclusion),
    /// The suite has gaps.
    Gaps,
    /// Something got worse.
    Worse,
    /// The product does not conform: its bundle says so.
    NotCertified,
    /// The bundle is not genuine, or says that the product does not conform.
    NotVerified,
    /// A signal ended it.
    Interrupted(Signal),
}

impl Ended {
    /// The exit code of the program.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Well | Self::Concluded(Conclusion::Conforms) => 0,
            Self::Concluded(Conclusion::Violates | Conclusion::StaleWaivers)
            | Self::Gaps
            | Self::Worse
            | Self::NotCertified
            | Self::NotVerified => 1,
            Self::Concluded(Conclusion::NotTestable) => 3,
            Self::Concluded(Conclusion::Inconclusive) => 4,
            Self::Interrupted(Signal::Interrupt) => 130,
            Self::Interrupted(Signal::Terminate) => 143,
        }
    }
}

/// A signal that ends a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// A polite request to end.
    Terminate,
}

/// Why a command could not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The suite is wrong.
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// The base URL is wrong.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// An `--operation` is wrong.
    #[error("--operation: {0}")]
    Operation(#[from] OperationError),
    /// The target cannot be called with these settings.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The target file cannot be used.
    #[error(transparent)]
    TargetFile(#[from] TargetFileError),
    /// Arguments that do not go together, or a value that cannot be used.
    #[error("{0}")]
    Usage(String),
    /// The target cannot be tested.
    #[error("{0}")]
    NotTestable(String),
    /// There is nothing of that name to explain.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    /// OpenAPI cannot describe the contract.
    #[error(transparent)]
    OpenApi(#[from] OpenApiError),
    /// The control of a run over mutants failed.
    #[error(transparent)]
    Void(#[from] ControlError),
    /// The mutants that the program brings are wrong.
    #[error(transparent)]
    Mutants(#[from] MutantsError),
    /// The account file cannot be used.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// The reference implementation cannot be started.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// A report cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// There is nothing to run again.
    #[error("--rerun-failed: {0}")]
    LastReport(#[from] LastReportError),
    /// A report cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Reports do not make one.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A product cannot be certified under that name.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// A bundle cannot be written.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A bundle cannot be checked.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The system refuses something that every run needs.
    #[error("the system refuses: {0}")]
    System(#[from] std::io::Error),
}
