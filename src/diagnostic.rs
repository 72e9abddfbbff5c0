//! One shape for everything that points at a place in a YAML file: mistakes of a suite and failed expectations alike.

use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_saphyr::Spanned;

use crate::excerpt::Excerpt;
pub use crate::excerpt::{Source, Span};

/// A value that knows its place in the file it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Where it stands, in bytes.
    pub span: Span,
}

impl<T> Located<T> {
    /// The same place with another value.
    pub fn with<U>(&self, value: U) -> Located<U> {
        Located {
            value,
            span: self.span.clone(),
        }
    }
}

impl<T> std::ops::Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let span = spanned.referenced.span();
        let start = span.byte_offset().unwrap_or(0);
        let end = start + span.byte_len().unwrap_or(0);
        Ok(Self {
            value: spanned.value,
            span: to_range(start, end),
        })
    }
}

impl<T: Serialize> Serialize for Located<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

fn to_range(start: u64, end: u64) -> Span {
    let clamp = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
    clamp(start)..clamp(end)
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A message about a place in a file, with what to do about it.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// What is wrong, in one sentence.
    pub message: String,
    /// The file.
    pub source: Arc<Source>,
    /// The place in it.
    pub span: Span,
    /// What to do; may be empty.
    pub help: String,
}

impl Diagnostic {
    /// A message about `span` of `source`.
    pub fn new(source: &Arc<Source>, span: &Span, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: Arc::clone(source),
            span: span.clone(),
            help: String::new(),
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

impl fmt::Display for Diagnostic {
    /// Title, excerpt with a caret, and the help, as plain text over several lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let excerpt = Excerpt::of(&self.source, &self.span);
        f.write_str(&excerpt.explained(&self.message, &self.help))
    }
}

/// Every mistake of a file or a suite, and how many there are: why nothing is run.
pub(crate) fn summary(what: &str, mistakes: &[Diagnostic]) -> String {
    let count = mistakes.len();
    let s = if count == 1 { "" } else { "s" };
    let last = format!("{what} has {count} mistake{s}; nothing was run");
    let text: Vec<String> = mistakes
        .iter()
        .map(ToString::to_string)
        .chain([last])
        .collect();
    text.join("\n\n")
}

/// The closest of `known` to a mistyped `name`, if one is near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, closest)| closest)
}

/// The same as a sentence of help; empty if nothing is near.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let closest = nearest(name, known);
    closest.map_or_else(String::new, |name| format!("did you mean `{name}`?"))
}

/// The same, or this advice if nothing is near.
pub(crate) fn did_you_mean_or<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    advice: &str,
) -> String {
    match did_you_mean(name, known) {
        near if near.is_empty() => advice.to_owned(),
        near => near,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_places_are_each_other_s_inverse() {
        let source = Source::new("a.yaml", "één\n\n  three: ü!\n");
        for (offset, _) in source.text.char_indices() {
            let (line, column) = source.line_column(offset);
            assert_eq!(source.offset(line, column), offset, "{line}:{column}");
        }
        assert_eq!(source.offset(99, 1), source.text.len());
    }

    #[test]
    fn a_near_name_is_proposed_and_a_far_one_is_not() {
        assert_eq!(
            did_you_mean("logn", ["me", "login"]),
            "did you mean `login`?"
        );
        assert_eq!(did_you_mean("zzz", ["me", "login"]), "");
    }
}
