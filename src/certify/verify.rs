//! Checks a bundle, without a server and without the network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bundle::{CERTIFICATE, FIRST_RUN, REPEAT, STATEMENT};
use super::certificate::Certificate;
use super::digest::Digest;
use super::envelope::{Envelope, EnvelopeError};
use super::files::{self, FileError, Found};
use super::keys::PublicKey;
use super::statement::{PAYLOAD_TYPE, Statement, Subject};
use super::verdicts::{self, Doubt};
use crate::report::{REPORT, ReadError, Report};
use crate::schemas;
use crate::suite::Suite;

/// Why a bundle cannot be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// There is no such folder.
    #[error("{0}: name the folder of a bundle, as `conform certify` printed it")]
    File(#[from] FileError),
    /// The folder is empty, or something else than a bundle.
    #[error("{0} is no bundle: it holds neither {STATEMENT} nor {CERTIFICATE}")]
    NoBundle(PathBuf),
}

/// Something that is wrong with a bundle.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// The signature.
    #[error("{STATEMENT}: {0}")]
    Envelope(#[from] EnvelopeError),
    /// What is signed is no statement that this program writes.
    #[error("{STATEMENT}: what is signed is not what certify writes: {0}")]
    Statement(String),
    /// A file that was signed is not there.
    #[error("{0} is missing")]
    Missing(String),
    /// A file was not signed.
    #[error("{0} was added: it is not signed")]
    Added(String),
    /// A file is not as it was signed.
    #[error("{0} was changed: it is not as it was signed")]
    Changed(String),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A report cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A report does not satisfy its schema.
    #[error("{file} does not satisfy its schema: {mistake}")]
    Schema {
        /// The report.
        file: String,
        /// Where and in what.
        mistake: String,
    },
    /// A report says what does not follow.
    #[error("{file}: {doubt}")]
    Doubt {
        /// The report.
        file: String,
        /// What does not follow.
        doubt: Doubt,
    },
    /// The certificate, or the statement, is not what the two runs come to.
    #[error("{0} is not what the two runs come to")]
    Certificate(&'static str),
}

/// What came of checking a bundle.
#[derive(Debug, Default)]
pub struct Verification {
    /// What the bundle says, where it can be read.
    pub certificate: Option<Certificate>,
    /// How many files are as they were signed.
    pub intact: usize,
    /// Expectations that the recorded exchanges bear out.
    pub rechecked: usize,
    /// Expectations of which they say too little, as names stand in them for secrets.
    pub beyond: usize,
    /// Everything that is wrong.
    pub wrong: Vec<Wrong>,
}

/// Checks the bundle in a folder against the public key of its vendor.
///
/// # Errors
/// The folder cannot be read, or holds no bundle.
pub fn verify(
    folder: &Path,
    key: &PublicKey,
    suite: &Arc<Suite>,
) -> Result<Verification, VerifyError> {
    let found: BTreeMap<String, PathBuf> = files::files_in(folder)?
        .into_iter()
        .map(|Found { name, path }| (name, path))
        .collect();
    if !found.contains_key(STATEMENT) && !found.contains_key(CERTIFICATE) {
        return Err(VerifyError::NoBundle(folder.to_owned()));
    }
    let mut verification = Verification::default();
    let statement = note(&mut verification, statement(&found, key));
    if let Some(statement) = &statement {
        verification.files(&found, statement);
    }
    let runs = [FIRST_RUN, REPEAT].map(|run| verification.report(&found, run, suite));
    let certificate = note(&mut verification, certificate(&found));
    if let ([Some(first), Some(second)], Some(certificate)) = (&runs, &certificate) {
        let runs = [first, second];
        let product = certificate.product.clone();
        if Certificate::new(suite, product, runs) != *certificate {
            verification.wrong.push(Wrong::Certificate(CERTIFICATE));
        }
        if let Some(signed) = statement {
            let files = signed.subject.iter();
            let files = files.filter(|subject| subject.name != certificate.product.url());
            let follows = Statement::new(certificate, runs, files.cloned().collect());
            if follows != signed {
                verification.wrong.push(Wrong::Certificate(STATEMENT));
            }
        }
    }
    verification.certificate = certificate;
    Ok(verification)
}

fn note<T>(verification: &mut Verification, result: Result<T, Wrong>) -> Option<T> {
    result.map_err(|wrong| verification.wrong.push(wrong)).ok()
}

fn bytes(found: &BTreeMap<String, PathBuf>, name: &str) -> Result<Vec<u8>, Wrong> {
    let path = found.get(name);
    let path = path.ok_or_else(|| Wrong::Missing(name.to_owned()))?;
    Ok(files::read(path)?)
}

fn statement(found: &BTreeMap<String, PathBuf>, key: &PublicKey) -> Result<Statement, Wrong> {
    let envelope = Envelope::parse(&bytes(found, STATEMENT)?)?;
    let payload = envelope.open(PAYLOAD_TYPE, key)?;
    serde_json::from_slice(&payload).map_err(|error| Wrong::Statement(error.to_string()))
}

fn certificate(found: &BTreeMap<String, PathBuf>) -> Result<Certificate, Wrong> {
    let certificate = serde_json::from_slice(&bytes(found, CERTIFICATE)?);
    certificate.map_err(|_| Wrong::Certificate(CERTIFICATE))
}

impl Verification {
    /// Whether the bundle is genuine and says that the product conforms.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let certificate = self.certificate.as_ref();
        self.wrong.is_empty() && certificate.is_some_and(|certificate| certificate.conformant)
    }

    /// Compares the files that are there with those that were signed; names from the statement are never opened.
    fn files(&mut self, found: &BTreeMap<String, PathBuf>, statement: &Statement) {
        let mut signed: BTreeMap<&str, &Digest> = BTreeMap::new();
        for Subject { name, digest } in &statement.subject {
            signed.insert(name, digest);
        }
        for (name, path) in found.iter().filter(|(name, _)| *name != STATEMENT) {
            let Some(digest) = signed.remove(name.as_str()) else {
                self.wrong.push(Wrong::Added(name.clone()));
                continue;
            };
            match files::read(path) {
                Ok(bytes) if Digest::of(&bytes) == *digest => self.intact += 1,
                Ok(_) => self.wrong.push(Wrong::Changed(name.clone())),
                Err(error) => self.wrong.push(Wrong::File(error)),
            }
        }
        let missing = signed.keys().filter(|name| !name.starts_with("pkg:"));
        let missing = missing.map(|name| Wrong::Missing((*name).to_owned()));
        self.wrong.extend(missing);
    }

    /// Reads the report of a run and checks it.
    fn report(
        &mut self,
        found: &BTreeMap<String, PathBuf>,
        run: &str,
        suite: &Arc<Suite>,
    ) -> Option<Report> {
        let file = if run.is_empty() {
            REPORT.to_owned()
        } else {
            format!("{run}/{REPORT}")
        };
        let text = bytes(found, &file);
        let text = note(self, text)?;
        let report = Report::parse(&text, Path::new(&file)).map_err(Wrong::from);
        let report = note(self, report)?;
        let mistakes = schemas::mistakes_in_report(&text).into_iter();
        self.wrong.extend(mistakes.map(|mistake| Wrong::Schema {
            file: file.clone(),
            mistake,
        }));
        let checked = verdicts::check(&report, suite);
        self.rechecked += checked.rechecked;
        self.beyond += checked.beyond;
        let doubts = checked.doubts.into_iter();
        self.wrong.extend(doubts.map(|doubt| Wrong::Doubt {
            file: file.clone(),
            doubt,
        }));
        Some(report)
    }
}
