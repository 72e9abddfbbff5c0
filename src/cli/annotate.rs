//! What a workflow of GitHub shows of a run: annotations, and a summary of the job.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use super::output::Output;
use crate::report::{Report, annotations, job_summary};
use crate::terminal;

/// Prints annotations and adds to the summary of the job, where that is asked for.
pub(super) fn annotate(output: &Output, report: &Report) {
    if !output.annotate {
        return;
    }
    terminal::commands(&annotations(report));
    if let Some(path) = &output.job_summary
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
