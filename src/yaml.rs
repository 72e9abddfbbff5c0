//! Reads YAML into typed values whose parts know their place, and turns every mistake into a [`Diagnostic`].

use std::sync::Arc;

use schemars::{JsonSchema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor};

use crate::diagnostic::{Diagnostic, Located, Source, Span, did_you_mean_or};
use crate::known_keys::known_keys;

/// The value of `source` where it could be read, and every mistake found on the way.
///
/// Unknown keys do not stop the reading, so that all of them show in one go.
pub fn parse<T: DeserializeOwned + JsonSchema>(
    source: &Arc<Source>,
) -> (Option<T>, Vec<Diagnostic>) {
    let mut unknown = Vec::new();
    let parsed =
        serde_saphyr::with_deserializer_from_str_with_options(&source.text, options(), |yaml| {
            serde_ignored::deserialize(yaml, |path| {
                if !is_marker(&path) {
                    unknown.push(key_path(&path));
                }
            })
        });
    let mut diagnostics = unknown_keys::<T>(source, &unknown);
    match parsed {
        Ok(value) => (Some(value), diagnostics),
        Err(error) => {
            diagnostics.push(diagnostic_of(source, &error));
            (None, diagnostics)
        }
    }
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

fn diagnostic_of(source: &Arc<Source>, error: &serde_saphyr::Error) -> Diagnostic {
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
    let (message, help) =
        unknown_value(first).unwrap_or_else(|| (in_our_words(first), String::new()));
    Diagnostic::new(source, &span, message).help(help)
}

/// What to say of a word that is none of those that may stand there.
fn unknown_value(message: &str) -> Option<(String, String)> {
    let message = message.strip_prefix("unknown variant `")?;
    let (value, known) = message.split_once("`, expected one of ")?;
    let advice = format!("write one of {known}");
    let help = did_you_mean_or(value, known.split(", "), &advice);
    Some((format!("unknown value `{value}`"), help))
}

/// The library speaks to programmers of its options; here somebody reads who wrote a file.
fn in_our_words(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("duplicate mapping key: ") {
        let key = rest.split(", set ").next().unwrap_or(rest);
        return format!("the key `{key}` stands twice");
    }
    if message.starts_with("multiple YAML documents") {
        return "there are several YAML documents in one file: leave one".to_owned();
    }
    if message.starts_with("alias replay") || message.contains("budget") {
        return "the file nests deeper, or repeats more by aliases, than any file of this kind does"
            .to_owned();
    }
    if message.contains("span-aware") {
        return "a mapping or a value of another kind is due here".to_owned();
    }
    message.to_owned()
}

/// `Spanned` hands its marker through as a key; it is no key of the file.
fn is_marker(path: &serde_ignored::Path<'_>) -> bool {
    matches!(path, serde_ignored::Path::Map { key, .. } if key.starts_with("__"))
}

fn key_path(path: &serde_ignored::Path<'_>) -> Vec<String> {
    use serde_ignored::Path;
    match path {
        Path::Root => Vec::new(),
        Path::Seq { parent, index } => {
            let mut keys = key_path(parent);
            keys.push(index.to_string());
            keys
        }
        Path::Map { parent, key } => {
            let mut keys = key_path(parent);
            // Inside a wrapper, `value` is `Spanned`'s own member, not a key of the file.
            let wrapped = matches!(
                parent,
                Path::NewtypeStruct { .. } | Path::NewtypeVariant { .. } | Path::Some { .. }
            );
            if !(wrapped && key == "value") {
                keys.push(key.clone());
            }
            keys
        }
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => key_path(parent),
    }
}

fn unknown_keys<T: JsonSchema>(source: &Arc<Source>, paths: &[Vec<String>]) -> Vec<Diagnostic> {
    if paths.is_empty() {
        return Vec::new();
    }
    // A file that cannot be read as YAML at all has a mistake that says so.
    let Ok(tree) = serde_saphyr::from_str_with_options::<Node>(&source.text, options()) else {
        return Vec::new();
    };
    let schema = SchemaGenerator::default().into_root_schema_for::<T>();
    let schema = schema.to_value();
    paths
        .iter()
        .map(|path| {
            let key = path.last().map_or("", String::as_str);
            let span = tree.span_of_key(path).unwrap_or(0..0);
            let advice = "the schemas of these files are in schemas/; an editor can check them";
            let help = did_you_mean_or(key, known_keys(&schema, path), advice);
            Diagnostic::new(source, &span, format!("unknown key `{key}`")).help(help)
        })
        .collect()
}

/// YAML of any shape with the places of its keys, read only to point at an unknown key.
enum Node {
    Map(Vec<(Located<String>, Node)>),
    List(Vec<Node>),
    Scalar,
}

impl Node {
    fn span_of_key(&self, path: &[String]) -> Option<Span> {
        let (first, rest) = path.split_first()?;
        match self {
            Self::Map(entries) => {
                let (key, value) = entries.iter().find(|(key, _)| key.value == *first)?;
                if rest.is_empty() {
                    Some(key.span.clone())
                } else {
                    value.span_of_key(rest)
                }
            }
            Self::List(items) => match first.parse::<usize>() {
                Ok(index) => items.get(index)?.span_of_key(rest),
                Err(_) => None,
            },
            Self::Scalar => None,
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

macro_rules! scalar {
    ($($method:ident: $type:ty),*) => {
        $(fn $method<E>(self, _: $type) -> Result<Node, E> { Ok(Node::Scalar) })*
    };
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any YAML")
    }

    scalar!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }
}
