//! The program: reads the environment, calls the library, picks the exit code.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use conform::cli::{Cli, CliError, Environment, TARGET_FILE};
use conform::http::TargetFileError;
use conform::suite::SuiteError;
use conform::terminal;

fn main() -> ExitCode {
    let environment = Environment {
        base_url: std::env::var_os("CONFORM_BASE_URL"),
        target_file: Some(PathBuf::from(TARGET_FILE)).filter(|path| is_there(path)),
        github: std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
        job_summary: std::env::var_os("GITHUB_STEP_SUMMARY").map(Into::into),
        variable: |name| std::env::var(name).ok(),
        today: jiff::ZonedDateTime::now().date(),
    };
    match Cli::parse().execute(&environment) {
        Ok(ended) => ExitCode::from(ended.code()),
        Err(error) => {
            // Mistakes in a file come with their own heading each.
            match error {
                CliError::Suite(SuiteError::Mistakes(_))
                | CliError::Mutants(_)
                | CliError::TargetFile(TargetFileError::Mistakes(_)) => {
                    terminal::err(&error.to_string());
                }
                _ => terminal::error(&error.to_string()),
            }
            ExitCode::from(error_code(&error))
        }
    }
}

/// Whether there is something of that name. What cannot be looked at counts as well: a broken link must not test the
/// reference in place of the server.
fn is_there(path: &Path) -> bool {
    let looked = path.symlink_metadata();
    !looked.is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

fn error_code(error: &CliError) -> u8 {
    match error {
        CliError::NotTestable(_) | CliError::Void(_) => 3,
        _ => 2,
    }
}
