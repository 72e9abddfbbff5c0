//! Checks a bundle, without a server and without the network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::bundle::Written;
use super::certificate::Certificate;
use super::contents::{BADGES, CERTIFICATE, RUNS, STATEMENT, always, in_run, is_file, subjects};
use super::digest::Digest;
use super::envelope::Envelope;
use super::files::{FileError, names_in};
use super::keys::{KeyPair, PublicKey};
use super::statement::{PAYLOAD_TYPE, Statement, Subject};
use super::verdicts;
use super::wrong::{VerifyError, Wrong};
use crate::bounded::{self, MIB};
use crate::report::{REPORT, Report, Tool, json, mistakes_in_report, run_files};
use crate::suite::Suite;

/// What came of checking a bundle.
#[derive(Debug, Default)]
pub struct Verification {
    /// What the bundle says, where it is as it was signed.
    pub certificate: Option<Certificate>,
    /// How many files are as they were signed.
    pub intact: usize,
    /// Expectations that the recorded exchanges bear out.
    pub rechecked: usize,
    /// Expectations of which they say too little, as names stand in them for secrets.
    pub undecided: usize,
    /// Everything that is wrong.
    pub wrong: Vec<Wrong>,
}

/// Checks the bundle in a folder against the public key of its vendor. Nothing in it is believed before the signature
/// holds, and each of its files is read once.
///
/// # Errors
/// The folder cannot be read, or holds no bundle.
pub fn verify(
    folder: &Path,
    key: &PublicKey,
    suite: &Arc<Suite>,
) -> Result<Verification, VerifyError> {
    let names = names_in(folder)?;
    let has = |name: &str| names.iter().any(|found| found == name);
    if !has(STATEMENT) && !has(CERTIFICATE) {
        return Err(VerifyError::NoBundle(folder.to_owned()));
    }
    let mut verification = Verification::default();
    let (files, added): (BTreeSet<_>, BTreeSet<_>) = names
        .into_iter()
        .partition(|name| is_file(name) || name == STATEMENT);
    verification
        .wrong
        .extend(added.into_iter().map(Wrong::Added));
    let bundle = Folder {
        path: folder,
        files,
    };
    let payload = bundle.payload(key);
    let Some(payload) = verification.note(payload) else {
        return Ok(verification);
    };
    let statement = serde_json::from_slice::<Statement>(&payload)
        .map_err(|error| Wrong::Statement(error.to_string()));
    let Some(statement) = verification.note(statement) else {
        return Ok(verification);
    };
    verification.check(&bundle, &statement, &payload, suite);
    Ok(verification)
}

/// Asserts that a bundle which was just made is genuine as it lies there, before anybody is told of it.
///
/// # Errors
/// It is not: another program has written there, or a file is larger than any that is read.
pub fn assert_genuine(
    written: &Written,
    key: &KeyPair,
    suite: &Arc<Suite>,
) -> Result<(), VerifyError> {
    let verification = verify(&written.folder, &key.public(), suite)?;
    match verification.wrong.into_iter().next() {
        Some(wrong) => Err(VerifyError::NotGenuine {
            folder: written.folder.clone(),
            wrong: Box::new(wrong),
        }),
        None => Ok(()),
    }
}

/// The folder of a bundle.
struct Folder<'a> {
    path: &'a Path,
    /// Those of its files that are there.
    files: BTreeSet<String>,
}

impl Folder<'_> {
    fn read(&self, name: &str) -> Result<Vec<u8>, Wrong> {
        if !self.files.contains(name) {
            return Err(Wrong::Missing(name.to_owned()));
        }
        let path = self.path.join(name);
        bounded::read_no_follow(&path, most(name)).map_err(|cause| FileError { path, cause }.into())
    }

    /// What is signed, once the signature holds.
    fn payload(&self, key: &PublicKey) -> Result<Vec<u8>, Wrong> {
        let envelope = Envelope::parse(&self.read(STATEMENT)?)?;
        Ok(envelope.open(PAYLOAD_TYPE, key)?)
    }
}

/// How many bytes a file may have: of the reference, the largest of a run has 800 KiB, and the largest other one 5 KiB.
fn most(name: &str) -> u64 {
    if [STATEMENT, CERTIFICATE].contains(&name) || BADGES.contains(&name) {
        MIB
    } else {
        64 * MIB
    }
}

/// What is as it was signed.
#[derive(Default)]
struct Intact {
    digests: BTreeMap<String, Digest>,
    reports: [Option<Report>; 2],
    certificate: Option<Certificate>,
}

impl Verification {
    /// Whether the bundle is genuine and says that the product conforms.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let certificate = self.certificate.as_ref();
        self.wrong.is_empty() && certificate.is_some_and(|certificate| certificate.conformant)
    }

    fn note<T>(&mut self, result: Result<T, Wrong>) -> Option<T> {
        result.map_err(|wrong| self.wrong.push(wrong)).ok()
    }

    /// Checks everything that the statement is about.
    fn check(
        &mut self,
        bundle: &Folder<'_>,
        statement: &Statement,
        payload: &[u8],
        suite: &Arc<Suite>,
    ) {
        let mut signed = BTreeMap::new();
        for Subject { name, digest } in statement.subject.iter().filter(|one| is_file(&one.name)) {
            if signed.insert(name.as_str(), digest).is_some() {
                self.wrong.push(Wrong::Twice(name.clone()));
            }
        }
        let intact = self.intact(bundle, &signed, suite);
        let certificate = intact.certificate.as_ref();
        let others = statement.subject.iter().filter(|one| !is_file(&one.name));
        let others = others.filter(|one| !is_artefact(&one.name, certificate));
        let others = others.map(|one| Wrong::NoFile(one.name.clone()));
        self.wrong.extend(others);
        if let ([Some(first), Some(second)], Some(certificate)) = (&intact.reports, certificate) {
            let runs = [first, second];
            let certificate = Certificate::new(suite, certificate.product.clone(), runs);
            let followed = self.follow(&intact.digests, &signed, &certificate, runs, payload);
            self.note(followed);
        }
        self.certificate = intact.certificate;
    }

    /// Compares each file with its digest in the statement, and reads those that say something if all of them are intact.
    fn intact(
        &mut self,
        bundle: &Folder<'_>,
        signed: &BTreeMap<&str, &Digest>,
        suite: &Arc<Suite>,
    ) -> Intact {
        let mut intact = Intact::default();
        let mut texts: [Option<(Vec<u8>, Digest)>; 2] = [None, None];
        let there_or_signed = (bundle.files.iter().map(String::as_str))
            .chain(signed.keys().copied())
            .filter(|name| *name != STATEMENT);
        let files: BTreeSet<String> = always().chain(there_or_signed.map(str::to_owned)).collect();
        for name in &files {
            let name = name.as_str();
            let Some(bytes) = self.note(bundle.read(name)) else {
                continue;
            };
            let digest = Digest::of(&bytes);
            match signed.get(name) {
                None => self.wrong.push(Wrong::NotSigned(name.to_owned())),
                Some(signed) if **signed != digest => {
                    self.wrong.push(Wrong::Changed(name.to_owned()));
                }
                Some(_) => {
                    self.intact += 1;
                    if name == CERTIFICATE {
                        intact.certificate = self.note(certificate(&bytes));
                    }
                    let run = RUNS.iter().position(|run| in_run(run, REPORT) == name);
                    if let Some(run) = run {
                        texts[run] = Some((bytes, digest.clone()));
                    }
                    intact.digests.insert(name.to_owned(), digest);
                }
            }
        }
        // What has been tampered with need not be judged.
        if self.wrong.is_empty() {
            for (run, text) in texts.into_iter().enumerate() {
                let file = in_run(RUNS[run], REPORT);
                intact.reports[run] =
                    text.and_then(|(text, digest)| self.report(&file, &text, &digest, suite));
            }
        }
        intact
    }

    /// Makes everything anew that follows from two runs, and compares it with what is there.
    fn follow(
        &mut self,
        intact: &BTreeMap<String, Digest>,
        signed: &BTreeMap<&str, &Digest>,
        certificate: &Certificate,
        runs: [&Report; 2],
        payload: &[u8],
    ) -> Result<(), Wrong> {
        let subjects = subjects(certificate, runs)?;
        let belongs = |name: &str| subjects.iter().any(|subject| subject.name == name);
        let unfounded = BADGES
            .into_iter()
            .filter(|name| intact.contains_key(*name) && !belongs(name))
            .map(|name| Wrong::Badge(name.to_owned()));
        self.wrong.extend(unfounded);
        for Subject { name, digest } in &subjects {
            match intact.get(name) {
                Some(found) if found != digest => self.wrong.push(Wrong::Unfounded(name.clone())),
                // Whatever else is not there has been told.
                None if BADGES.contains(&name.as_str()) && !signed.contains_key(name.as_str()) => {
                    self.wrong.push(Wrong::Missing(name.clone()));
                }
                _ => {}
            }
        }
        let follows = json(&Statement::new(certificate, runs, subjects))?;
        if follows.as_bytes() != payload {
            self.wrong.push(Wrong::Unfounded(STATEMENT.to_owned()));
        }
        Ok(())
    }

    /// Reads the report of a run and checks it by itself.
    fn report(
        &mut self,
        file: &str,
        text: &[u8],
        digest: &Digest,
        suite: &Arc<Suite>,
    ) -> Option<Report> {
        let report = Report::parse(text, Path::new(file)).map_err(Wrong::from);
        let report = self.note(report)?;
        let (ours, theirs) = (Tool::this(), &report.tool);
        let file = file.to_owned();
        if (&ours.name, &ours.version) != (&theirs.name, &theirs.version) {
            let theirs = format!("{} {}", theirs.name, theirs.version);
            self.wrong.push(Wrong::OtherRelease { file, theirs });
            return None;
        }
        // A member that no report has, however large, is looked at no further.
        if !is_written_so(&report, digest) {
            self.wrong.push(Wrong::Unfounded(file));
            return None;
        }
        let mistakes = mistakes_in_report(text).into_iter();
        self.wrong.extend(mistakes.map(|mistake| Wrong::Schema {
            file: file.clone(),
            mistake,
        }));
        let checked = verdicts::check(&report, suite);
        self.rechecked += checked.rechecked;
        self.undecided += checked.undecided;
        let doubts = checked.doubts.into_iter();
        self.wrong.extend(doubts.map(|doubt| Wrong::Doubt {
            file: file.clone(),
            doubt,
        }));
        Some(report)
    }
}

/// Whether the file of a report is, to the last byte, as this program writes it.
fn is_written_so(report: &Report, digest: &Digest) -> bool {
    let mut files = run_files(report);
    files.any(|(name, content)| {
        name == REPORT && Digest::of_file(&content).is_ok_and(|written| written == *digest)
    })
}

fn certificate(text: &[u8]) -> Result<Certificate, Wrong> {
    let certificate = serde_json::from_slice::<Certificate>(text)
        .map_err(|error| Wrong::Certificate(error.to_string()))?;
    if certificate.product.is_sound() {
        Ok(certificate)
    } else {
        let told = "no product may have these names".to_owned();
        Err(Wrong::Certificate(told))
    }
}

/// Whether a subject is the artefact that was running; without a certificate nobody knows.
fn is_artefact(name: &str, certificate: Option<&Certificate>) -> bool {
    certificate.map_or(name.starts_with("pkg:"), |certificate| {
        let product = &certificate.product;
        product.artefact.is_some() && name == product.url()
    })
}
