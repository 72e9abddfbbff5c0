//! Servers that break a clause each, as data: `mutants/<feature>.yaml` says what is set on the reference.

use std::collections::BTreeSet;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::trial::Server;
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Located, Source, did_you_mean, summary};
use crate::reference::{Behaviour, Limits, RunningClock};
use crate::suite::Suite;
use crate::yaml;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/mutants");

/// One defect of a server.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub struct Mutant {
    /// A short name, in the words of the clause: `login.ends-nothing-for-cli`.
    pub id: Located<String>,
    /// The clause that it breaks, and no other.
    #[serde(rename(serialize = "breaks"))]
    pub clause: Located<String>,
    /// What this server does, as a sentence about it.
    #[serde(rename(serialize = "what"))]
    pub text: Located<String>,
    /// Why no client can tell this server from a conforming one, where that is so.
    pub equivalent: Option<String>,
    /// What it decides otherwise than the contract.
    #[serde(default, skip_serializing)]
    pub set: Behaviour,
    /// How often somebody may try to log in.
    #[serde(default, skip_serializing)]
    pub limits: Limits,
    /// The moment that its clock shows when it starts; that of the machine, if there is none.
    #[serde(skip_serializing)]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub clock: Option<Timestamp>,
}

/// Why there are no mutants to try.
#[derive(Debug, thiserror::Error)]
#[error("{}", summary("the list of mutants", .0))]
pub struct MutantsError(
    /// Every mistake in the files.
    pub Vec<Diagnostic>,
);

impl Mutant {
    /// The reference with this defect.
    #[must_use]
    pub fn server(&self) -> Server {
        let mut server = Server::default();
        server.settings.behaviour = self.set.clone();
        server.settings.limits = self.limits.clone();
        if let Some(moment) = self.clock {
            server.settings.clock = Arc::new(RunningClock::starting_at(moment));
        }
        server
    }

    /// The mutants in these files that break a clause of `suite`, in the order of its clauses.
    ///
    /// # Errors
    /// Every mistake: in YAML, keys and values, ids that stand twice, clauses that there are not, texts that say nothing.
    pub fn read(sources: &[Arc<Source>], suite: &Suite) -> Result<Vec<Self>, MutantsError> {
        let clauses = &suite.contract.clauses;
        let position = |clause: &str| clauses.iter().position(|one| *one.id == clause);
        let (mut mutants, mut mistakes, mut ids) = (Vec::new(), Vec::new(), BTreeSet::new());
        for source in sources {
            let (read, unread) = yaml::parse::<Vec<Self>>(source);
            mistakes.extend(unread);
            for mutant in read.into_iter().flatten() {
                let Self {
                    id, clause, text, ..
                } = &mutant;
                let mut mistake = |at: &Located<String>, message: String, help: &str| {
                    mistakes.push(Diagnostic::new(source, &at.span, message).help(help));
                };
                if !ids.insert(id.value.clone()) {
                    let message = format!("the id `{}` is used twice", id.value);
                    mistake(id, message, "give each mutant an id of its own");
                }
                if suite.built_in && position(clause).is_none() {
                    let known = clauses.iter().map(|clause| clause.id.as_str());
                    let message = format!("unknown clause `{}`", clause.value);
                    mistake(clause, message, &did_you_mean(clause, known));
                }
                if text.trim().is_empty() {
                    let message = format!("the mutant `{}` does not say what is broken", id.value);
                    mistake(text, message, "write a sentence about the server");
                }
                mutants.push(mutant);
            }
        }
        if !mistakes.is_empty() {
            return Err(MutantsError(mistakes));
        }
        // A suite of the user has other clauses.
        mutants.retain(|mutant| position(&mutant.clause).is_some());
        mutants.sort_by_key(|mutant| position(&mutant.clause));
        Ok(mutants)
    }
}

/// The mutants that the program brings, as far as they break a clause of `suite`.
///
/// # Errors
/// Mistakes in them, which the tests rule out.
pub fn mutants(suite: &Suite) -> Result<Vec<Mutant>, MutantsError> {
    let source = |file: &include_dir::File<'_>| {
        let name = format!("mutants/{}", file.path().display());
        Source::new(name, String::from_utf8_lossy(file.contents()))
    };
    let sources: Vec<_> = FILES.files().map(source).collect();
    Mutant::read(&sources, suite)
}

/// The clauses that no mutant breaks in a way that can be told.
pub fn unbroken<'a>(contract: &'a Contract, mutants: &[Mutant]) -> impl Iterator<Item = &'a str> {
    let clauses = contract.clauses.iter().map(|clause| clause.id.as_str());
    let told = mutants.iter().filter(|mutant| mutant.equivalent.is_none());
    let broken: BTreeSet<String> = told.map(|mutant| mutant.clause.value.clone()).collect();
    clauses.filter(move |id| !broken.contains(*id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_is_told_with_its_place_and_what_to_do() {
        let mutant = |what: &str| format!("- {{ id: a.b, clause: login.succeeds, text: T{what} }}");
        for (entry, place, message, help) in [
            (
                mutant(", set: { logn: {} }"),
                "1:54",
                "unknown key `logn`",
                "did you mean `login`?",
            ),
            (
                mutant(", set: { login: { ends: { all: [own, { not: usd }] } } }"),
                "1:89",
                "unknown value `usd`",
                "did you mean `used`?",
            ),
            (
                mutant(", set: { statuses: { logged_in: 42 } }"),
                "1:77",
                "`logged_in` cannot be `42`",
                "write a number from 100 to 999",
            ),
            (
                mutant(" }\n- { id: a.b, clause: login.succeeds, text: T"),
                "2:9",
                "the id `a.b` is used twice",
                "give each mutant an id of its own",
            ),
            (
                "- { id: a.b, clause: login.suceeds, text: T }".to_owned(),
                "1:22",
                "unknown clause `login.suceeds`",
                "did you mean `login.succeeds`?",
            ),
            (
                "- { id: a.b, clause: login.succeeds, text: ' ' }".to_owned(),
                "1:44",
                "the mutant `a.b` does not say what is broken",
                "write a sentence about the server",
            ),
        ] {
            let source = Source::new("mutants/login.yaml", entry.as_str());
            let said = Mutant::read(&[source], &Suite::built_in().unwrap()).unwrap_err();
            let said = said.to_string();
            let place = format!("mutants/login.yaml:{place}\n");
            let excerpt = entry.lines().last().unwrap();
            for part in [
                message,
                help,
                &place,
                excerpt,
                "has 1 mistake; nothing was run",
            ] {
                assert!(said.contains(part), "{part} is not in:\n{said}");
            }
        }
    }

    #[test]
    fn all_mistakes_of_a_file_are_told_at_once() {
        let text = "- { id: a, clause: login.succeeds, text: T, clock: noon, limits: { login: many } }\n\
                    - { id: b, clause: login.succeeds, set: { logn: {} } }\n\
                    - { id: c, clause: login.succeeds, text: T, set: { login: { ends: { non: used } } } }\n\
                    - none\n";
        let source = Source::new("mutants/login.yaml", text);
        let MutantsError(mistakes) =
            Mutant::read(&[source], &Suite::built_in().unwrap()).unwrap_err();
        let said = mistakes.iter().map(|mistake| {
            let (line, _) = mistake.source.line_column(mistake.span.start);
            format!("{line}: {}", mistake.message)
        });
        let expected = [
            "1: `clock` cannot be `noon`",
            "1: unknown key `login`",
            "2: an entry of the file has no `text`",
            "2: unknown key `logn`",
            "3: unknown key `non`",
            "4: an entry of the file must be a mapping, but is text",
        ];
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }
}
