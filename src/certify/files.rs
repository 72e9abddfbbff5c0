//! The files of a bundle.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::bounded::{self, MIB};

/// No file of a bundle comes near this.
const LARGEST: u64 = 64 * MIB;

/// A file or folder of a bundle that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {cause}")]
pub struct FileError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    pub cause: io::Error,
}

/// Something in the folder of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its path below the folder, with `/` between its parts.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
}

/// Everything below a folder that is no folder itself, by name; and every folder that is empty, its name with `/` at
/// the end. Links are not followed: one is a thing of its own.
pub(super) fn files_in(folder: &Path) -> Result<Vec<Found>, FileError> {
    let mut found = Vec::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        let failed = |cause| FileError {
            path: folder.clone(),
            cause,
        };
        let mut is_empty = true;
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            is_empty = false;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(failed)?.is_dir() {
                folders.push((name + "/", entry.path()));
            } else {
                let path = entry.path();
                found.push(Found { name, path });
            }
        }
        if is_empty && !prefix.is_empty() {
            let (name, path) = (prefix, folder);
            found.push(Found { name, path });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The bytes of a file; a link or a device is none.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    bounded::read_no_follow(path, LARGEST).map_err(|cause| FileError {
        path: path.to_owned(),
        cause,
    })
}
