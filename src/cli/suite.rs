//! `conform suite`: the suite as files.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ended::{CliError, Ended};
use crate::suite::export;
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct SuiteArguments {
    #[command(subcommand)]
    command: SuiteCommand,
}

#[derive(Debug, Subcommand)]
enum SuiteCommand {
    /// Write the built-in suite into a folder: contract, scenarios and schemas.
    Export {
        /// The folder; a suite that is there is never overwritten.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
}

pub(super) fn suite(arguments: &SuiteArguments) -> Result<Ended, CliError> {
    let SuiteCommand::Export { dir } = &arguments.command;
    export(dir).map_err(|error| CliError::Usage(error.to_string()))?;
    terminal::out(&format!(
        "wrote {0}/specs and {0}/schemas: check them with `conform check --suite {0}`, run them with `conform --suite {0}`\n",
        dir.display()
    ));
    Ok(Ended::Well)
}
