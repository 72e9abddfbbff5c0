//! Headers that the user adds to every call, and those that are not the user's to set.

use super::client;
use crate::contract::Contract;

/// Why a header cannot be added to every call. No message repeats its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Its name or its value cannot be sent.
    #[error(
        "the header `{0}` cannot be sent: a name has letters, digits and hyphens, a value is one line"
    )]
    Unsendable(String),
    /// It is the scenarios' own.
    #[error("`{0}` is set by the scenarios themselves, and what they verify rests on it")]
    Taken(String),
}

const TAKEN: [&str; 5] = [
    "accept",
    "authorization",
    "content-length",
    "content-type",
    "transfer-encoding",
];

/// Checks a header that is to be sent with every call.
pub(super) fn check(name: &str, value: &str, contract: &Contract) -> Result<(), HeaderError> {
    let client_header = contract.client_header.as_str();
    let mut taken = TAKEN.iter().chain([&client_header]);
    if taken.any(|other| name.eq_ignore_ascii_case(other)) {
        return Err(HeaderError::Taken(name.to_owned()));
    }
    match client::header(name, value) {
        Some(_) => Ok(()),
        None => Err(HeaderError::Unsendable(name.to_owned())),
    }
}
