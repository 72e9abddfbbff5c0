//! Reads YAML into typed values whose parts know their place, and turns every mistake into a [`Diagnostic`].

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::{self, DeserializeOwned};
use serde_saphyr::Error;
use serde_saphyr::options::DuplicateKeyPolicy;

use crate::diagnostic::{Diagnostic, Source};
use crate::json_schema::strict_schema;
use crate::shape::{self, Mistake};

/// Enough for a file as deep as the budget allows.
const STACK: usize = 16 << 20;

/// The value of `source` where it could be read, and every mistake in it.
///
/// Unknown keys do not stop the reading. Only a file with a mistake is read once more, by the schema of its type: that a good
/// one is read but once makes for a quick start.
pub fn parse<T: DeserializeOwned + JsonSchema>(
    source: &Arc<Source>,
) -> (Option<T>, Vec<Diagnostic>) {
    let mut has_unknown_keys = false;
    let parsed =
        serde_saphyr::with_deserializer_from_str_with_options(&source.text, options(), |yaml| {
            serde_ignored::deserialize(yaml, |path| has_unknown_keys |= !is_marker(&path))
        });
    match parsed {
        Ok(value) if !has_unknown_keys => (Some(value), Vec::new()),
        Ok(value) => (Some(value), unknown_keys::<T>(source)),
        Err(error) => (None, mistakes::<T>(source, &error)),
    }
}

/// The unknown keys of a file that can be read: all else in it is right.
fn unknown_keys<T: JsonSchema>(source: &Arc<Source>) -> Vec<Diagnostic> {
    let mut found = match shape_of::<T>(source) {
        Ok(found) => found,
        Err(error) => return vec![diagnostic_of(source, &error)],
    };
    found.retain(|mistake| mistake.is_unknown_key);
    if found.is_empty() {
        // Whatever hides it from the second reading, nothing runs with a key that is passed over.
        return vec![Diagnostic::new(
            source,
            &(0..0),
            "the file has an unknown key",
        )];
    }
    told(source, found)
}

/// What is wrong with a file that cannot be read. The reading ends with its first mistake, in words for programmers: that one
/// is told only if the shape of the file does not show it.
fn mistakes<T: JsonSchema>(source: &Arc<Source>, first: &Error) -> Vec<Diagnostic> {
    let mut found = match shape_of::<T>(source) {
        Ok(found) => told(source, found),
        Err(error) => return vec![diagnostic_of(source, &error)],
    };
    let is_missing = matches!(first.without_snippet(), Error::SerdeMissingField { .. });
    let first = diagnostic_of(source, first);
    let is_first = |other: &Diagnostic| is_missing || other.span.start == first.span.start;
    if !found.iter().any(is_first) {
        found.push(first);
    }
    found.sort_by_key(|mistake| mistake.span.start);
    found
}

fn told(source: &Arc<Source>, found: Vec<Mistake>) -> Vec<Diagnostic> {
    let found = found.into_iter();
    found
        .map(|one| Diagnostic::new(source, &one.span, one.message).help(one.help))
        .collect()
}

/// In a thread with room for it: a level of nesting takes 40 KB where nothing is optimised.
fn shape_of<T: JsonSchema>(source: &Source) -> Result<Vec<Mistake>, Error> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, || {
            let mut options = options();
            options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
            let file = serde_saphyr::from_str_with_options(&source.text, options)?;
            let schema = strict_schema::<T>();
            Ok(shape::mistakes(&file, "the file", &schema, true))
        });
        let read = thread.ok().and_then(|thread| thread.join().ok());
        read.unwrap_or_else(|| Err(de::Error::custom("there is no memory to read the file")))
    })
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        budget: serde_saphyr::budget! {
            max_depth: 64,
            max_events: 200_000,
            max_aliases: 100,
            max_anchors: 100,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 10_000,
            max_replay_stack_depth: 8,
            max_alias_expansions_per_anchor: 100,
        },
    }
}

fn diagnostic_of(source: &Arc<Source>, error: &Error) -> Diagnostic {
    let error = error.without_snippet();
    let span = error.location().map_or(0..0, |location| {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let span = location.span();
        // Mistakes of syntax have a line and a column, but no offset in bytes.
        let start = span.byte_offset().map_or_else(
            || source.offset(number(location.line()), number(location.column())),
            number,
        );
        start..start.saturating_add(span.byte_len().map_or(0, number))
    });
    let whole = error.to_string();
    let first = whole.lines().next().unwrap_or("invalid YAML");
    // The place is printed by the diagnostic, in one manner for all.
    let first = first.split(" at line ").next().unwrap_or(first);
    Diagnostic::new(source, &span, in_our_words(error).unwrap_or(first))
}

/// The library speaks to programmers of its options; here somebody reads who wrote a file.
fn in_our_words(error: &Error) -> Option<&'static str> {
    match error {
        Error::MultipleDocuments { .. } => {
            Some("there are several YAML documents in one file: leave one")
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => Some(
            "the file nests deeper, or repeats more by aliases, than any file of this kind does",
        ),
        Error::Unexpected { .. }
        | Error::InvalidScalar { .. }
        | Error::NonFiniteFloat { .. }
        | Error::SerdeInvalidType { .. }
        | Error::ExpectedStringKeyForExternallyTaggedEnum { .. }
        | Error::TaggedScalarCannotDeserializeIntoString { .. } => {
            Some("a value of another kind is due here")
        }
        Error::AliasError { error, .. } => in_our_words(error),
        _ => None,
    }
}

/// `Spanned` hands its marker through as a key; it is no key of the file.
fn is_marker(path: &serde_ignored::Path<'_>) -> bool {
    matches!(path, serde_ignored::Path::Map { key, .. } if key.starts_with("__"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::diagnostic::Located;

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "what is read is not looked at")]
    struct File {
        count: u32,
        #[serde(default)]
        #[schemars(with = "String")]
        clock: Option<jiff::Timestamp>,
        #[serde(default)]
        names: BTreeMap<String, Located<String>>,
    }

    /// Whether it could be read, and the mistakes with their lines.
    fn read(text: &str) -> (bool, Vec<String>) {
        let (file, mistakes) = parse::<File>(&Source::new("a.yaml", text));
        let mistakes = mistakes.iter().map(|mistake| {
            let line = mistake.source.line(mistake.span.start);
            format!("{line}: {}", mistake.message)
        });
        (file.is_some(), mistakes.collect())
    }

    #[track_caller]
    fn fails(text: &str, expected: &[&str]) {
        let (is_read, mistakes) = read(text);
        assert!(!is_read, "{text}");
        assert_eq!(mistakes, expected, "{text}");
    }

    #[test]
    fn a_file_is_read_in_spite_of_an_unknown_key_but_not_without_telling() {
        assert_eq!(read("count: '5'\nnames: { 1: 2 }"), (true, Vec::new()));
        for (text, message) in [
            ("count: 5\ncuont: 5", "2: unknown key `cuont`"),
            ("count: 5\nx: { ? [a] : b }", "2: unknown key `x`"),
        ] {
            assert_eq!(read(text), (true, vec![message.to_owned()]), "{text}");
        }
    }

    #[test]
    fn what_only_the_reading_finds_is_told_besides() {
        fails("count: 5.0", &["1: a value of another kind is due here"]);
        fails("count: .nan", &["1: a value of another kind is due here"]);
        let both = ["2: ", "3: unknown key `x`"];
        let (_, mistakes) = read("count: 5\nclock: noon\nx: 5");
        for (mistake, start) in mistakes.iter().zip(both) {
            assert!(mistake.starts_with(start), "{mistake}");
        }
        assert_eq!(mistakes.len(), 2);
        fails(
            "count: many\ncount: 5\nnames: { a: , b: [] }",
            &[
                "1: `count` must be a whole number, but is text",
                "2: the key `count` stands twice",
                "3: `a` must be text, but is empty",
                "3: `b` must be text, but is a list",
            ],
        );
    }

    #[test]
    fn what_is_no_yaml_is_told_alone() {
        fails("count: many\nnames: [", &["2: unclosed bracket '['"]);
        fails(
            "count: 5\n---\n",
            &["2: there are several YAML documents in one file: leave one"],
        );
    }
}
