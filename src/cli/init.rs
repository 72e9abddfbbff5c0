//! `conform init`: a target file to begin with.

use clap::Args;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::path::PathBuf;

use super::ended::{CliError, Ended};
use super::environment::TARGET_FILE;
use crate::terminal;

const TEMPLATE: &str = include_str!("init.yaml");

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The file to write; an existing file is never overwritten.
    #[arg(value_name = "FILE", default_value = TARGET_FILE)]
    file: PathBuf,
}

pub(super) fn init(arguments: &InitArguments) -> Result<Ended, CliError> {
    let path = arguments.file.as_path();
    write_new(path).map_err(|cause| {
        let advice = match cause.kind() {
            ErrorKind::AlreadyExists => "it exists, and is left alone: name another file",
            _ => "name another file: conform init FILE",
        };
        CliError::Usage(format!(
            "cannot write {}: {cause} ({advice})",
            path.display()
        ))
    })?;
    let name = path.display();
    let command = if path == Path::new(TARGET_FILE) {
        "conform".to_owned()
    } else {
        format!("conform --target {name}")
    };
    terminal::out(&format!("wrote {name}: fill it in, then run `{command}`\n"));
    Ok(Ended::Well)
}

/// Never over a file that exists: it may hold somebody's work.
fn write_new(path: &Path) -> std::io::Result<()> {
    File::create_new(path)?.write_all(TEMPLATE.as_bytes())
}
