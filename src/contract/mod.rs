//! The contract as data: the operations of the API, the sentences of its documentation, and the clauses made of them.
//!
//! Read from `specs/contract.yaml`; nothing here knows how a clause is verified.

mod mistakes;
mod terms;

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub use terms::{ClauseOrigin, Level, OperationOrigin, Profile, Role};

use crate::diagnostic::{Diagnostic, Located, Source};
use crate::yaml;

/// What a server promises: `specs/contract.yaml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Contract {
    /// The name of the API.
    pub title: String,
    /// The releases of the suite, the oldest first; the last is the suite as it stands.
    #[serde(default)]
    pub versions: Vec<Located<String>>,
    /// The request header that names the type of client.
    pub client_header: Located<String>,
    /// The address of the production service, which a run refuses without being told otherwise.
    pub production: Located<String>,
    /// What can be called, by name.
    pub operations: BTreeMap<String, Operation>,
    /// The call by which sessions are looked at after each call that has an effect.
    pub look_around: Option<LookAround>,
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
    pub known: OperationOrigin,
    /// What the harness uses it for by itself; one operation at most has each role.
    pub role: Option<Located<Role>>,
    /// Whether servers commonly limit how often it may be called.
    #[serde(default)]
    pub throttled: bool,
    /// The body that a step sends `as` an account: `{{account.email}}` is a part of that account.
    pub usual_body: Option<Located<Value>>,
    /// What it does to sessions.
    pub effect: Option<Effect>,
}

/// What a call does to the sessions of accounts: each promise names the clause that makes it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Effect {
    /// It opens a session of the client type that the call names, which lives. Left out, the clauses that the step
    /// verifies by its status say so.
    pub opens: Option<Located<String>>,
    /// It ends sessions at once.
    pub ends: Option<Ends>,
    /// The other sessions of the account live on.
    pub spares: Option<Located<String>>,
    /// The session that makes the call lives on.
    pub spares_caller: Option<Located<String>>,
    /// The sessions of other accounts live on.
    pub spares_accounts: Option<Located<String>>,
    /// If the call is refused, every session lives on.
    pub refused: Option<Located<String>>,
    /// The same, if the session that makes the call names its own id.
    pub own_id: Option<Located<String>>,
    /// The same, if the call names the id of a session of another account.
    pub foreign_id: Option<Located<String>>,
    /// The same, if the call names an id that no session has.
    pub unknown_id: Option<Located<String>>,
    /// What it does instead to an account with a second factor.
    pub second_factor: Option<Box<Effect>>,
}

/// The sessions that a call ends, with the clause that says so.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// Those of the account that have the client type of the new one.
    SameType(Located<String>),
    /// The one that makes the call.
    Caller(Located<String>),
    /// The one whose id the call names.
    Named(Located<String>),
    /// Those of the account but for the one that makes the call.
    Others(Located<String>),
}

/// How sessions are looked at.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct LookAround {
    /// The operation: it is answered 2xx to a session that lives, and refused to one that has ended.
    pub call: Located<String>,
    /// The clause that says that a session which has ended does not come back, and is refused with 401.
    pub stays_ended: Located<String>,
}

impl Operation {
    /// The body that a step sends as this account, its parts as templates.
    #[must_use]
    pub fn usual_body_of(&self, account: &str) -> Option<Located<Value>> {
        let usual = self.usual_body.as_ref()?;
        let mut body = usual.value.clone();
        for (_, value) in body.as_object_mut().into_iter().flatten() {
            if let Value::String(text) = value {
                *text = text.replace("{{account.", &format!("{{{{{account}."));
            }
        }
        Some(usual.with(body))
    }
}

impl Effect {
    /// The clauses that it names.
    pub fn clauses(&self) -> impl Iterator<Item = &Located<String>> {
        let ends = self.ends.as_ref().map(Ends::clause);
        let second_factor = self.second_factor.iter();
        let nested = second_factor.flat_map(|effect| effect.clauses().collect::<Vec<_>>());
        let own = [
            self.opens.as_ref(),
            ends,
            self.spares.as_ref(),
            self.spares_caller.as_ref(),
            self.spares_accounts.as_ref(),
            self.refused.as_ref(),
            self.own_id.as_ref(),
            self.foreign_id.as_ref(),
            self.unknown_id.as_ref(),
        ];
        own.into_iter().flatten().chain(nested)
    }
}

impl Ends {
    /// The clause that says so.
    #[must_use]
    pub fn clause(&self) -> &Located<String> {
        match self {
            Self::SameType(clause)
            | Self::Caller(clause)
            | Self::Named(clause)
            | Self::Others(clause) => clause,
        }
    }
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

/// One sentence of the documentation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Clause {
    /// Its id, such as `login.ends-same-type`.
    pub id: Located<String>,
    /// How binding it is.
    pub level: Level,
    /// The profile it belongs to.
    pub profile: Profile,
    /// Where it comes from.
    pub source: ClauseOrigin,
    /// The sentences of the documentation that it rests on.
    #[serde(default)]
    pub sources: Vec<Located<String>>,
    /// The sections of published standards that ask for it: `ASVS 7.4.1`, `CWE-613`.
    #[serde(default)]
    pub standards: Vec<String>,
    /// The clauses it is masked by: where one of them fails, the cause is there, and this one is not reported.
    #[serde(default)]
    pub masked_by: Vec<Located<String>>,
    /// The release of the suite that brought it; nothing where the first one did.
    pub since: Option<Located<String>>,
    /// The clause itself.
    pub text: String,
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

    /// The operation that has this role, and its name.
    #[must_use]
    pub fn by_role(&self, role: Role) -> Option<(&str, &Operation)> {
        let mut operations = self.operations.iter();
        let has_role = |one: &Operation| one.role.as_ref().is_some_and(|own| own.value == role);
        let found = operations.find(|(_, operation)| has_role(operation));
        found.map(|(name, operation)| (name.as_str(), operation))
    }

    /// Its name alone.
    #[must_use]
    pub fn operation_of(&self, role: Role) -> Option<&str> {
        self.by_role(role).map(|(name, _)| name)
    }

    /// Whether that operation changes nothing.
    #[must_use]
    pub fn only_reads(&self, operation: &str) -> bool {
        let operation = self.operations.get(operation);
        operation.is_some_and(|operation| *operation.method == "GET")
    }

    /// What the harness uses that operation for by itself.
    #[must_use]
    pub fn role_of(&self, operation: &str) -> Option<Role> {
        Some(self.operations.get(operation)?.role.as_ref()?.value)
    }

    /// Whether servers commonly limit how often that operation may be called.
    #[must_use]
    pub fn is_throttled(&self, operation: &str) -> bool {
        let operation = self.operations.get(operation);
        operation.is_some_and(|operation| operation.throttled)
    }

    /// What that operation does to sessions.
    #[must_use]
    pub fn effect(&self, operation: &str) -> Option<&Effect> {
        self.operations.get(operation)?.effect.as_ref()
    }

    /// Whether that operation does something to sessions.
    #[must_use]
    pub fn has_effect(&self, operation: &str) -> bool {
        self.effect(operation).is_some()
    }

    /// The suite's own release; nothing where it has none.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.versions.last().map(|version| version.as_str())
    }

    /// Whether a release of the suite has that clause already.
    #[must_use]
    pub fn is_in(&self, clause: &Clause, version: &str) -> bool {
        let position = |version: &str| self.versions.iter().position(|known| **known == version);
        let since = clause.since.as_ref();
        since.is_none_or(|since| position(since) <= position(version))
    }

    /// The sentence of the documentation with that id.
    #[must_use]
    pub fn sentence(&self, id: &str) -> Option<&Sentence> {
        self.documentation
            .iter()
            .find(|sentence| *sentence.id == id)
    }

    /// Where a clause comes from, for people: `documented, API Auth › Log in; see also ASVS 7.4.1`.
    #[must_use]
    pub fn source_of(&self, clause: &Clause) -> String {
        let mut sections: Vec<&str> = Vec::new();
        for id in &clause.sources {
            if let Some(sentence) = self.sentence(id)
                && !sections.contains(&sentence.section.as_str())
            {
                sections.push(&sentence.section);
            }
        }
        let standards = clause.standards.join(", ");
        if sections.is_empty() {
            return format!("{}, {standards}", clause.source);
        }
        let documented = format!(
            "{}, {} › {}",
            clause.source,
            self.title,
            sections.join(", ")
        );
        if standards.is_empty() {
            documented
        } else {
            format!("{documented}; see also {standards}")
        }
    }
}
