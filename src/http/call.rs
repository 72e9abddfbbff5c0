//! A call as it goes out: everything filled in, secrets in clear. It is never stored; an exchange is.

use std::fmt;

/// One request.
#[derive(Clone, PartialEq)]
pub struct Call {
    /// The operation's name.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers of this call, besides those that every call has.
    pub headers: Vec<(String, String)>,
    /// The body, whose type stands in the headers.
    pub body: Option<String>,
}

impl fmt::Debug for Call {
    /// Without its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
