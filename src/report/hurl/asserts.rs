//! What Hurl asserts in the place of a condition of the suite.

use jiff::Timestamp;
use serde_json::Value;

use super::values::{File, RANDOM_NAME, quoted, random};
use crate::suite::{
    Condition, Expression, JsonTemplate, PathTemplate, SchemaDemand, Statuses, Test, is_name,
};

const SECONDS_OF_DAY: i64 = 86_400;

impl File<'_> {
    /// What Hurl asserts in the place of a condition.
    pub(super) fn asserts(&mut self, condition: &Condition) -> Option<Vec<String>> {
        let one = match condition {
            Condition::Status(statuses) => status(statuses),
            Condition::Schema(name) => return self.schema(name),
            Condition::IsJson => {
                let is_json = "jsonpath \"$\" exists".to_owned();
                return Some(vec![
                    "header \"Content-Type\" contains \"json\"".to_owned(),
                    is_json,
                ]);
            }
            Condition::NotHtml => "body not matches /(?i)<html/".to_owned(),
            Condition::EmptyBody => "bytes count == 0".to_owned(),
            Condition::Contains(text) => format!("body contains \"{}\"", self.text(text, quoted)?),
            Condition::Header(name, None) => format!("header \"{}\" exists", quoted(name)),
            Condition::Header(name, Some(word)) => {
                let word = quoted(&regex::escape(word));
                format!("header \"{}\" matches \"(?i){word}\"", quoted(name))
            }
            Condition::At(path, test) => return self.at(path, test),
            Condition::NoSecrets
            | Condition::NoInternals
            | Condition::SameResponse(_)
            | Condition::Succeeded(_)
            | Condition::Others(_) => return None,
        };
        Some(vec![one])
    }

    fn at(&mut self, template: &PathTemplate, test: &Test) -> Option<Vec<String>> {
        let path = self.path(template)?;
        let query = format!("jsonpath \"{path}\"");
        let one = match test {
            Test::Absent => format!("{query} not exists"),
            Test::Equals(value) => format!("{query} == {}", self.literal(value)?),
            Test::NotContains(text) => {
                let query = if path == "$" { "body" } else { &query };
                format!("{query} not contains \"{}\"", self.text(text, quoted)?)
            }
            Test::SameInstant(text) => format!("{query} == \"{}\"", self.text(text, quoted)?),
            Test::SameEmail(text) => {
                let pattern = |text: &str| quoted(&regex::escape(text));
                format!("{query} matches \"(?i)^{}$\"", self.text(text, pattern)?)
            }
            Test::Count(count) => match (self.json(count)?.as_u64(), path.strip_suffix("[*]")) {
                (Some(0), _) => format!("{query} not exists"),
                (_, Some(list)) => format!("jsonpath \"{list}\" count == {}", self.literal(count)?),
                // One value is no list to Hurl.
                (Some(1), _) => {
                    return Some(vec![
                        format!("{query} exists"),
                        format!("{query} not isList"),
                    ]);
                }
                (Some(count), _) => {
                    let count = format!("{query} count == {count}");
                    return Some(vec![format!("{query} isList"), count]);
                }
                (None, None) => return None,
            },
            Test::Approx { offset, .. } => {
                let days = offset / SECONDS_OF_DAY;
                // Hurl counts whole days: less than two make no difference to it.
                if self.seconds_left(template)?.abs_diff(*offset)
                    < 2 * SECONDS_OF_DAY.unsigned_abs()
                {
                    return None;
                }
                let left = format!("{query} toDate \"%+\" daysAfterNow");
                return Some(vec![
                    format!("{left} >= {}", days - 1),
                    format!("{left} <= {days}"),
                ]);
            }
            Test::AllApprox { .. } | Test::Unique | Test::Sorted(_) | Test::MinEntropyBits(_) => {
                return None;
            }
        };
        Some(vec![one])
    }

    /// How long it was until an instant in the body that failed.
    fn seconds_left(&self, path: &PathTemplate) -> Option<i64> {
        let exchange = self.story.step.exchange.as_deref()?;
        let body: Value = serde_json::from_str(&exchange.response.as_ref()?.body).ok()?;
        let nothing = &mut |_: &Expression| Err::<Value, ()>(());
        let instant: Timestamp = path
            .select(&body, nothing)
            .ok()?
            .first()?
            .as_str()?
            .parse()
            .ok()?;
        Some(instant.as_second() - exchange.sent.as_second())
    }

    /// A value as Hurl compares with it.
    fn literal(&mut self, template: &JsonTemplate) -> Option<String> {
        match self.json(template)? {
            Value::String(text) => {
                let is_variable = text.starts_with("{{") && text.ends_with("}}");
                let text = text.replace(&random(), RANDOM_NAME);
                Some(if is_variable {
                    text
                } else {
                    format!("\"{}\"", quoted(&text))
                })
            }
            Value::Array(_) | Value::Object(_) => None,
            other => Some(other.to_string()),
        }
    }

    /// What a schema asks for where the body does not satisfy it.
    fn schema(&self, name: &str) -> Option<Vec<String>> {
        let exchange = self.story.step.exchange.as_deref()?;
        let body = serde_json::from_str(&exchange.response.as_ref()?.body).ok()?;
        let mistakes = self.suite.schemas.get(name)?.mistakes_in(&body);
        let asserts = mistakes.into_iter().flat_map(|mistake| {
            let path = json_path(&mistake.instance_path);
            mistake
                .asks_for
                .map_or_else(Vec::new, |demand| demanded(&path, demand))
        });
        let asserts: Vec<String> = asserts.collect();
        (!asserts.is_empty()).then_some(asserts)
    }
}

pub(super) fn status(statuses: &Statuses) -> String {
    match statuses.to_string().parse::<u16>() {
        Ok(one) => format!("status == {one}"),
        Err(_) => format!("status toString matches /{}/", statuses.as_regex()),
    }
}

fn demanded(path: &str, demand: SchemaDemand) -> Vec<String> {
    let member = |name: &str| format!("jsonpath \"{path}{}\"", quoted(&member_path(name)));
    let query = format!("jsonpath \"{path}\"");
    match demand {
        SchemaDemand::Member(name) => vec![format!("{} exists", member(&name))],
        SchemaDemand::NoMembers(names) => {
            let absent = |name: &String| format!("{} not exists", member(name));
            names.iter().map(absent).collect()
        }
        SchemaDemand::Type(name) => match name.as_str() {
            "string" => vec![format!("{query} isString")],
            "integer" => vec![format!("{query} isInteger")],
            "number" => vec![format!("{query} isNumber")],
            "boolean" => vec![format!("{query} isBoolean")],
            "array" => vec![format!("{query} isList")],
            "object" => vec![format!("{query} isObject")],
            "null" => vec![format!("{query} == null")],
            _ => Vec::new(),
        },
        SchemaDemand::Constant(Value::String(text)) => {
            vec![format!("{query} == \"{}\"", quoted(&text))]
        }
        SchemaDemand::Constant(value) if !value.is_array() && !value.is_object() => {
            vec![format!("{query} == {value}")]
        }
        SchemaDemand::Constant(_) => Vec::new(),
        SchemaDemand::DateTime => vec![format!("{query} isIsoDate")],
    }
}

/// The JSONPath of a JSON Pointer, as it stands between quotes.
fn json_path(pointer: &str) -> String {
    let segments = pointer.split('/').skip(1).map(|segment| {
        let name = segment.replace("~1", "/").replace("~0", "~");
        match name.parse::<usize>() {
            Ok(index) => format!("[{index}]"),
            Err(_) => member_path(&name),
        }
    });
    quoted(&format!("${}", segments.collect::<String>()))
}

fn member_path(name: &str) -> String {
    if is_name(name) {
        format!(".{name}")
    } else {
        format!("['{name}']")
    }
}
