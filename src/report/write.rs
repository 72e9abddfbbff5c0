//! Writes the files of a report, each whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use serde::Serialize;

use super::{Report, har, html, job_summary, junit, sarif};

/// Why a report is not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file cannot be written.
    #[error("cannot write {path}: {cause} (--report-dir DIR names another folder)")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The report cannot be turned into text.
    #[error("cannot write the report as {format}: {cause}")]
    Format {
        /// The format.
        format: &'static str,
        /// What is wrong.
        cause: String,
    },
}

/// The file of the report itself.
pub const REPORT: &str = "report.json";

/// The folder of what shows failures again.
pub(super) const REPRODUCE: &str = "reproduce";

/// So much goes to the disk at once.
const PIECE: usize = 64 * 1024;

/// Where a file is written: formats write in small pieces.
pub type Output<'a> = BufWriter<&'a mut dyn io::Write>;

/// Writes a report in one format.
type FormatWriter = fn(&Report, &mut Output<'_>) -> io::Result<()>;

/// The page of the broken servers that the suite catches; a run of another suite than that of the program has none.
const MUTANTS: &str = "mutants.html";

/// The files of a run, and the format of each.
const FORMATS: [(&str, FormatWriter); 7] = [
    (REPORT, |report, to| {
        Ok(serde_json::to_writer_pretty(to, report)?)
    }),
    ("junit.xml", |report, to| junit::write(report, to)),
    ("summary.md", |report, to| {
        to.write_all(job_summary(report).as_bytes())
    }),
    ("report.sarif", |report, to| sarif::write(report, to)),
    ("exchanges.har", |report, to| har::write(report, to)),
    ("report.html", |report, to| html::write(report, to)),
    (MUTANTS, |report, to| html::write_mutants(report, to)),
];
/// The names of the files that a run may have.
pub const RUN_FILES: [&str; FORMATS.len()] = {
    let mut names = [""; FORMATS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = FORMATS[at].0;
        at += 1;
    }
    names
};

/// What a file is to hold.
pub trait Content: Send {
    /// Writes it, without the newline at the end.
    ///
    /// # Errors
    /// It cannot be written there, or not in this format.
    fn write_to(&self, to: &mut Output<'_>) -> io::Result<()>;
}

/// Writes what a file is to hold, to its last byte.
///
/// # Errors
/// It cannot be written there, or not in this format.
pub fn write_whole(content: &impl Content, to: &mut dyn io::Write) -> io::Result<()> {
    let mut pieces = BufWriter::with_capacity(PIECE, to);
    content.write_to(&mut pieces)?;
    pieces.write_all(b"\n")?;
    pieces.flush()
}

impl Content for String {
    fn write_to(&self, to: &mut Output<'_>) -> io::Result<()> {
        to.write_all(self.as_bytes())
    }
}

/// A report in one format. It goes to the disk piece by piece: the text of a long run is never in memory as a whole.
struct Formatted<'a> {
    report: &'a Report,
    format: FormatWriter,
}

impl Content for Formatted<'_> {
    fn write_to(&self, to: &mut Output<'_>) -> io::Result<()> {
        (self.format)(self.report, to)
    }
}

/// Makes the folder for reports and tries to write there, before a run rather than after it; then takes the files of
/// these names away, and those that show failures again, which an earlier run left: they must not pass for those of this one,
/// however it ends.
///
/// # Errors
/// The folder cannot be made, or nothing can be written in it.
pub fn prepare(dir: &Path, names: &[&str]) -> Result<(), WriteError> {
    let error = |cause| WriteError::File {
        path: dir.to_owned(),
        cause,
    };
    fs::create_dir_all(dir).map_err(error)?;
    Staged::new(dir, ".trial", &String::new()).map_err(error)?;
    let _turn = turn(dir);
    for name in names {
        match fs::remove_file(dir.join(name)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(error(cause)),
            _ => {}
        }
    }
    let reproductions = fs::read_dir(dir.join(REPRODUCE)).into_iter().flatten();
    let paths = reproductions.flatten().map(|entry| entry.path());
    let mut old = paths.filter(|path| path.extension().is_some_and(|ending| ending == "hurl"));
    old.try_for_each(|path| fs::remove_file(path).map_err(error))
}

/// The files that were written.
pub type ReportFiles = Vec<PathBuf>;

/// Writes every file of a run into `dir`, which is made where it is missing.
///
/// # Errors
/// The first file that cannot be written; what was there before is then still there.
pub fn write_reports(report: &Report, dir: &Path) -> Result<ReportFiles, WriteError> {
    write_files(dir, run_files(report))
}

/// The files of a run, of [`RUN_FILES`] those that it has, and what each is to hold.
pub fn run_files(report: &Report) -> impl Iterator<Item = (&'static str, impl Content)> {
    FORMATS
        .into_iter()
        .filter(|(name, _)| *name != MUTANTS || html::is_shipped_for(report))
        .map(|(name, format)| (name, Formatted { report, format }))
}

/// The report as JSON.
///
/// # Errors
/// The library cannot write it.
pub fn json(report: &impl Serialize) -> Result<String, WriteError> {
    serde_json::to_string_pretty(report).map_err(|error| WriteError::Format {
        format: "JSON",
        cause: error.to_string(),
    })
}

/// Writes files of these names into `dir`, which is made where it is missing.
///
/// # Errors
/// The first file that cannot be written; what was there before is then still there.
pub fn write_files<'a>(
    dir: &Path,
    files: impl IntoIterator<Item = (&'a str, impl Content)>,
) -> Result<ReportFiles, WriteError> {
    let unwritten = |path: &Path, cause| WriteError::File {
        path: path.to_owned(),
        cause,
    };
    fs::create_dir_all(dir).map_err(|cause| unwritten(dir, cause))?;
    // All of them are on the disk before the first takes its place: there is room for all or for none.
    let staged: Vec<Staged> = thread::scope(|scope| {
        let writers = files.into_iter().map(|(name, content)| {
            let written = move || Staged::new(dir, name, &content);
            (name, scope.spawn(written))
        });
        let writers: Vec<_> = writers.collect();
        let staged = writers.into_iter().map(|(name, writer)| {
            let written = writer.join().unwrap_or_else(|panic| resume_unwind(panic));
            written.map_err(|cause| unwritten(&dir.join(name), cause))
        });
        staged.collect::<Result<_, _>>()
    })?;
    let _turn = turn(dir);
    staged.into_iter().map(Staged::publish).collect()
}

/// Held by one run at a time, so that two that end together do not leave one file each. Where a folder cannot be
/// locked, each file is whole all the same.
fn turn(dir: &Path) -> Option<fs::File> {
    let dir = fs::File::open(dir).ok()?;
    dir.lock().ok()?;
    Some(dir)
}

/// A file beside the final one, which takes its place in one step: a reader sees the old text or the new, never half.
struct Staged {
    beside: PathBuf,
    path: PathBuf,
}

impl Staged {
    fn new(dir: &Path, name: &str, content: &impl Content) -> io::Result<Self> {
        // Two runs may have the same process id, in containers that share a folder.
        let beside = dir.join(format!("{name}.{:016x}.tmp", rand::random::<u64>()));
        let mut file = fs::File::create_new(&beside)?;
        let staged = Self {
            beside,
            path: dir.join(name),
        };
        write_whole(content, &mut file)?;
        file.sync_all()?;
        Ok(staged)
    }

    fn publish(self) -> Result<PathBuf, WriteError> {
        match fs::rename(&self.beside, &self.path) {
            Ok(()) => Ok(self.path.clone()),
            Err(cause) => Err(WriteError::File {
                path: self.path.clone(),
                cause,
            }),
        }
    }
}

impl Drop for Staged {
    /// What has not taken its place is of no use to anybody.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside);
    }
}
