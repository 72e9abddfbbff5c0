//! `conform verify`: checks a bundle, offline.

use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::ended::{CliError, Ended};
use crate::certify::{PublicKey, Verification, verify as check};
use crate::printable::quoted;
use crate::suite::Suite;
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The folder of the bundle.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The vendor's public key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub(super) fn verify(arguments: &VerifyArguments) -> Result<Ended, CliError> {
    let key = PublicKey::read(&arguments.key)?;
    let suite = Arc::new(Suite::built_in()?);
    let verification = check(&arguments.bundle, &key, &suite)?;
    terminal::out(&told(&verification, &key));
    Ok(if verification.is_good() {
        Ended::Well
    } else {
        Ended::NotVerified
    })
}

fn told(verification: &Verification, key: &PublicKey) -> String {
    let mut text = String::new();
    let all = verification.rechecked + verification.undecided;
    let _ = writeln!(text, "key        {}", key.id());
    let _ = writeln!(
        text,
        "files      {} as they were signed",
        verification.intact
    );
    // Of files that were tampered with nothing is judged.
    if all > 0 {
        let _ = writeln!(
            text,
            "exchanges  {} of {all} expectations rechecked; of {} the record says too little (secrets, or not tried)",
            verification.rechecked, verification.undecided
        );
    }
    for wrong in &verification.wrong {
        let _ = writeln!(text, "failed: {wrong}");
    }
    let Some(certificate) = &verification.certificate else {
        return text + "not verified\n";
    };
    let product = quoted(&certificate.product.to_string());
    let version = quoted(certificate.suite.version.as_deref().unwrap_or_default());
    if !verification.wrong.is_empty() {
        let _ = writeln!(text, "not verified: {product}");
    } else if certificate.conformant {
        let claims = certificate.claims();
        let _ = writeln!(
            text,
            "verified: {product} conforms to suite {version} ({claims})"
        );
    } else {
        let _ = writeln!(
            text,
            "genuine, but {product} does not conform to suite {version}:"
        );
        for objection in &certificate.objections {
            let _ = writeln!(text, "  {}", quoted(objection));
        }
    }
    text
}
