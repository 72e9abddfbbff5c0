//! The server under test: where it is, how it is reached, and everything that is sent to it or comes back.

mod address;
mod answer;
mod body_reader;
mod call;
mod client;
mod clock;
mod encodings;
mod escapes;
mod exchange;
mod file;
mod headers;
mod json;
mod pace;
mod proxy;
mod pseudonym;
mod randomness;
mod rate_limit;
mod rate_limit_headers;
mod redact;
mod secret_form;
mod secret_index;
mod secret_kind;
mod target_error;
mod throttle;
mod tls;
mod transport_error;
mod url_cache;
mod waits;
mod waiver;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

pub use address::{AddressError, BaseUrl, DomainError, email_domain};
pub use answer::Answer;
pub use call::Call;
pub use client::Client;
pub use clock::{ClockDifference, ClockSource, ServerClock};
pub(crate) use exchange::LONGEST_BODY;
pub use exchange::{Exchange, HeaderLine, RequestRecord, ResponseRecord};
pub use file::{
    Accounts, AccountsFile, CapabilitiesFile, Certification, CertificationFile, Description,
    TargetFile, TargetFileError, TlsFile, VariableError, Variables, WaiverFile,
};
pub use headers::HeaderError;
pub use proxy::{ProxyAddress, ProxyError};
pub(crate) use pseudonym::{UNKNOWN, holds_issued_name, holds_name};
pub use rate_limit::{
    Caller, DeclaredLimit, LimitedCalls, RateLimit, RateLimitError, RateLimits, SlowestLimit,
};
pub use redact::Secrets;
pub(crate) use redact::is_cut;
pub use secret_kind::SecretKind;
pub use target_error::TargetError;
pub use throttle::{Permit, Shortage, Throttle, WaitBudgetExceeded, Waited};
pub use transport_error::TransportError;
pub use waits::{Wait, WaitNotifier};
pub use waiver::{Waiver, Waivers};

use crate::contract::{Contract, Operation, is_path, parameters};
use crate::diagnostic::did_you_mean_or;

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
    /// The longest time for a run; `None` leaves it to the run.
    pub max_time: Option<Duration>,
    /// Whether the production service may be tested.
    pub allow_production: bool,
    /// Whether certificates are left unchecked.
    pub insecure: bool,
    /// A file of PEM certificates to trust besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// The certificate that this client shows.
    pub client_certificate: Option<ClientCertificate>,
    /// The proxy to go through.
    pub proxy: Option<ProxyAddress>,
    /// Hosts that are production, besides the documented one.
    pub production: Vec<BaseUrl>,
    /// Whether accounts may have a second factor, where that is declared.
    pub second_factor: Option<bool>,
    /// The limits that the server is declared to have.
    pub rate_limits: RateLimits,
    /// How many seconds the server's clock is ahead, for one that does not tell its time.
    pub clock_offset: Option<i64>,
    /// How many failed logins the check of 429 may take, where that is declared.
    pub max_attempts: Option<u32>,
    /// Whether the server is known to take no word of a caller on its own machine for the address of somebody else.
    pub distrusts_loopback: bool,
    /// Further secrets, which stand in commands and headers.
    pub secrets: Vec<String>,
}

/// A certificate that a client shows, and its private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// A PEM file with the certificate.
    pub certificate: PathBuf,
    /// A PEM file with the key.
    pub key: PathBuf,
}

// Without headers and proxy, whose values are secrets.
opaque_debug!(Target: base_url, operations);

/// Method and path of an operation, as `METHOD /path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationAddress {
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path, joined to the base URL.
    pub path: String,
}

/// Why method and path of an operation cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// It is not of that form.
    #[error("`{0}` is no method and path: write METHOD /path, such as POST /api/auth/logout")]
    Malformed(String),
    /// The contract has no such operation.
    #[error("the contract has no operation `{name}`: {advice}")]
    Unknown {
        /// What was written.
        name: String,
        /// What could have been.
        advice: String,
    },
    /// The method is none of HTTP.
    #[error("`{method}` is no method of HTTP: {advice}")]
    UnknownMethod {
        /// What was written.
        method: String,
        /// What could have been.
        advice: String,
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
            max_time: None,
            allow_production: false,
            insecure: false,
            ca_file: None,
            client_certificate: None,
            proxy: None,
            production: Vec::new(),
            second_factor: None,
            rate_limits: RateLimits::new(),
            clock_offset: None,
            max_attempts: None,
            distrusts_loopback: false,
            secrets: Vec::new(),
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
        let (name, address) = text.split_once('=').ok_or_else(malformed)?;
        self.place_operation(name.trim(), address, contract)
    }

    /// Replaces method and path of one operation, given as `METHOD /path`.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn place_operation(
        &mut self,
        name: &str,
        address: &str,
        contract: &Contract,
    ) -> Result<(), OperationError> {
        let address: OperationAddress = address.parse()?;
        let path = address.path.as_str();
        let known = contract.operations.get(name).ok_or_else(|| {
            let known = || contract.operations.keys().map(String::as_str);
            let all = format!("it has {}", known().collect::<Vec<_>>().join(", "));
            OperationError::Unknown {
                name: name.to_owned(),
                advice: did_you_mean_or(name, known(), &all),
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
        self.operations.insert(name.to_owned(), address);
        Ok(())
    }

    /// Sends a header with every call, in place of one of the same name.
    ///
    /// # Errors
    /// It cannot be sent, or is not the user's to set.
    pub fn set_header(
        &mut self,
        name: &str,
        value: &str,
        contract: &Contract,
    ) -> Result<(), HeaderError> {
        let (name, value) = (name.trim(), value.trim());
        headers::check(name, value, contract)?;
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    /// Whether it is the documented production service, or a host that is listed as production.
    pub(crate) fn is_production(&self, contract: &Contract) -> bool {
        let documented = BaseUrl::parse(&contract.production).ok();
        let mut hosts = self.production.iter().chain(&documented);
        hosts.any(|host| self.base_url.same_host(host))
    }
}

/// The methods that an operation may have.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

impl FromStr for OperationAddress {
    type Err = OperationError;

    fn from_str(text: &str) -> Result<Self, OperationError> {
        let malformed = || OperationError::Malformed(text.trim().to_owned());
        let (method, path) = text.trim().split_once(' ').ok_or_else(malformed)?;
        let (method, path) = (method.trim(), path.trim());
        let is_word = !method.is_empty() && method.chars().all(|c| c.is_ascii_alphabetic());
        if !is_word || !is_path(path) {
            return Err(malformed());
        }
        let method = method.to_ascii_uppercase();
        if !METHODS.contains(&method.as_str()) {
            let all = format!("write one of {}", METHODS.join(", "));
            let advice = did_you_mean_or(&method, METHODS, &all);
            return Err(OperationError::UnknownMethod { method, advice });
        }
        Ok(Self {
            method,
            path: path.to_owned(),
        })
    }
}

/// A parameter of `path` that `other` lacks.
fn not_in<'a>(path: &'a str, other: &str) -> Option<&'a str> {
    parameters(path).find(|parameter| !parameters(other).any(|known| known == *parameter))
}
