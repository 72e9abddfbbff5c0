//! What is wrong with the shape of a file, by the JSON Schema of its type: all of it at once, in plain words.
//!
//! Of JSON Schema this knows what `schemars` makes of the types of this project. What no schema says, the reading finds.

mod due;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::Value;

use due::{Due, explained, in_range, keys, missing, range, words};

use crate::diagnostic::{Located, Span, did_you_mean_or, nearest};
use crate::node::{Entry, Node};

/// Nobody corrects more of a file in one go.
const MOST_MISTAKES: usize = 50;

/// What the name of an item in a list begins with.
const ENTRY: &str = "an entry of ";

/// A mistake at its place. Of values it repeats only those that have to be one of a few words, of a form, or in a range.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: String,
    /// Whether it is a key that nobody knows, which a reading may pass over.
    pub(crate) is_unknown_key: bool,
}

/// Everything that is wrong with a file, which is called by that name.
pub(crate) fn mistakes(
    file: &Located<Node>,
    name: &str,
    schema: &Value,
    is_yaml: bool,
) -> Vec<Mistake> {
    let mut check = Check {
        root: schema,
        is_yaml,
        patterns: BTreeMap::new(),
        found: Vec::new(),
    };
    check.value(file, name, schema);
    check.found
}

struct Check<'a> {
    root: &'a Value,
    is_yaml: bool,
    /// Compiled once: a list may be long.
    patterns: BTreeMap<&'a str, Option<Regex>>,
    found: Vec<Mistake>,
}

impl<'a> Check<'a> {
    fn value(&mut self, node: &Located<Node>, name: &str, schema: &'a Value) {
        let due = Due::of(schema, self.root);
        let fitting = due.fitting(node, self.is_yaml);
        match (&node.value, fitting.as_slice()) {
            (Node::Empty, _) if due.or_nothing => {}
            (_, []) => self.wrong_kind(node, name, &due),
            (Node::Mapping(entries), _) => self.one_of(node, entries, name, &fitting),
            (Node::List(items), [one, ..]) => self.list(node, items, name, one),
            (Node::Number(number), [one, ..]) => self.number(node, *number, name, (one, &due)),
            (Node::Text(text), _) => self.text(node, text, name, (&fitting, &due)),
            _ => {}
        }
    }

    fn wrong_kind(&mut self, node: &Located<Node>, name: &str, due: &Due<'_>) {
        let is = match &node.value {
            Node::Empty if self.is_yaml => "empty",
            Node::Empty => "null",
            Node::Boolean(_) => "a boolean",
            Node::Number(number) if number.fract() != 0.0 && due.is_due("integer") => "a fraction",
            Node::Number(_) => "a number",
            Node::Text(_) => "text",
            Node::List(_) => "a list",
            Node::Mapping(_) if self.is_yaml => "a mapping",
            Node::Mapping(_) => "an object",
        };
        let message = format!("{name} must be {}, but is {is}", due.kinds());
        self.add(node, message, due.advice());
    }

    fn number(
        &mut self,
        node: &Located<Node>,
        number: f64,
        name: &str,
        (schema, due): (&Value, &Due<'_>),
    ) {
        let (least, most) = range(schema);
        if !(least..=most).contains(&number) {
            let help = match due.alternatives.as_slice() {
                [_] => in_range((least, most)),
                _ => due.form(),
            };
            self.add(node, format!("{name} cannot be `{number}`"), help);
        }
    }

    fn text(
        &mut self,
        node: &Located<Node>,
        text: &str,
        name: &str,
        (fitting, due): (&[&'a Value], &Due<'_>),
    ) {
        let known: Vec<&str> = fitting.iter().flat_map(|one| words(one)).collect();
        let is_word = !known.is_empty();
        if is_word && !known.contains(&text) {
            let help = did_you_mean_or(text, known, &due.advice());
            self.add(node, format!("unknown value `{text}`"), help);
        } else if !is_word && !fitting.iter().any(|one| self.is_of_form(text, one)) {
            let is_moment = fitting.iter().any(|one| one["format"] == "date-time");
            let help = if is_moment {
                "write a moment such as 2026-01-31T12:00:00Z".to_owned()
            } else {
                due.form()
            };
            self.add(node, format!("{name} cannot be `{text}`"), help);
        }
    }

    fn is_of_form(&mut self, text: &str, schema: &'a Value) -> bool {
        let is_moment = || text.parse::<jiff::Timestamp>().is_ok();
        let matches = schema["pattern"].as_str().is_none_or(|pattern| {
            let compiled = self.patterns.entry(pattern);
            let compiled = compiled.or_insert_with(|| Regex::new(pattern).ok());
            compiled
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(text))
        });
        matches && (schema["format"] != "date-time" || is_moment())
    }

    /// A mapping, of which the keys tell the alternative if there are several.
    fn one_of(
        &mut self,
        node: &Located<Node>,
        entries: &[Entry],
        name: &str,
        fitting: &[&'a Value],
    ) {
        let has_all = |one: &&&Value| missing(one, entries).next().is_none();
        match (fitting, fitting.iter().find(has_all)) {
            ([one], _) | (_, Some(one)) => self.mapping(node, entries, name, one),
            _ => {
                let known: Vec<&str> = fitting.iter().flat_map(|one| keys(one)).collect();
                let first = entries.first();
                match first.and_then(|(key, _)| Some((key, key.word()?))) {
                    Some((key, word)) if !known.contains(&&*word) => {
                        self.unknown_key(key, &word, &known);
                    }
                    _ => {
                        let help = format!("write one of {}", known.join(", "));
                        self.add(node, format!("{name} has none of its keys"), help);
                    }
                }
            }
        }
    }

    fn mapping(&mut self, node: &Located<Node>, entries: &[Entry], name: &str, schema: &'a Value) {
        // The first key can be marked; the whole mapping cannot, for its many lines.
        let start = entries.first().map_or(node, |(key, _)| key);
        let meant = meant(schema, entries);
        for key in missing(schema, entries).filter(|key| !meant.contains(key)) {
            let meaning = schema["properties"][key]["description"].as_str();
            let help = explained(&format!("add `{key}`"), meaning.unwrap_or_default());
            self.add(start, format!("{name} has no `{key}`"), help);
        }
        let mut seen = BTreeSet::new();
        for (key, value) in entries {
            if self.found.len() >= MOST_MISTAKES {
                return;
            }
            let Some(word) = key.word() else {
                let help = "write a word before the colon".to_owned();
                self.add(key, "a key must be text".to_owned(), help);
                continue;
            };
            let own = schema["properties"].get(&*word);
            let below = own.unwrap_or(&schema["additionalProperties"]);
            if seen.contains(&word) {
                let message = format!("the key `{word}` stands twice");
                self.add(key, message, "leave one of them".to_owned());
            } else if *below == false {
                self.unknown_key(key, &word, &keys(schema).collect::<Vec<_>>());
            } else {
                self.value(value, &format!("`{word}`"), below);
            }
            seen.insert(word);
        }
    }

    fn list(
        &mut self,
        node: &Located<Node>,
        items: &[Located<Node>],
        name: &str,
        schema: &'a Value,
    ) {
        if items.is_empty() && schema["minItems"].as_u64() > Some(0) {
            let message = format!("{name} must not be empty");
            self.add(node, message, "add an entry".to_owned());
        }
        let name = format!("{ENTRY}{}", name.trim_start_matches(ENTRY));
        for item in items {
            if self.found.len() >= MOST_MISTAKES {
                return;
            }
            self.value(item, &name, &schema["items"]);
        }
    }

    fn unknown_key(&mut self, at: &Located<Node>, key: &str, known: &[&str]) {
        let advice = format!("leave it out, or write one of {}", known.join(", "));
        let help = did_you_mean_or(key, known.iter().copied(), &advice);
        self.found.push(Mistake {
            span: at.span.clone(),
            message: format!("unknown key `{key}`"),
            help,
            is_unknown_key: true,
        });
    }

    fn add(&mut self, at: &Located<Node>, message: String, help: String) {
        self.found.push(Mistake {
            span: at.span.clone(),
            message,
            help,
            is_unknown_key: false,
        });
    }
}

/// The keys that unknown ones are taken for: of these nobody needs to be told besides that they are missing.
fn meant<'s>(schema: &'s Value, entries: &[Entry]) -> Vec<&'s str> {
    if schema["additionalProperties"] != false {
        return Vec::new();
    }
    let words = entries.iter().filter_map(|(key, _)| key.word());
    words
        .take(MOST_MISTAKES)
        .filter(|word| keys(schema).all(|key| key != word))
        .filter_map(|word| nearest(&word, keys(schema)))
        .collect()
}
