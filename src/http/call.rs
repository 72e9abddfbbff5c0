//! A call as it goes out: everything filled in, secrets in clear. It is never stored; an exchange is.

use crate::contract::Role;

/// One request.
#[derive(Clone, PartialEq)]
pub struct Call {
    /// The operation's name.
    pub operation: String,
    /// What the harness uses that for by itself.
    pub role: Option<Role>,
    /// The HTTP method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers of this call, besides those that every call has.
    pub headers: Vec<(String, String)>,
    /// The body, whose type stands in the headers.
    pub body: Option<String>,
}

opaque_debug!(Call: operation);
