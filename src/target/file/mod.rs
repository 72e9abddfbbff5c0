//! The target file: what is written in it, read and checked.

mod description;
mod masked;
mod parts;
mod reader;
mod variables;
mod written;

pub use description::{Accounts, Description, TargetFileError};
pub use variables::{VariableError, Variables};
pub use written::{AccountsFile, CapabilitiesFile, TargetFile, TlsFile, WaiverFile};
