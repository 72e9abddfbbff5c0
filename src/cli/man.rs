//! `conform man`: the manual page of the program, or of a command.

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use super::Cli;
use super::ended::{CliError, Ended};
use crate::diagnostic::did_you_mean_or;
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// The command, such as `reproduce` or `suite export` [default: the program itself].
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn man(arguments: &ManArguments) -> Result<Ended, CliError> {
    // What `help` explains has a page of its own.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut command = &program;
    for name in &arguments.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            let known = command.get_subcommands().map(clap::Command::get_name);
            let near = did_you_mean_or(name, known, "`conform --help` lists the commands");
            CliError::Usage(format!("there is no command `{name}`: {near}"))
        })?;
    }
    let version = concat!("conform ", env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    Man::new(command.clone())
        .source(version)
        .render(&mut page)?;
    terminal::out(&String::from_utf8_lossy(&page));
    Ok(Ended::Well)
}
