//! Why a target cannot be called at all.

use std::path::PathBuf;

use super::ProxyError;

/// Why a target cannot be called at all.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The target is the production service.
    #[error(
        "{0} is the production service: a run creates accounts and fails logins there. --allow-production if that is what you want"
    )]
    Production(String),
    /// Its secrets are to be shown, and it is on another machine.
    #[error(
        "--show-secrets is for a server on this machine, such as http://127.0.0.1:8000: {0} is on another; leave it out"
    )]
    NotHere(String),
    /// A header cannot be sent.
    #[error("`{0}` is no header: write --header \"Name: value\"")]
    Header(String),
    /// The file of certificates cannot be used.
    #[error("cannot use the certificates in {path}: {reason}")]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The proxy's address cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The certificate that the client shows cannot be used.
    #[error("cannot use the certificate in {certificate} with the key in {key}: {reason}")]
    ClientCertificate {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The client cannot be made.
    #[error("cannot set up TLS: {0}; name the certificates to trust with --cacert FILE")]
    Tls(String),
}
