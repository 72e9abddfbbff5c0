//! What a workflow of GitHub shows of a run: annotations, and a summary of the job.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use super::arguments::{Annotations, Environment, RunArguments};
use crate::report::{Report, annotations, job_summary};
use crate::terminal;

/// Prints annotations where they are asked for, by a flag or by the workflow itself, and adds to its job summary.
pub(super) fn annotate(arguments: &RunArguments, environment: &Environment, report: &Report) {
    let by_itself = environment.github.then_some(Annotations::Github);
    if arguments.annotations.or(by_itself) != Some(Annotations::Github) {
        return;
    }
    terminal::commands(&annotations(report));
    if let Some(path) = &environment.job_summary
        && let Err(cause) = add(path, &job_summary(report))
    {
        terminal::warning(&format!(
            "cannot add to {}, the file in GITHUB_STEP_SUMMARY: {cause}",
            path.display()
        ));
    }
}

fn add(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    // Earlier steps of the job have written there too.
    writeln!(file, "{text}\n")
}
