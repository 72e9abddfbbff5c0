//! The figures that this project promises, each beside its target.
//!
//! ```text
//! cargo bench --bench figures             # all of them, in about a minute
//! cargo bench --bench figures -- list     # one group: reports, list, suite, steps, latency
//! ```
//!
//! A machine is shared and noisy: what is compared is measured in the same run, in rounds that alternate, and the
//! median is shown. A target that is missed is shown and nothing more; the exit code is 1 only where something
//! could not be measured. Without `--bench` (as in `cargo test --all-targets`) everything is tried once, so that
//! it stays in working order, and its figures mean nothing.

mod latency;
mod processes;
mod reports;
mod server;
mod steps;

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs, io, process, thread};

/// Far more than everything takes: a call that hangs must not hold up whoever waits for the figures.
const LONGEST: Duration = Duration::from_mins(10);

type Tried<T> = Result<T, Box<dyn Error + Send + Sync>>;
type Measure = fn(&Effort) -> Tried<Vec<Figure>>;

const GROUPS: [(&str, Measure); 5] = [
    ("reports", reports::write),
    ("list", processes::list),
    ("suite", processes::suite),
    ("steps", steps::cost),
    ("latency", latency::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    if flag("--list") {
        // A test runner asks every target for its tests: there are none in here.
        return ExitCode::SUCCESS;
    }
    thread::spawn(|| {
        thread::sleep(LONGEST);
        eprintln!("error: the figures took longer than {LONGEST:?}");
        process::exit(1);
    });
    let effort = Effort {
        once: !flag("--bench"),
    };
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let (mut figures, mut all_measured) = (Vec::new(), true);
    for (name, measure) in GROUPS {
        if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word.as_str())) {
            continue;
        }
        eprintln!("measuring: {name}");
        match measure(&effort) {
            Ok(measured) => figures.extend(measured),
            Err(error) => {
                eprintln!("error: {name} could not be measured: {error}");
                all_measured = false;
            }
        }
    }
    print!("{}", Table(&figures));
    if all_measured && !figures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// How often to measure.
pub(crate) struct Effort {
    once: bool,
}

impl Effort {
    /// The number of rounds for something that `rounds` rounds measure well.
    pub(crate) fn rounds(&self, rounds: usize) -> usize {
        if self.once { 1 } else { rounds }
    }
}

/// One line of the table, and what a reader should know about it.
pub(crate) struct Figure {
    pub(crate) name: String,
    /// Nothing where this machine offers no way to measure it.
    pub(crate) measured: Option<f64>,
    pub(crate) target: f64,
    pub(crate) unit: &'static str,
    pub(crate) notes: Vec<String>,
}

struct Table<'a>(&'a [Figure]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = self.0.iter().map(|figure| figure.name.chars().count());
        let width = widest.max().unwrap_or(0).max(6);
        writeln!(f, "\n{:<width$} | measured | target   | ok", "figure")?;
        writeln!(f, "{:-<width$}-|----------|----------|---", "")?;
        for figure in self.0 {
            let (name, unit) = (&figure.name, figure.unit);
            let target = format!("≤ {} {unit}", figure.target);
            let (measured, ok) = match figure.measured {
                Some(value) if value <= figure.target => (format!("{value:.2} {unit}"), "yes"),
                Some(value) => (format!("{value:.2} {unit}"), "no"),
                None => ("unknown".to_owned(), "?"),
            };
            writeln!(f, "{name:<width$} | {measured:<8} | {target:<8} | {ok}")?;
        }
        for figure in self.0.iter().filter(|figure| !figure.notes.is_empty()) {
            writeln!(f, "\n{}:", figure.name)?;
            for note in &figure.notes {
                writeln!(f, "  {note}")?;
            }
        }
        Ok(())
    }
}

/// The middle value; of an even number the lower middle one. Zero where there is none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) / 2;
    values.get(middle).copied().unwrap_or_default()
}

/// A duration in milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// A folder that goes when this value does.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> io::Result<Self> {
        let path = env::temp_dir().join(format!("conform-figures-{}-{name}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
