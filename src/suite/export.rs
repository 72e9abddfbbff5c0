//! The suite that the program brings, as files: to be read, changed, and run with `--suite`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::files::built_in_files;

/// Why a suite cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is one already.
    #[error("{0} holds a suite already, and is left alone: name another folder")]
    Exists(PathBuf),
    /// A file cannot be written.
    #[error("cannot write {0}: {1}; name another folder")]
    Unwritable(PathBuf, std::io::Error),
}

/// Writes contract, scenarios and schemas below a folder, which may not be there yet. Editors that know
/// `yaml-language-server` check each file by its schema.
///
/// # Errors
/// The folder holds a suite, or cannot be written in.
pub fn export(dir: &Path) -> Result<(), ExportError> {
    if dir.join("specs/contract.yaml").exists() || dir.join("contract.yaml").exists() {
        return Err(ExportError::Exists(dir.to_owned()));
    }
    for (name, bytes) in built_in_files() {
        let path = dir.join(&name);
        let written = write_new(&path, schema_of(&name).as_deref(), bytes);
        written.map_err(|cause| ExportError::Unwritable(path, cause))?;
    }
    Ok(())
}

fn write_new(path: &Path, schema: Option<&str>, bytes: &[u8]) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut file = fs::File::create_new(path)?;
    if let Some(schema) = schema {
        writeln!(file, "# yaml-language-server: $schema={schema}")?;
    }
    file.write_all(bytes)
}

/// The schema of a file of YAML, as seen from there.
fn schema_of(name: &str) -> Option<String> {
    let folders = name.strip_suffix(".yaml")?.matches('/').count();
    let kind = if name == "specs/contract.yaml" {
        "contract"
    } else {
        "scenario"
    };
    Some(format!(
        "{}schemas/{kind}.schema.json",
        "../".repeat(folders)
    ))
}
