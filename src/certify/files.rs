//! The files of a bundle.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::contents::REPEAT;

/// No bundle has so many.
const MOST: usize = 100;

/// A file or folder of a bundle that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {cause}")]
pub struct FileError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    pub cause: io::Error,
}

/// The names of everything in the folder of a bundle and in that of its second run, in order; a folder that no bundle
/// has is not looked into, and ends in `/`. Links are not followed: one is a thing of its own.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>, FileError> {
    let mut names = Vec::new();
    list(folder, "", &mut names)?;
    let repeat = format!("{REPEAT}/");
    if let Some(at) = names.iter().position(|name| *name == repeat) {
        names.swap_remove(at);
        list(&folder.join(REPEAT), &repeat, &mut names)?;
    }
    names.sort();
    Ok(names)
}

fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Result<(), FileError> {
    let failed = |cause| FileError {
        path: folder.to_owned(),
        cause,
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if names.len() == MOST {
            let message = format!("it holds more than {MOST} files");
            return Err(failed(io::Error::other(message)));
        }
        let name = entry.file_name();
        let end = if entry.file_type().map_err(failed)?.is_dir() {
            "/"
        } else {
            ""
        };
        names.push(format!("{prefix}{}{end}", name.to_string_lossy()));
    }
    Ok(())
}
