//! The files of a suite, compiled into the program or in a folder: found, read, named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::error::SuiteError;
use crate::bounded::{self, MIB};
use crate::diagnostic::{Diagnostic, Source};

static SPECS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/specs");
static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schemas");

/// The contract and the scenarios that this program brings.
pub(super) fn built_in_specs() -> &'static Dir<'static> {
    &SPECS
}

/// Every file that is compiled in: its folder, its path there, and what it holds.
fn all_built_in() -> Vec<(&'static str, &'static str, &'static [u8])> {
    let mut files = Vec::new();
    for (dir, name) in [(&SPECS, "specs"), (&SCHEMAS, "schemas")] {
        let mut folders = vec![dir];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            let named = folder
                .files()
                .filter_map(|file| Some((file, file.path().to_str()?)));
            files.extend(named.map(|(file, path)| (name, path, file.contents())));
        }
    }
    files
}

/// The files of the suite that this program brings, and the schemas that they are written by.
pub(super) fn built_in_files() -> impl Iterator<Item = (String, &'static [u8])> {
    const WRITTEN_BY: [&str; 2] = ["contract.schema.json", "scenario.schema.json"];
    let is_of_suite = |path: &str| !path.ends_with(".schema.json") || WRITTEN_BY.contains(&path);
    let files = all_built_in().into_iter();
    files
        .filter(move |(_, path, _)| is_of_suite(path))
        .map(|(root, path, bytes)| (format!("{root}/{path}"), bytes))
}

/// No file of a suite comes near this; a larger one is a mistake.
const LARGEST_FILE: u64 = MIB;
/// Nor does any suite come near this.
const LARGEST_SUITE: u64 = 32 * MIB;

/// The files of a suite, and what is wrong with them as files.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) contract: Option<Arc<Source>>,
    /// By scenario id.
    pub(super) scenarios: BTreeMap<String, Arc<Source>>,
    /// By schema name.
    pub(super) schemas: BTreeMap<String, Arc<Source>>,
    pub(super) mistakes: Vec<Diagnostic>,
}

impl Files {
    /// The files that this program brings.
    pub(super) fn built_in() -> Self {
        let mut files = Self::default();
        for (root, path, bytes) in all_built_in() {
            files.add(root, path, bytes, root == "specs");
        }
        files
    }

    /// The files in a folder that holds `specs/` and `schemas/`, or in its `specs/`.
    ///
    /// # Errors
    /// What cannot be read, or a folder that is no suite.
    pub(super) fn in_dir(dir: &Path) -> Result<Self, SuiteError> {
        let (specs, schemas) = if dir.join("contract.yaml").is_file() {
            (dir.to_owned(), dir.join("../schemas"))
        } else {
            (dir.join("specs"), dir.join("schemas"))
        };
        if !specs.join("contract.yaml").is_file() {
            fs::metadata(dir).map_err(|cause| unreadable(dir, cause))?;
            return Err(SuiteError::NoContract(dir.to_owned()));
        }
        let mut files = Self::default();
        let mut left = LARGEST_SUITE;
        for (root, is_specs) in [(specs, true), (schemas, false)] {
            if root.is_dir() {
                // The schemas stand beside the folder where that is the one of the contract.
                if root != dir.join("../schemas") {
                    refuse_outside(dir, &root)?;
                }
                files.walk(&root, is_specs, &mut left)?;
            }
        }
        Ok(files)
    }

    /// Takes in what stands below a folder, of at most as many bytes as are left.
    fn walk(&mut self, root: &Path, is_specs: bool, left: &mut u64) -> Result<(), SuiteError> {
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(|cause| unreadable(&folder, cause))? {
                let path: PathBuf = entry.map_err(|cause| unreadable(&folder, cause))?.path();
                // Links are not followed into folders: a circle of them would never end.
                let metadata =
                    fs::symlink_metadata(&path).map_err(|cause| unreadable(&path, cause))?;
                if metadata.is_dir() {
                    folders.push(path);
                } else if is_ours(&path) && path.is_file() {
                    refuse_outside(root, &path)?;
                    let bytes = bounded::read(&path, LARGEST_FILE);
                    let bytes = bytes.map_err(|cause| unreadable(&path, cause))?;
                    let rest = left.checked_sub(bytes.len() as u64);
                    *left = rest.ok_or_else(|| SuiteError::TooLarge(root.to_owned()))?;
                    let relative = path.strip_prefix(root).unwrap_or(&path);
                    let name = relative.display().to_string().replace('\\', "/");
                    self.add(&root.display().to_string(), &name, &bytes, is_specs);
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, root: &str, path: &str, bytes: &[u8], is_specs: bool) {
        let source = Source::new(format!("{root}/{path}"), String::from_utf8_lossy(bytes));
        let mut mistake = |offset: usize, message: String, help: &str| {
            let diagnostic = Diagnostic::new(&source, &(offset..offset), message).help(help);
            self.mistakes.push(diagnostic);
        };
        if let (true, Err(error)) = (is_ours(Path::new(path)), std::str::from_utf8(bytes)) {
            let message = "the file is not UTF-8 from here on".to_owned();
            mistake(error.valid_up_to(), message, "save it as UTF-8");
            return;
        }
        if !is_specs {
            // Those of the program's own files, generated from its types, are no schemas of bodies.
            let body = path
                .strip_suffix(".json")
                .filter(|name| !name.ends_with(".schema"));
            if let Some(name) = body {
                self.schemas.insert(name.to_owned(), source);
            }
        } else if path == "contract.yaml" {
            self.contract = Some(source);
        } else if let Some(id) = path.strip_suffix(".yaml") {
            if is_id(id) {
                self.scenarios.insert(id.to_owned(), source);
            } else {
                let message = format!("`{path}` is no name for a scenario");
                let help = "put it at <feature>/<scenario>.yaml, both in lower-case letters, digits and hyphens";
                mistake(0, message, help);
            }
        } else if path.strip_suffix(".yml").is_some() {
            let message = format!("`{path}` would not be run");
            mistake(0, message, "the name of a scenario ends in .yaml");
        }
    }

    /// SHA-256 over names and texts, each with its length before it.
    pub(super) fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        let contract = self.contract.iter().map(|source| ("contract", source));
        let scenarios = self
            .scenarios
            .iter()
            .map(|(id, source)| (id.as_str(), source));
        let schemas = self
            .schemas
            .iter()
            .map(|(name, source)| (name.as_str(), source));
        for (name, source) in contract.chain(scenarios).chain(schemas) {
            for part in [name, &source.text] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part.as_bytes());
            }
        }
        HEXLOWER.encode(&hasher.finalize())
    }
}

fn refuse_outside(folder: &Path, path: &Path) -> Result<(), SuiteError> {
    match bounded::leads_out(folder, path) {
        Ok(false) => Ok(()),
        Ok(true) => Err(SuiteError::Outside {
            path: path.to_owned(),
            folder: folder.to_owned(),
        }),
        Err(cause) => Err(unreadable(path, cause)),
    }
}

fn unreadable(path: &Path, cause: std::io::Error) -> SuiteError {
    SuiteError::Unreadable {
        path: path.to_owned(),
        cause,
    }
}

fn is_ours(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("yaml" | "yml" | "json"))
}

/// `<feature>/<scenario>`, whose trial is named `<feature>::<scenario>`.
fn is_id(text: &str) -> bool {
    let word = |word: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !word.is_empty() && word.chars().all(allowed)
    };
    text.split_once('/')
        .is_some_and(|(feature, scenario)| word(feature) && word(scenario))
}
