//! The contract as data: the operations of the API, the sentences of its documentation, and the clauses made of them.
//!
//! Read from `specs/contract.yaml`; nothing here knows how a clause is proven.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Located, Source, did_you_mean};
use crate::yaml;

/// What a server promises: `specs/contract.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Contract {
    /// The name of the API.
    pub title: String,
    /// The request header that names the type of client.
    pub client_header: Located<String>,
    /// The address of the production service, which a run refuses without being told otherwise.
    pub production: Located<String>,
    /// What can be called, by name.
    pub operations: BTreeMap<String, Operation>,
    /// What the documentation says, a sentence each, in our own words.
    pub documentation: Vec<Sentence>,
    /// What a server must or should satisfy.
    pub clauses: Vec<Clause>,
}

/// One call that the API offers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Operation {
    /// Its HTTP method.
    pub method: Located<String>,
    /// Its path below the base URL; `{id}` stands for a parameter.
    pub path: Located<String>,
    /// Whether method and path are documented or only assumed.
    pub known: Known,
    /// Whether servers commonly limit how often it may be called.
    #[serde(default)]
    pub throttled: bool,
}

/// The names of the parameters in a path: `id` in `/tokens/{id}`.
pub fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Whether a path can be joined to a base URL and stays on its host.
#[must_use]
pub fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.contains(['?', '#', '\\'])
        && text.chars().all(|c| c.is_ascii_graphic())
}

/// How sure we are of an operation's method and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// The published page states them.
    Documented,
    /// No page states them: they follow the manner of the others.
    Assumed,
}

/// One sentence of the documentation.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Sentence {
    /// Its id, `section.word`.
    pub id: Located<String>,
    /// The heading it stands under.
    pub section: String,
    /// What it says, in our own words.
    pub says: String,
    /// Why no clause covers it, where none does.
    pub excluded: Option<String>,
}

/// One sentence that a server must (or should) satisfy.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Clause {
    /// Its id, such as `login.ends-same-type`.
    pub id: Located<String>,
    /// How binding it is.
    pub level: Level,
    /// The profile it belongs to.
    pub profile: Profile,
    /// Where it comes from.
    pub source: Origin,
    /// The sentences of the documentation that it rests on.
    #[serde(default)]
    pub from: Vec<Located<String>>,
    /// The clause itself.
    pub statement: String,
}

/// How binding a clause is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A violation fails the run.
    Must,
    /// A violation is shown and counted.
    Should,
    /// For information.
    Info,
}

/// A set of clauses that a vendor can claim.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Accounts, login, the current user, logout.
    Core,
    /// The second factor.
    Totp,
    /// One session per client type; listing and revoking tokens.
    Sessions,
    /// Too many attempts.
    RateLimit,
}

impl Profile {
    /// All profiles, in the order in which reports list them.
    pub const ALL: [Self; 4] = [Self::Core, Self::Sessions, Self::Totp, Self::RateLimit];
}

/// Where a clause comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The documentation says it.
    Documented,
    /// It follows from what the documentation says.
    Implied,
}

macro_rules! display_as_serialized {
    ($($type:ty: $($variant:ident => $text:literal),+;)+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $text),+ })
            }
        }
    )+};
}

display_as_serialized! {
    Level: Must => "must", Should => "should", Info => "info";
    Origin: Documented => "documented", Implied => "implied";
    Known: Documented => "documented", Assumed => "assumed";
    Profile: Core => "core", Totp => "totp", Sessions => "sessions", RateLimit => "rate-limit";
}

impl Contract {
    /// Reads `source`: the contract where it could be read, and every mistake in it: YAML, keys, ids that stand
    /// twice, calls that cannot be made, sentences that are unknown, uncovered, or both covered and excluded.
    #[must_use]
    pub fn parse(source: &Arc<Source>) -> (Option<Self>, Vec<Diagnostic>) {
        let (contract, mut diagnostics) = yaml::parse::<Self>(source);
        if let Some(contract) = &contract {
            diagnostics.extend(contract.uncallable(source));
            diagnostics.extend(contract.mistakes(source));
        }
        (contract, diagnostics)
    }

    /// The clause with that id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| *clause.id == id)
    }

    /// The sentence of the documentation with that id.
    #[must_use]
    pub fn sentence(&self, id: &str) -> Option<&Sentence> {
        self.documentation
            .iter()
            .find(|sentence| *sentence.id == id)
    }

    /// Where a clause comes from, for people: `documented, API Auth › Log in`.
    #[must_use]
    pub fn source_of(&self, clause: &Clause) -> String {
        let mut sections: Vec<&str> = Vec::new();
        for id in &clause.from {
            if let Some(sentence) = self.sentence(id)
                && !sections.contains(&sentence.section.as_str())
            {
                sections.push(&sentence.section);
            }
        }
        format!(
            "{}, {} › {}",
            clause.source,
            self.title,
            sections.join(", ")
        )
    }

    /// What would send a call elsewhere, or nowhere.
    fn uncallable(&self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let mut mistake = |place: &Located<String>, message: String, help: &str| {
            diagnostics.push(Diagnostic::new(source, &place.span, message).help(help));
        };
        let token = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        for Operation { method, path, .. } in self.operations.values() {
            if !token(method) {
                let message = format!("`{}` is no HTTP method", method.value);
                mistake(method, message, "write GET, POST, DELETE or another one");
            }
            if !is_path(path) {
                let message = format!("`{}` is no path", path.value);
                mistake(path, message, "start it with `/`, without a query");
            }
        }
        if !token(&self.client_header) {
            let message = format!("`{}` is no name of a header", self.client_header.value);
            mistake(
                &self.client_header,
                message,
                "write one such as X-Pionne-Client",
            );
        }
        let production = &self.production;
        if !(production.starts_with("https://") || production.starts_with("http://")) {
            let message = format!("`{}` is no base URL", production.value);
            mistake(production, message, "start it with https:// or http://");
        }
        diagnostics
    }

    fn mistakes(&self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let sentences: Vec<_> = self
            .documentation
            .iter()
            .map(|sentence| &sentence.id)
            .collect();
        let clauses: Vec<_> = self.clauses.iter().map(|clause| &clause.id).collect();
        for ids in [sentences, clauses] {
            for (index, id) in ids.iter().enumerate() {
                if ids[..index].iter().any(|other| other.value == id.value) {
                    let message = format!("the id `{}` is used twice", id.value);
                    diagnostics.push(
                        Diagnostic::new(source, &id.span, message)
                            .help("give each sentence and each clause an id of its own"),
                    );
                }
            }
        }
        for clause in &self.clauses {
            if clause.from.is_empty() {
                diagnostics.push(
                    Diagnostic::new(
                        source,
                        &clause.id.span,
                        format!("the clause `{}` rests on no sentence", clause.id.value),
                    )
                    .help("name the sentences of `documentation` in `from`"),
                );
            }
            for id in &clause.from {
                if self.sentence(id).is_none() {
                    let known = self
                        .documentation
                        .iter()
                        .map(|sentence| sentence.id.as_str());
                    diagnostics.push(
                        Diagnostic::new(
                            source,
                            &id.span,
                            format!("unknown sentence `{}`", id.value),
                        )
                        .help(did_you_mean(id, known)),
                    );
                }
            }
        }
        for sentence in &self.documentation {
            let covered = self
                .clauses
                .iter()
                .any(|clause| clause.from.iter().any(|id| id.value == sentence.id.value));
            let message = match (covered, &sentence.excluded) {
                (false, None) => "is neither covered by a clause nor excluded",
                (true, Some(_)) => "is excluded and yet covered by a clause",
                _ => continue,
            };
            diagnostics.push(Diagnostic::new(
                source,
                &sentence.id.span,
                format!("the sentence `{}` {message}", sentence.id.value),
            ));
        }
        diagnostics
    }
}
