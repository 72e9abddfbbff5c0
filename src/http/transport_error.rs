//! Why a call has no answer, and what to do about it.

use std::io;
use std::time::Duration;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nothing listens there.
    #[error("nothing listens at {0}: is the server running, and is the port right?")]
    Refused(String),
    /// The name is unknown.
    #[error("the host of {0} is unknown: is the name right?")]
    UnknownHost(String),
    /// No answer within the time for one call.
    #[error("{0} did not answer within {1:?}: is it the right service? (--timeout allows more)")]
    Timeout(String, Duration),
    /// The server shows a certificate that cannot be accepted.
    #[error(
        "the certificate of {url} is not accepted: {reason} (--cacert FILE trusts a certificate authority, --insecure any certificate)"
    )]
    Certificate {
        /// The address.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The encrypted connection cannot be made.
    #[error(
        "no TLS connection with {url}: {reason} (does the server speak TLS at all? if not, begin the base URL with http://)"
    )]
    Tls {
        /// The address.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The connection ended before an answer began.
    #[error("no usable answer from {url}: the connection ended before one began ({reason})")]
    Ended {
        /// The address.
        url: String,
        /// What is known of it.
        reason: String,
    },
    /// The connection broke, or what came was no HTTP.
    #[error("no usable answer from {url}: {reason}")]
    Broken {
        /// The address.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The answer is larger than any of this API.
    #[error("the answer of {url} has {what}: it is no answer of this API")]
    TooLarge {
        /// The address.
        url: String,
        /// What there is too much of.
        what: String,
    },
    /// The answer is in a form that was not asked for.
    #[error(
        "the answer of {url} is encoded as `{coding}`, though `identity` was asked for: switch its compression off, or what does it in front of the server"
    )]
    Encoded {
        /// The address.
        url: String,
        /// The content coding.
        coding: String,
    },
}

/// How a connection ends whose server does.
const ENDS: [io::ErrorKind; 3] = [
    io::ErrorKind::ConnectionReset,
    io::ErrorKind::ConnectionAborted,
    io::ErrorKind::BrokenPipe,
];

impl TransportError {
    /// Whether the server may have come to its end.
    pub(crate) fn is_end(&self) -> bool {
        matches!(self, Self::Ended { .. } | Self::Refused(_))
    }

    /// What the library says, in the words of this harness.
    pub(super) fn of(error: &reqwest::Error, url: &str, timeout: Duration) -> Self {
        let url = url.to_owned();
        if error.is_timeout() {
            return Self::Timeout(url, timeout);
        }
        if error.is_dns() {
            return Self::UnknownHost(url);
        }
        let io_error = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
        if io_error.is_some_and(|cause| cause.kind() == io::ErrorKind::ConnectionRefused) {
            return Self::Refused(url);
        }
        let reason = innermost(error);
        if error.is_connect() && causes(error).any(is_tls) {
            let certificate = reason.strip_prefix("invalid peer certificate: ");
            return match certificate.map(str::to_owned) {
                Some(reason) => Self::Certificate { url, reason },
                None => Self::Tls { url, reason },
            };
        }
        let is_cut = |error: &io::Error| ENDS.contains(&error.kind());
        if died_unanswered(error) || io_error.is_some_and(is_cut) {
            return Self::Ended { url, reason };
        }
        Self::Broken { url, reason }
    }
}

/// Whether a connection ended, in whatever way, before an answer began.
pub(super) fn died_unanswered(error: &reqwest::Error) -> bool {
    let garbage = causes(error)
        .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
        .any(hyper::Error::is_parse);
    error.is_request() && !error.is_connect() && !error.is_timeout() && !garbage
}

/// The library wraps a TLS error in I/O errors, whose chain of sources leaves it out.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<rustls::Error>()
        || error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .is_some_and(|inner| is_tls(inner))
}

/// An error and what caused it, down to the first cause.
pub(super) fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// The cause behind all causes.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
