//! What may stand at a place, as a JSON Schema says it.

use serde_json::Value;

use crate::node::{Entry, Node};

/// The end of a range that lies beyond is the end of a type, and nothing to tell.
const ENDLESS: f64 = 1e15;

/// The kinds of values, as a schema names them, and in words.
const KINDS: [(&str, &str); 6] = [
    ("string", "text"),
    ("integer", "a whole number"),
    ("number", "a number"),
    ("boolean", "`true` or `false`"),
    ("object", "a mapping"),
    ("array", "a list"),
];

/// The values that may stand at a place.
#[derive(Default)]
pub(super) struct Due<'a> {
    pub(super) alternatives: Vec<&'a Value>,
    /// Whether the place may be empty, too.
    pub(super) or_nothing: bool,
    /// What is meant at the place: the outermost description.
    meaning: &'a str,
    /// How a value of the type is written: the innermost description.
    form: &'a str,
}

impl<'a> Due<'a> {
    /// What `schema` says, with its references and alternatives followed; `root` is what these refer to.
    pub(super) fn of(schema: &'a Value, root: &'a Value) -> Self {
        let mut due = Self::default();
        due.add(schema, root);
        due
    }

    fn add(&mut self, schema: &'a Value, root: &'a Value) {
        if let Some(text) = schema["description"].as_str() {
            self.form = text;
            self.meaning = Some(self.meaning)
                .filter(|text| !text.is_empty())
                .unwrap_or(text);
        }
        let reference = schema["$ref"].as_str();
        let target = reference.and_then(|at| root.pointer(at.trim_start_matches('#')));
        let (nothing, further): (Vec<&Value>, Vec<&Value>) = ["anyOf", "oneOf"]
            .into_iter()
            .filter_map(|key| schema[key].as_array())
            .flatten()
            .chain(target)
            .partition(|one| one["type"] == "null");
        self.or_nothing |= !nothing.is_empty() || kinds(schema).any(|kind| kind == "null");
        match further.as_slice() {
            [] => self.alternatives.push(schema),
            [one] => self.add(one, root),
            several => {
                let said = (self.meaning, self.form);
                for one in several {
                    self.add(one, root);
                }
                // What is said of one alternative holds for no other.
                (self.meaning, self.form) = said;
            }
        }
    }

    /// The alternatives of the kind of a value. A lenient reading takes a plain `5` for text where only text is due, and a
    /// quoted one for a number where only a number is.
    pub(super) fn fitting(&self, node: &Node, is_lenient: bool) -> Vec<&'a Value> {
        let is_lenient = is_lenient && self.alternatives.len() == 1;
        let mut fitting = self.alternatives.clone();
        fitting.retain(|one| fits(node, one, is_lenient));
        fitting
    }

    pub(super) fn is_due(&self, kind: &str) -> bool {
        self.alternatives
            .iter()
            .any(|one| kinds(one).any(|due| due == kind))
    }

    /// The kinds, in words.
    pub(super) fn kinds(&self) -> String {
        let due = KINDS.iter().filter(|(kind, _)| self.is_due(kind));
        due.map(|(_, words)| *words)
            .collect::<Vec<_>>()
            .join(" or ")
    }

    /// What to write, in general.
    pub(super) fn advice(&self) -> String {
        match self.choices().as_slice() {
            [] => explained(&format!("write {}", self.kinds()), self.meaning),
            choices => format!("write one of {}", choices.join(", ")),
        }
    }

    /// How to write it, where the kind is right.
    pub(super) fn form(&self) -> String {
        format!("write {}", sentence(self.form))
    }

    /// The words that may stand there; if there are any, then also the keys that may stand there in place of a word.
    fn choices(&self) -> Vec<String> {
        let all = || self.alternatives.iter();
        let choices: Vec<String> = all()
            .flat_map(|one| words(one))
            .map(str::to_owned)
            .collect();
        if choices.is_empty() {
            return choices;
        }
        let keys = all().flat_map(|one| required(one));
        let keys = keys.map(|key| format!("{key}: …"));
        choices.into_iter().chain(keys).collect()
    }
}

fn fits(node: &Node, schema: &Value, is_lenient: bool) -> bool {
    let is = |kind: &str| match (node, kind) {
        (Node::Empty, "null")
        | (Node::Boolean(_), "boolean")
        | (Node::Number(_), "number")
        | (Node::Text(_), "string")
        | (Node::List(_), "array")
        | (Node::Mapping(_), "object") => true,
        (Node::Number(number), "integer") => number.fract() == 0.0,
        (Node::Number(_) | Node::Boolean(_), "string") => {
            is_lenient && words(schema).next().is_none()
        }
        (Node::Text(text), "number" | "integer") => {
            let number = text.parse::<f64>();
            is_lenient && number.is_ok_and(|number| number.to_string() == *text)
        }
        (Node::Text(text), "boolean") => is_lenient && matches!(text.as_str(), "true" | "false"),
        _ => false,
    };
    kinds(schema).next().is_none() || kinds(schema).any(is)
}

/// The kinds that a schema names; none where any will do.
fn kinds(schema: &Value) -> impl Iterator<Item = &str> {
    let kind = &schema["type"];
    let several = kind.as_array().into_iter().flatten();
    several.chain([kind]).filter_map(Value::as_str)
}

/// The words of which the value has to be one; none where it may be any.
pub(super) fn words(schema: &Value) -> impl Iterator<Item = &str> {
    let several = schema["enum"].as_array().into_iter().flatten();
    several.chain([&schema["const"]]).filter_map(Value::as_str)
}

/// The keys that a mapping has to have.
pub(super) fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let required = schema["required"].as_array().into_iter().flatten();
    required.filter_map(Value::as_str)
}

/// Those that it lacks.
pub(super) fn missing<'s>(schema: &'s Value, entries: &[Entry]) -> impl Iterator<Item = &'s str> {
    let is_missing = |key: &&str| {
        let mut words = entries.iter().filter_map(|(known, _)| known.word());
        words.all(|word| word != *key)
    };
    required(schema).filter(is_missing)
}

/// The keys that a mapping may have.
pub(super) fn keys(schema: &Value) -> impl Iterator<Item = &str> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(key, _)| key.as_str())
}

/// The least and the greatest number that a schema allows: its own, or those of a type that its format names.
pub(super) fn range(schema: &Value) -> (f64, f64) {
    let (least, most) = match schema["format"].as_str() {
        Some("uint32") => (0.0, f64::from(u32::MAX)),
        Some("uint" | "uint64") => (0.0, 2_f64.powi(64)),
        Some("int64") => (-2_f64.powi(63), 2_f64.powi(63)),
        _ => (f64::MIN, f64::MAX),
    };
    let end = |key: &str, of_type: f64| schema[key].as_f64().unwrap_or(of_type);
    (end("minimum", least), end("maximum", most))
}

/// What to write in place of a number out of range.
pub(super) fn in_range((least, most): (f64, f64)) -> String {
    match (least < -ENDLESS, most > ENDLESS) {
        (true, true) => "write a number with fewer digits".to_owned(),
        (true, false) => format!("write a number up to {most}"),
        (false, true) => format!("write a number from {least} on"),
        (false, false) => format!("write a number from {least} to {most}"),
    }
}

/// Advice with what is meant by a key or a value.
pub(super) fn explained(advice: &str, description: &str) -> String {
    match sentence(description) {
        meaning if meaning.is_empty() => advice.to_owned(),
        meaning => format!("{advice} ({meaning})"),
    }
}

/// The first sentence of a description, as a part of another sentence.
fn sentence(description: &str) -> String {
    let text = description.replace('\n', " ");
    let first = text.split(". ").next().unwrap_or_default();
    let first = first.trim_end_matches('.');
    let mut letters = first.chars();
    let capital = letters.next();
    let is_word = letters.next().is_some_and(|second| !second.is_uppercase());
    match capital {
        Some(capital) if is_word => {
            format!("{}{}", capital.to_lowercase(), &first[capital.len_utf8()..])
        }
        _ => first.to_owned(),
    }
}
