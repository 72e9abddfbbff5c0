//! What a bundle holds: the files that it may have, and what is in each of them.

use super::badge;
use super::certificate::Certificate;
use super::digest::Digest;
use super::statement::Subject;
use crate::report::{Content, RUN_FILES, Report, WriteError, json, run_files};

/// Where the first run stands in a bundle: in its own folder.
pub const FIRST_RUN: &str = "";
/// The folder of the run that repeats the first.
pub const REPEAT: &str = "repeat";
/// Both.
pub(super) const RUNS: [&str; 2] = [FIRST_RUN, REPEAT];
pub(super) const CERTIFICATE: &str = "certificate.json";
pub(super) const STATEMENT: &str = "statement.dsse.json";
const BADGE: &str = "badge.svg";
const BADGE_JSON: &str = "badge.json";
/// What only the bundle of a product that conforms has.
pub(super) const BADGES: [&str; 2] = [BADGE, BADGE_JSON];

/// The files of every bundle that its statement is about.
pub(super) fn always() -> impl Iterator<Item = String> {
    let of_runs = RUNS.into_iter();
    let of_runs = of_runs.flat_map(|run| RUN_FILES.map(|file| in_run(run, file)));
    of_runs.chain([CERTIFICATE.to_owned()])
}

/// Whether a bundle may have a file of this name that its statement is about.
pub(super) fn is_file(name: &str) -> bool {
    BADGES.contains(&name) || always().any(|file| file == name)
}

/// The name of a file of a run.
pub(super) fn in_run(run: &str, file: &str) -> String {
    if run.is_empty() {
        file.to_owned()
    } else {
        format!("{run}/{file}")
    }
}

/// The files of a bundle that are not those of a run, and what each is to hold.
pub(super) fn own_files(
    certificate: &Certificate,
) -> Result<Vec<(&'static str, String)>, WriteError> {
    let mut files = vec![(CERTIFICATE, json(certificate)?)];
    if certificate.conformant {
        files.push((BADGE, badge::svg(certificate)));
        files.push((BADGE_JSON, json(&badge::endpoint(certificate))?));
    }
    Ok(files)
}

/// The files of a bundle, in order, and the digest of what each is to hold: all that a bundle is follows from this.
pub(super) fn subjects(
    certificate: &Certificate,
    runs: [&Report; 2],
) -> Result<Vec<Subject>, WriteError> {
    let mut subjects = Vec::new();
    for (report, run) in runs.into_iter().zip(RUNS) {
        for (file, content) in run_files(report) {
            subjects.push(subject(in_run(run, file), file, &content)?);
        }
    }
    for (file, text) in own_files(certificate)? {
        subjects.push(subject(file.to_owned(), file, &text)?);
    }
    subjects.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(subjects)
}

fn subject(
    name: String,
    format: &'static str,
    content: &impl Content,
) -> Result<Subject, WriteError> {
    let digest = Digest::of_file(content).map_err(|error| WriteError::Format {
        format,
        cause: error.to_string(),
    })?;
    Ok(Subject { name, digest })
}
