//! Turns what a target file writes into what it means, one value at a time, and keeps the mistakes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::variables::{Expanded, Variables, expand};
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Located, Source};
use crate::http::BaseUrl;

/// What a variable puts into an address is looked for everywhere from that length on, in bytes.
const SHORTEST_IN_ADDRESS: usize = 8;

/// A file under way.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) contract: &'a Contract,
    pub(super) variables: Variables<'a>,
    pub(super) folder: &'a Path,
    pub(super) mistakes: Vec<Diagnostic>,
    /// Values of the environment that stand where secrets stand.
    pub(super) secrets: Vec<String>,
}

impl Reader<'_> {
    /// A file, looked for beside the target file.
    pub(super) fn path<'t>(
        &mut self,
        text: impl Into<Option<&'t Located<String>>>,
    ) -> Option<PathBuf> {
        self.text(text).map(|path| self.folder.join(path))
    }

    /// A text that may be shown.
    pub(super) fn text<'t>(
        &mut self,
        text: impl Into<Option<&'t Located<String>>>,
    ) -> Option<String> {
        self.parsed(text, str::parse::<String>)
    }

    /// An address in which variables stand for secrets: it is shown as it is written.
    pub(super) fn base_url(&mut self, text: Option<&Located<String>>) -> Option<BaseUrl> {
        let text = text?;
        let before = self.secrets.len();
        let url = self.secret(text, BaseUrl::parse)?;
        if self.secrets.len() == before {
            return Some(url);
        }
        // A shorter value may be any word, such as `http`; and a host is sent in small letters, however it was written.
        let mut values = self.secrets.split_off(before);
        values.retain(|value| value.len() >= SHORTEST_IN_ADDRESS);
        let lower = values.iter().map(|value| value.to_lowercase());
        let lower: Vec<String> = lower.collect();
        self.secrets.extend(values.into_iter().chain(lower));
        Some(url.shown_as(text))
    }

    /// A value in which variables stand for secrets.
    pub(super) fn secret<'t, T, E: ToString>(
        &mut self,
        text: impl Into<Option<&'t Located<String>>>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = text.into()?;
        let Expanded {
            text: meant,
            values,
        } = self.expanded(text)?;
        let parsed = parse(&meant).map_err(|error| {
            let mut message = error.to_string();
            for value in values.iter().filter(|value| !value.is_empty()) {
                message = message.replace(value, "…");
            }
            message
        });
        self.secrets.extend(values);
        self.kept(text, parsed)
    }

    /// A value that may be shown.
    pub(super) fn parsed<'t, T, E: ToString>(
        &mut self,
        text: impl Into<Option<&'t Located<String>>>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = text.into()?;
        let expanded = self.expanded(text)?;
        self.kept(text, parse(&expanded.text))
    }

    fn expanded(&mut self, text: &Located<String>) -> Option<Expanded> {
        let expanded = expand(text, self.variables);
        self.kept(text, expanded)
    }

    fn kept<T, E: ToString>(&mut self, place: &Located<String>, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.mistake(place, &error.to_string(), "");
                None
            }
        }
    }

    pub(super) fn mistake<T>(&mut self, place: &Located<T>, message: &str, help: &str) {
        let mistake = Diagnostic::new(self.source, &place.span, message).help(help);
        self.mistakes.push(mistake);
    }
}
