//! The target file: what is written in it, read and checked.

mod description;
mod masked;
mod parts;
mod reader;
mod variables;
mod written;

pub use description::{Accounts, Certification, Description, TargetFileError};
pub use variables::{VariableError, Variables};
pub use written::{
    AccountsFile, CapabilitiesFile, CertificationFile, TargetFile, TlsFile, WaiverFile,
};
