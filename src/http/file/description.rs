//! What a target file says, checked: every mistake in it shows in one go.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::masked::{masked, masked_if_mistyped};
use super::reader::Reader;
use super::variables::Variables;
use super::written::TargetFile;
use crate::bounded::{self, MIB};
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Source, summary};
use crate::http::{BaseUrl, Target, Waiver};
use crate::yaml;

/// No target file comes near this.
const LARGEST_FILE: u64 = MIB;

/// Everything that a target file says.
pub struct Description {
    /// The server and how to reach it.
    pub target: Target,
    /// Where accounts with a second factor come from.
    pub accounts: Accounts,
    /// The command that makes plain accounts, where the run does not register its own.
    pub plain_accounts: Option<String>,
    /// The domain of the e-mails that are made up.
    pub email_domain: Option<String>,
    /// The command that gets the e-mails of all accounts of the run.
    pub cleanup: Option<String>,
    /// What is certified.
    pub certification: Certification,
    /// Violations that are known.
    pub waivers: Vec<Waiver>,
}

/// What `conform certify` certifies, as a target file says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certification {
    /// Who makes the product.
    pub vendor: Option<String>,
    /// The product.
    pub product: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The digest of the artefact that is running.
    pub subject: Option<String>,
}

/// Where accounts with a second factor come from, as a target file says it.
#[derive(Clone, PartialEq, Eq)]
pub enum Accounts {
    /// It says nothing.
    Unsaid,
    /// From a shell command.
    Provision(String),
    /// From a file with one account.
    File(PathBuf),
}

// Without its commands, in which secrets may stand.
opaque_debug!(Description: target);

impl fmt::Debug for Accounts {
    /// Without the command, in which secrets may stand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsaid => "Unsaid",
            Self::Provision(_) => "Provision",
            Self::File(_) => "File",
        })
    }
}

/// Why a target file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetFileError {
    /// It cannot be read.
    #[error("cannot read the target file {path}: {cause} (`conform init {path}` writes one)")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// It is a link that leads out of its folder: what it leads to would show in messages.
    #[error("{0} is a link that leads out of its folder: name the file itself")]
    Outside(PathBuf),
    /// It names no server, and nothing else does.
    #[error("{0} names no server: add `base_url`, or name one with --base-url")]
    NoServer(PathBuf),
    /// It holds mistakes.
    #[error("{}", summary("the target file", .0))]
    Mistakes(Vec<Diagnostic>),
}

impl From<Target> for Description {
    /// A target of which nothing else is said.
    fn from(target: Target) -> Self {
        Self {
            target,
            accounts: Accounts::Unsaid,
            plain_accounts: None,
            email_domain: None,
            cleanup: None,
            certification: Certification::default(),
            waivers: Vec::new(),
        }
    }
}

impl Description {
    /// Reads a target file; `base_url` takes the place of the one in it.
    ///
    /// # Errors
    /// It cannot be read, it names no server, or every mistake in it.
    pub fn read(
        path: &Path,
        base_url: Option<BaseUrl>,
        contract: &Contract,
        variables: Variables<'_>,
    ) -> Result<Self, TargetFileError> {
        let source = Source::new(path.display().to_string(), text(path)?);
        let (file, mut mistakes) = yaml::parse::<TargetFile>(&source);
        let Some(file) = file else {
            return Err(shown_in(masked(&source.text), mistakes));
        };
        let mut reader = Reader {
            source: &source,
            contract,
            variables,
            folder: path.parent().unwrap_or(Path::new("")),
            mistakes: Vec::new(),
            secrets: Vec::new(),
        };
        let own = reader.base_url(file.base_url.as_ref());
        let base_url = base_url.or(own);
        // Where there is no server to name, the other mistakes are to show all the same.
        let stand_in = || BaseUrl::parse(&contract.production).ok();
        let described = base_url.clone().or_else(stand_in);
        let described = described.map(|base_url| reader.description(&file, base_url));
        mistakes.append(&mut reader.mistakes);
        if !mistakes.is_empty() {
            mistakes.sort_by_key(|mistake| mistake.span.start);
            let shown = masked_if_mistyped(&file.without_secrets(&source.text));
            return Err(shown_in(shown, mistakes));
        }
        let described = described.filter(|_| base_url.is_some());
        described.ok_or_else(|| TargetFileError::NoServer(path.to_owned()))
    }
}

/// The mistakes with excerpts of a text that may be shown, as long as the file's own.
fn shown_in(text: String, mut mistakes: Vec<Diagnostic>) -> TargetFileError {
    if let Some(first) = mistakes.first() {
        let shown = Source::new(first.source.path.as_str(), text);
        for mistake in &mut mistakes {
            mistake.source = Arc::clone(&shown);
        }
    }
    TargetFileError::Mistakes(mistakes)
}

fn text(path: &Path) -> Result<String, TargetFileError> {
    let unreadable = |cause| TargetFileError::Unreadable {
        path: path.to_owned(),
        cause,
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    if bounded::leads_out(folder, path).map_err(unreadable)? {
        return Err(TargetFileError::Outside(path.to_owned()));
    }
    let bytes = bounded::read(path, LARGEST_FILE).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| unreadable(std::io::Error::other("it is not UTF-8")))
}
