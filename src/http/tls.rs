//! Certificates and keys, read from PEM files.

use std::path::Path;

use reqwest::{Certificate, Identity};

use super::transport_error::innermost;
use super::{ClientCertificate, TargetError};
use crate::bounded::{self, MIB};

/// The certificates that a system trusts are much smaller, all of them together.
const LARGEST_FILE: u64 = 4 * MIB;

/// The certificates in a PEM file.
pub(super) fn certificates(path: &Path) -> Result<Vec<Certificate>, TargetError> {
    let error = |reason: String| TargetError::Certificates {
        path: path.to_owned(),
        reason,
    };
    let pem = bounded::read(path, LARGEST_FILE).map_err(|cause| error(cause.to_string()))?;
    let all = Certificate::from_pem_bundle(&pem).map_err(|cause| error(innermost(&cause)))?;
    if all.is_empty() {
        return Err(error("it holds no certificate in PEM form".to_owned()));
    }
    Ok(all)
}

/// Certificate and key, which the library wants in one piece.
pub(super) fn identity(files: &ClientCertificate) -> Result<Identity, TargetError> {
    let error = |reason: String| TargetError::ClientCertificate {
        certificate: files.certificate.clone(),
        key: files.key.clone(),
        reason,
    };
    let read = |path: &Path| {
        let unreadable = |cause| error(format!("{}: {cause}", path.display()));
        bounded::read(path, LARGEST_FILE).map_err(unreadable)
    };
    let mut pem = read(&files.certificate)?;
    pem.push(b'\n');
    pem.extend(read(&files.key)?);
    Identity::from_pem(&pem).map_err(|_| {
        error("the one holds no certificate, or the other no private key, in PEM form".to_owned())
    })
}
