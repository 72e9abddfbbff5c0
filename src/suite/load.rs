//! Finds the files of a suite, compiled into the program or in a folder, and reads them all before anything runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::compile::{Known, compile};
use super::file::ScenarioFile;
use super::schema::BodySchema;
use super::{Scenario, Suite};
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Source};
use crate::yaml;

static SPECS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/specs");
static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schemas");

/// No file of a suite comes near this; a larger one is a mistake.
const LARGEST_FILE: u64 = 1024 * 1024;

/// Why there is no suite to run.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {cause}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A file is larger than any file of a suite.
    #[error("{0} is larger than 1 MiB: it is no file of a suite")]
    TooLarge(PathBuf),
    /// The folder holds no contract.
    #[error(
        "{0} holds no suite: a suite is a folder with specs/contract.yaml, specs/<feature>/<scenario>.yaml and schemas/"
    )]
    NoContract(PathBuf),
    /// The files hold mistakes.
    #[error("{}", summary(.0))]
    Mistakes(Vec<Diagnostic>),
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    let mut text: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    let count = diagnostics.len();
    let s = if count == 1 { "" } else { "s" };
    text.push(format!("the suite has {count} mistake{s}; nothing was run"));
    text.join("\n\n")
}

/// The text of the files of a suite.
struct Files {
    contract: Arc<Source>,
    /// By scenario id.
    scenarios: BTreeMap<String, Arc<Source>>,
    /// By schema name.
    schemas: BTreeMap<String, Arc<Source>>,
}

impl Suite {
    /// The suite that this program brings.
    ///
    /// # Errors
    /// Mistakes in it, which its own tests rule out.
    pub fn built_in() -> Result<Self, SuiteError> {
        let mut specs = BTreeMap::new();
        collect(&SPECS, &mut specs);
        let mut schemas = BTreeMap::new();
        collect(&SCHEMAS, &mut schemas);
        let files = Files::sort(specs, schemas, "specs", "schemas")
            .ok_or_else(|| SuiteError::NoContract("this program".into()))?;
        // Its schemas are checked by the tests of this project: a run need not do it again.
        Self::read(&files, true)
    }

    /// The suite in a folder that holds `specs/` and `schemas/`.
    ///
    /// # Errors
    /// What cannot be read, or every mistake in what was read.
    pub fn from_dir(dir: &Path) -> Result<Self, SuiteError> {
        let (specs_dir, schemas_dir) = if dir.join("contract.yaml").is_file() {
            (dir.to_owned(), dir.join("../schemas"))
        } else {
            (dir.join("specs"), dir.join("schemas"))
        };
        if !specs_dir.join("contract.yaml").is_file() {
            let unreadable = fs::metadata(dir).err();
            return Err(unreadable.map_or_else(
                || SuiteError::NoContract(dir.to_owned()),
                |cause| SuiteError::Unreadable {
                    path: dir.to_owned(),
                    cause,
                },
            ));
        }
        let specs = walk(&specs_dir)?;
        let schemas = if schemas_dir.is_dir() {
            walk(&schemas_dir)?
        } else {
            BTreeMap::new()
        };
        let names = (
            specs_dir.display().to_string(),
            schemas_dir.display().to_string(),
        );
        let files = Files::sort(specs, schemas, &names.0, &names.1)
            .ok_or_else(|| SuiteError::NoContract(dir.to_owned()))?;
        Self::read(&files, false)
    }

    fn read(files: &Files, built_in: bool) -> Result<Self, SuiteError> {
        let mut diagnostics = Vec::new();
        let schemas: BTreeMap<String, BodySchema> = files
            .schemas
            .iter()
            .map(|(name, source)| (name.clone(), BodySchema::new(Arc::clone(source))))
            .collect();
        if !built_in {
            diagnostics.extend(schemas.values().filter_map(BodySchema::mistake));
        }
        let contract = Contract::parse(&files.contract)
            .map_err(|mistakes| diagnostics.extend(mistakes))
            .ok();
        let mut scenarios = Vec::new();
        for (id, source) in &files.scenarios {
            let (file, mistakes) = yaml::parse::<ScenarioFile>(source);
            let sound = mistakes.is_empty();
            diagnostics.extend(mistakes);
            // Without a contract no name can be resolved.
            let (Some(file), Some(contract)) = (file, &contract) else {
                continue;
            };
            let schemas: BTreeSet<String> = schemas.keys().cloned().collect();
            let known = Known {
                contract,
                schemas: &schemas,
            };
            let (scenario, mistakes) = compile(id, source, &file, known);
            diagnostics.extend(mistakes);
            scenarios.extend(scenario.filter(|_| sound));
        }
        match contract {
            Some(contract) if diagnostics.is_empty() => Ok(Self {
                contract,
                scenarios,
                schemas,
                digest: files.digest(),
                built_in,
            }),
            _ => Err(SuiteError::Mistakes(diagnostics)),
        }
    }
}

impl Files {
    fn sort(
        specs: BTreeMap<String, String>,
        schemas: BTreeMap<String, String>,
        specs_name: &str,
        schemas_name: &str,
    ) -> Option<Self> {
        let mut contract = None;
        let mut scenarios = BTreeMap::new();
        for (path, text) in specs {
            let source = Source::new(format!("{specs_name}/{path}"), text);
            if path == "contract.yaml" {
                contract = Some(source);
            } else if let Some(id) = path.strip_suffix(".yaml").or(path.strip_suffix(".yml")) {
                scenarios.insert(id.to_owned(), source);
            }
        }
        let schemas = schemas
            .into_iter()
            // Those of the program's own files, generated from its types, are no schemas of bodies.
            .filter(|(path, _)| !path.ends_with(".schema.json"))
            .filter_map(|(path, text)| {
                let name = path.strip_suffix(".json")?.to_owned();
                Some((name, Source::new(format!("{schemas_name}/{path}"), text)))
            })
            .collect();
        Some(Self {
            contract: contract?,
            scenarios,
            schemas,
        })
    }

    /// SHA-256 over names and texts, each with its length before it.
    fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        let mut add = |name: &str, text: &str| {
            for part in [name, text] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part.as_bytes());
            }
        };
        add("contract", &self.contract.text);
        for (id, source) in &self.scenarios {
            add(id, &source.text);
        }
        for (name, source) in &self.schemas {
            add(name, &source.text);
        }
        HEXLOWER.encode(&hasher.finalize())
    }
}

fn collect(dir: &Dir<'_>, files: &mut BTreeMap<String, String>) {
    for file in dir.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            files.insert(path.to_owned(), text.to_owned());
        }
    }
    for dir in dir.dirs() {
        collect(dir, files);
    }
}

/// The YAML and JSON files below `root`, by their path relative to it.
fn walk(root: &Path) -> Result<BTreeMap<String, String>, SuiteError> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |cause| SuiteError::Unreadable {
            path: folder.clone(),
            cause,
        };
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let unreadable = |cause| SuiteError::Unreadable {
                path: path.clone(),
                cause,
            };
            // Links are not followed: a circle of them would never end.
            let metadata = fs::symlink_metadata(&path).map_err(unreadable)?;
            let known = path
                .extension()
                .is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending == *known));
            if metadata.is_dir() {
                folders.push(path);
            } else if known && path.is_file() {
                if metadata.len() > LARGEST_FILE {
                    return Err(SuiteError::TooLarge(path));
                }
                let text = fs::read_to_string(&path).map_err(unreadable)?;
                let relative = path.strip_prefix(root).unwrap_or(&path);
                let name = relative.display().to_string().replace('\\', "/");
                files.insert(name, text);
            }
        }
    }
    Ok(files)
}

impl Suite {
    /// The scenario with that id or trial name.
    #[must_use]
    pub fn scenario(&self, id: &str) -> Option<&Scenario> {
        self.scenarios
            .iter()
            .find(|scenario| scenario.id == id || scenario.name() == id)
    }
}
