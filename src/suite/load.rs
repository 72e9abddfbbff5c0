//! Reads all files of a suite before anything runs, and reports every mistake in them at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::compile::compile;
use super::compiler::Definitions;
use super::error::SuiteError;
use super::file::ScenarioFile;
use super::files::Files;
use super::schema::BodySchema;
use super::{Scenario, Suite};
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Source, did_you_mean};
use crate::yaml;

impl Suite {
    /// The suite that this program brings.
    ///
    /// # Errors
    /// Mistakes in it, which its own tests rule out.
    pub fn built_in() -> Result<Self, SuiteError> {
        // Its schemas are checked by the tests of this project: a run need not do it again.
        Self::read(Files::built_in(), Path::new("this program"), true)
    }

    /// The suite in a folder that holds `specs/` and `schemas/`.
    ///
    /// # Errors
    /// What cannot be read, or every mistake in what was read.
    pub fn from_dir(dir: &Path) -> Result<Self, SuiteError> {
        Self::read(Files::in_dir(dir)?, dir, false)
    }

    fn read(mut files: Files, dir: &Path, built_in: bool) -> Result<Self, SuiteError> {
        let mut diagnostics = std::mem::take(&mut files.mistakes);
        let schemas: BTreeMap<String, BodySchema> = files
            .schemas
            .iter()
            .map(|(name, source)| (name.clone(), BodySchema::new(Arc::clone(source))))
            .collect();
        if !built_in {
            diagnostics.extend(schemas.values().filter_map(BodySchema::mistake));
        }
        let (contract, parsed) = parse(&files);
        let contract = match contract {
            Some((contract, mistakes)) => {
                diagnostics.extend(mistakes);
                contract
            }
            None if diagnostics.is_empty() => return Err(SuiteError::NoContract(dir.to_owned())),
            None => None,
        };
        let names = names_of(&schemas);
        let mut scenarios = Vec::new();
        for ((id, source), (file, mistakes)) in files.scenarios.iter().zip(parsed) {
            // Without a contract no name can be resolved.
            let (Some(file), Some(contract)) = (file, &contract) else {
                diagnostics.extend(mistakes);
                continue;
            };
            let known = Definitions {
                contract,
                schemas: &names,
            };
            let (scenario, mistakes) = resolve(id, source, (&file, mistakes), known);
            diagnostics.extend(mistakes);
            scenarios.extend(scenario);
        }
        let ids: Vec<&str> = files.scenarios.keys().map(String::as_str).collect();
        let misled = scenarios
            .iter()
            .filter_map(|one| misled(one, &scenarios, &ids));
        diagnostics.extend(misled);
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

    /// Reads the text of one more scenario, as a file beside those of this suite would be read.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read_scenario(&self, id: &str, text: &str) -> Result<Scenario, SuiteError> {
        let source = Source::new(format!("specs/{id}.yaml"), text);
        let (file, mistakes) = yaml::parse(&source);
        let Some(file) = file else {
            return Err(SuiteError::Mistakes(mistakes));
        };
        let known = Definitions {
            contract: &self.contract,
            schemas: &names_of(&self.schemas),
        };
        match resolve(id, &source, (&file, mistakes), known) {
            (Some(scenario), mistakes) if mistakes.is_empty() => Ok(scenario),
            (_, mistakes) => Err(SuiteError::Mistakes(mistakes)),
        }
    }

    /// The scenario with that id or trial name.
    #[must_use]
    pub fn scenario(&self, id: &str) -> Option<&Scenario> {
        self.scenarios
            .iter()
            .find(|scenario| scenario.id == id || scenario.name() == id)
    }
}

fn names_of(schemas: &BTreeMap<String, BodySchema>) -> BTreeSet<String> {
    schemas.keys().cloned().collect()
}

/// What is wrong with the scenario that this one continues.
fn misled(scenario: &Scenario, all: &[Scenario], ids: &[&str]) -> Option<Diagnostic> {
    let id = scenario.continues.as_ref()?;
    let mistake = |message: String| Some(Diagnostic::new(&scenario.source, &id.span, message));
    let named = |id: &str| all.iter().find(|other| other.id == id);
    if !ids.contains(&id.as_str()) {
        let help = did_you_mean(id, ids.iter().copied());
        return mistake(format!("unknown scenario `{}`", id.value)).map(|one| one.help(help));
    }
    // One with mistakes of its own is not there.
    let before = named(id)?;
    if before.exclusive || scenario.exclusive {
        let message = "a scenario that runs alone neither continues another nor is continued";
        return mistake(message.to_owned());
    }
    let first = all
        .iter()
        .find(|other| other.continues.as_ref() == Some(id));
    if let Some(first) = first.filter(|first| first.id != scenario.id) {
        let message = format!(
            "`{}` continues the scenario `{}` already",
            first.id, id.value
        );
        return mistake(message).map(|one| one.help(format!("continue `{}`", first.id)));
    }
    // As each is continued once, whoever goes back from one comes to a start, or to itself.
    let mut earlier = Some(before);
    while let Some(other) = earlier.filter(|other| other.id != scenario.id) {
        earlier = other.continues.as_ref().and_then(|id| named(id));
    }
    earlier.and_then(|_| mistake(format!("`{}` continues itself in the end", scenario.id)))
}

/// The scenario in a file that could be read, and every mistake in it, those of reading it first.
fn resolve(
    id: &str,
    source: &Arc<Source>,
    (file, mut mistakes): (&ScenarioFile, Vec<Diagnostic>),
    known: Definitions<'_>,
) -> ParsedFile<Scenario> {
    let sound = mistakes.is_empty();
    let (scenario, more) = compile(id, source, file, known);
    mistakes.extend(more);
    let scenario = scenario.filter(|_| sound);
    if let Some(scenario) = &scenario
        && scenario.verifies().next().is_none()
    {
        let mistake = Diagnostic::new(source, &(0..0), "the scenario verifies no clause");
        mistakes.push(mistake.help("name those that a step verifies: `verifies: [CLAUSE]`"));
    }
    (scenario, mistakes)
}

/// What was read of a file, and the mistakes in it.
type ParsedFile<T> = (Option<T>, Vec<Diagnostic>);

/// Reads the contract beside the scenarios: YAML is most of the time that a start takes.
fn parse(files: &Files) -> (Option<ParsedFile<Contract>>, Vec<ParsedFile<ScenarioFile>>) {
    let sources: Vec<&Arc<Source>> = files.scenarios.values().collect();
    let (first, second) = sources.split_at(sources.len() * 2 / 3);
    let parse_all = |sources: &[&Arc<Source>]| -> Vec<ParsedFile<ScenarioFile>> {
        sources.iter().map(|source| yaml::parse(source)).collect()
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let contract = files.contract.as_ref().map(Contract::parse);
            (contract, parse_all(second))
        });
        let mut scenarios = parse_all(first);
        let (contract, more) = other.join().unwrap_or_default();
        scenarios.extend(more);
        (contract, scenarios)
    })
}
