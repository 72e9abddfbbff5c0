//! What `main` reads of the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use jiff::civil::Date;

/// The target file where none is named, in the current folder.
pub const TARGET_FILE: &str = "conform.yaml";

/// What `main` reads of the environment.
pub struct Environment {
    /// `CONFORM_BASE_URL`.
    pub base_url: Option<OsString>,
    /// The target file that was found: [`TARGET_FILE`].
    pub target_file: Option<PathBuf>,
    /// Whether a workflow of GitHub runs the program: `GITHUB_ACTIONS`.
    pub github: bool,
    /// The file whose text that workflow shows beside the job: `GITHUB_STEP_SUMMARY`.
    pub job_summary: Option<PathBuf>,
    /// What the environment holds under a name, where it holds text.
    pub variable: fn(&str) -> Option<String>,
    /// The day, by the clock of this machine.
    pub today: Date,
}

// Without the address, in which a password may stand by mistake.
opaque_debug!(Environment: today);
