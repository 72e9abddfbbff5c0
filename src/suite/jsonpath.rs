//! RFC 9535 JSONPath with captures inside filters; with `path_ground` the only module that knows the library behind it.

use std::convert::Infallible;
use std::fmt;

use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::{QueryRef, js_path_process};
use serde_json::Value;

use super::path_ground::PathGround;
use super::template::{Expression, Piece, Template, TemplateError};

/// A JSONPath, parsed once where nothing is to be filled in.
#[derive(Debug)]
pub struct PathTemplate {
    written: String,
    text: Template,
    parsed: Option<Parsed>,
}

#[derive(Debug)]
enum Parsed {
    /// A path of members alone, such as `$.user.email`, as the JSON Pointer that selects the same.
    Pointer(String),
    Query(JpQuery),
}

impl Parsed {
    fn new(query: JpQuery) -> Self {
        let member = |segment: &Segment| match segment {
            Segment::Selector(Selector::Name(name)) if is_word(name) => Some(format!("/{name}")),
            _ => None,
        };
        // Most paths of a suite are of this kind, and this is many times as fast.
        match query.segments.iter().map(member).collect() {
            Some(pointer) => Self::Pointer(pointer),
            None => Self::Query(query),
        }
    }

    fn select<'a>(&self, body: &'a Value) -> Vec<&'a Value> {
        match self {
            Self::Pointer(pointer) => body.pointer(pointer).into_iter().collect(),
            Self::Query(query) => {
                let selected = js_path_process(query, body).unwrap_or_default();
                selected.into_iter().map(QueryRef::val).collect()
            }
        }
    }
}

/// A name that is written the same in a JSONPath and in a JSON Pointer, and is no index.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// As it stands in the file.
impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Why a JSONPath cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// The template around it is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// It is no JSONPath.
    #[error("`{0}` is no JSONPath (RFC 9535)")]
    Syntax(String),
}

impl PathTemplate {
    /// Reads a JSONPath, a number standing in for each value to fill in.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let template = Template::parse(text)?;
        let query = sample(&template).ok_or_else(|| PathError::Syntax(text.to_owned()))?;
        let parsed = template.as_text().map(|_| Parsed::new(query));
        Ok(Self {
            written: text.to_owned(),
            text: template,
            parsed,
        })
    }

    /// The members that the path rests on, where it names them.
    #[must_use]
    pub fn ground(&self) -> Option<PathGround> {
        PathGround::of(&sample(&self.text)?)
    }

    /// The values to fill in.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.text.expressions()
    }

    /// The JSONPath with its values filled in, as text.
    ///
    /// # Errors
    /// Whatever `value_of` returns for an expression without a value.
    pub fn text<E>(
        &self,
        value_of: &mut impl FnMut(&Expression) -> Result<Value, E>,
    ) -> Result<String, E> {
        join(&self.text, value_of)
    }

    /// The values in `body` that the path selects, in document order.
    ///
    /// # Errors
    /// Whatever `value_of` returns for an expression without a value.
    pub fn select<'a, E>(
        &self,
        body: &'a Value,
        value_of: &mut impl FnMut(&Expression) -> Result<Value, E>,
    ) -> Result<Vec<&'a Value>, E> {
        if let Some(parsed) = &self.parsed {
            return Ok(parsed.select(body));
        }
        // A value that makes the path unreadable selects nothing, which is then reported.
        let query = parse_json_path(&self.text(value_of)?).ok();
        Ok(query.map_or_else(Vec::new, |query| Parsed::Query(query).select(body)))
    }
}

/// The path with a number in the place of each value.
fn sample(template: &Template) -> Option<JpQuery> {
    let text = join(template, &mut |_| Ok::<_, Infallible>(Value::from(0)));
    parse_json_path(&text.ok()?).ok()
}

/// Fills in values as JSON literals, so that text is quoted.
fn join<E>(
    template: &Template,
    value_of: &mut impl FnMut(&Expression) -> Result<Value, E>,
) -> Result<String, E> {
    let mut text = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Expression(expression) => text.push_str(&value_of(expression)?.to_string()),
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn select(path: &str, body: &Value) -> Vec<Value> {
        let path = PathTemplate::parse(path).unwrap();
        let selected = path.select(body, &mut |_| Ok::<_, PathError>(json!("b")));
        selected.unwrap().into_iter().cloned().collect()
    }

    #[test]
    fn a_path_of_members_selects_what_the_library_would() {
        let body = json!({ "a": { "b": 1, "0": 2, "c~d": 3 }, "l": [{ "b": 4 }] });
        for path in [
            "$",
            "$.a",
            "$.a.b",
            "$.a.x",
            "$.a.b.c",
            "$.l",
            "$.l.b",
            "$['a']['b']",
        ] {
            let query = parse_json_path(path).unwrap();
            let library: Vec<Value> = js_path_process(&query, &body)
                .unwrap()
                .into_iter()
                .map(|node| node.val().clone())
                .collect();
            assert_eq!(select(path, &body), library, "{path}");
        }
        assert_eq!(select("$.a['c~d']", &body), [json!(3)]);
        assert_eq!(select("$.l[0].b", &body), [json!(4)]);
        assert_eq!(select("$.a[0]", &body), Vec::<Value>::new());
    }

    #[test]
    fn values_are_filled_into_filters_as_literals() {
        let body = json!([{ "n": "b" }, { "n": "c" }]);
        assert_eq!(select("$[?@.n == {{x}}]", &body), [json!({ "n": "b" })]);
    }
}
