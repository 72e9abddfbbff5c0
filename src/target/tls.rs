//! Certificates and keys, read from PEM files.

use std::fs;
use std::path::PathBuf;

use reqwest::{Certificate, Identity};

use super::transport_error::innermost;
use super::{ClientCertificate, TargetError};

/// The certificates in a PEM file.
pub(super) fn certificates(path: &PathBuf) -> Result<Vec<Certificate>, TargetError> {
    let error = |reason: String| TargetError::Certificates {
        path: path.clone(),
        reason,
    };
    let pem = fs::read(path).map_err(|cause| error(cause.to_string()))?;
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
    let read = |path: &PathBuf| {
        let unreadable = |cause| error(format!("{}: {cause}", path.display()));
        fs::read(path).map_err(unreadable)
    };
    let mut pem = read(&files.certificate)?;
    pem.push(b'\n');
    pem.extend(read(&files.key)?);
    Identity::from_pem(&pem).map_err(|_| {
        error("the one holds no certificate, or the other no private key, in PEM form".to_owned())
    })
}
