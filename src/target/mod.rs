//! The server under test: where it is, how it is reached, and everything that is sent to it or comes back.

mod address;
mod answer;
mod call;
mod client;
mod clock;
mod encodings;
mod exchange;
mod json;
mod read;
mod redact;
mod secret_index;
mod throttle;
mod transport_error;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub use address::{AddressError, BaseUrl};
pub use answer::Answer;
pub use call::Call;
pub use client::{Client, TargetError};
pub use clock::ServerClock;
pub(crate) use exchange::cut;
pub use exchange::{Exchange, HeaderLine, RequestRecord, ResponseRecord};
pub use redact::{SecretKind, Secrets};
pub use throttle::{Throttle, Waited};
pub use transport_error::TransportError;

use crate::contract::{Contract, Operation, is_path, parameters};

/// A server and how to reach it.
#[derive(Clone)]
pub struct Target {
    /// The address that operation paths are joined to.
    pub base_url: BaseUrl,
    /// Operations whose method or path this server has elsewhere.
    pub operations: BTreeMap<String, OperationAddress>,
    /// Headers sent with every call.
    pub headers: Vec<(String, String)>,
    /// The longest time for one call, its answer included.
    pub timeout: Duration,
    /// The longest time that throttling may cost a run; `None` derives it from the number of throttled calls.
    pub max_wait: Option<Duration>,
    /// Whether the production service may be tested.
    pub allow_production: bool,
    /// Whether certificates are left unchecked.
    pub insecure: bool,
    /// A file of PEM certificates to trust besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// The proxy to go through.
    pub proxy: Option<String>,
}

impl fmt::Debug for Target {
    /// Without headers and proxy, whose values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("base_url", &self.base_url)
            .field("operations", &self.operations)
            .finish_non_exhaustive()
    }
}

/// Method and path of an operation, as `METHOD /path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationAddress {
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path, joined to the base URL.
    pub path: String,
}

/// Why `NAME=METHOD /path` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// It is not of that form.
    #[error(
        "`{0}` is no operation: write NAME=\"METHOD /path\", such as revoke-others=\"POST /api/auth/tokens/revoke-others\""
    )]
    Malformed(String),
    /// The contract has no such operation.
    #[error("the contract has no operation `{name}`: it has {known}")]
    Unknown {
        /// What was written.
        name: String,
        /// What could have been.
        known: String,
    },
    /// The path lacks a parameter of the operation.
    #[error(
        "the path of `{name}` must hold `{{{parameter}}}`, so that the harness can say which one it means"
    )]
    MissingParameter {
        /// The operation.
        name: String,
        /// The parameter.
        parameter: String,
    },
    /// The path has a parameter that the operation has not.
    #[error("the path of `{name}` holds `{{{parameter}}}`, for which the contract has no value")]
    UnknownParameter {
        /// The operation.
        name: String,
        /// The parameter.
        parameter: String,
    },
}

impl Target {
    /// A target with the default settings.
    #[must_use]
    pub fn new(base_url: BaseUrl) -> Self {
        Self {
            base_url,
            operations: BTreeMap::new(),
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
            max_wait: None,
            allow_production: false,
            insecure: false,
            ca_file: None,
            proxy: None,
        }
    }

    /// Method and path of an operation on this server.
    #[must_use]
    pub fn operation(&self, name: &str, operation: &Operation) -> OperationAddress {
        self.operations
            .get(name)
            .cloned()
            .unwrap_or_else(|| OperationAddress {
                method: operation.method.value.clone(),
                path: operation.path.value.clone(),
            })
    }

    /// Replaces method and path of one operation, given as `NAME=METHOD /path`.
    ///
    /// # Errors
    /// What is wrong with `text`.
    pub fn set_operation(&mut self, text: &str, contract: &Contract) -> Result<(), OperationError> {
        let malformed = || OperationError::Malformed(text.to_owned());
        let (name, rest) = text.split_once('=').ok_or_else(malformed)?;
        let (method, path) = rest.trim().split_once(' ').ok_or_else(malformed)?;
        let (name, method, path) = (name.trim(), method.trim(), path.trim());
        let is_method = !method.is_empty() && method.chars().all(|c| c.is_ascii_alphabetic());
        if !is_method || !is_path(path) {
            return Err(malformed());
        }
        let known = contract.operations.get(name).ok_or_else(|| {
            let known: Vec<&str> = contract.operations.keys().map(String::as_str).collect();
            OperationError::Unknown {
                name: name.to_owned(),
                known: known.join(", "),
            }
        })?;
        if let Some(parameter) = not_in(&known.path, path) {
            let (name, parameter) = (name.to_owned(), parameter.to_owned());
            return Err(OperationError::MissingParameter { name, parameter });
        }
        if let Some(parameter) = not_in(path, &known.path) {
            let (name, parameter) = (name.to_owned(), parameter.to_owned());
            return Err(OperationError::UnknownParameter { name, parameter });
        }
        let address = OperationAddress {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
        };
        self.operations.insert(name.to_owned(), address);
        Ok(())
    }
}

/// A parameter of `path` that `other` lacks.
fn not_in<'a>(path: &'a str, other: &str) -> Option<&'a str> {
    parameters(path).find(|parameter| !parameters(other).any(|known| known == *parameter))
}
