//! RFC 9535 JSONPath with captures inside filters; with `path_members` the only module that knows the library behind it.

use std::convert::Infallible;
use std::fmt;

use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::queryable::Queryable;
use jsonpath_rust::query::{QueryRef, js_path_process};
use serde_json::Value;

use super::path_members::PathMembers;
use super::template::{Expression, Piece, Template, TemplateError};

/// A JSONPath, parsed once where nothing is to be filled in.
#[derive(Debug, Clone)]
pub struct PathTemplate {
    written: String,
    text: Template,
    parsed: Option<JpQuery>,
}

/// The values that a query selects, in document order.
fn selected<'a>(query: &JpQuery, body: &'a Value) -> Vec<&'a Value> {
    let Some(exact) = with_exact_integers(body) else {
        let selected = js_path_process(query, body).unwrap_or_default();
        return selected.into_iter().map(QueryRef::val).collect();
    };
    let selected = js_path_process(query, &exact).unwrap_or_default();
    let places = selected.into_iter().map(QueryRef::path);
    places.filter_map(|place| body.reference(place)).collect()
}

/// The library compares numbers as floating-point ones: two ids of 64 bits would be the same to it.
const LARGEST_EXACT: i128 = 1 << 53;

/// An integer that floating point cannot tell from its neighbours, as a text that it can.
fn exact(number: &Value) -> Option<Value> {
    let integer = number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))?;
    let is_large = integer.abs() >= LARGEST_EXACT;
    is_large.then(|| Value::String(format!("the integer {integer}")))
}

/// The body with its large integers as text; nothing where it has none.
fn with_exact_integers(body: &Value) -> Option<Value> {
    fn has_large(value: &Value) -> bool {
        match value {
            Value::Number(_) => exact(value).is_some(),
            Value::Array(items) => items.iter().any(has_large),
            Value::Object(members) => members.values().any(has_large),
            _ => false,
        }
    }
    fn replace(value: &mut Value) {
        match value {
            Value::Number(_) => {
                if let Some(text) = exact(value) {
                    *value = text;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(replace),
            Value::Object(members) => members.values_mut().for_each(replace),
            _ => {}
        }
    }
    has_large(body).then(|| {
        let mut body = body.clone();
        replace(&mut body);
        body
    })
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
        let parsed = template.as_text().map(|_| query);
        Ok(Self {
            written: text.to_owned(),
            text: template,
            parsed,
        })
    }

    /// The members that the path rests on, where it names them.
    #[must_use]
    pub fn members(&self) -> Option<PathMembers> {
        PathMembers::of(&sample(&self.text)?)
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
            return Ok(selected(parsed, body));
        }
        // A value that makes the path unreadable selects nothing, which is then reported.
        let query = parse_json_path(&self.text(value_of)?).ok();
        Ok(query.map_or_else(Vec::new, |query| selected(&query, body)))
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
            Piece::Expression(expression) => {
                let value = value_of(expression)?;
                text.push_str(&exact(&value).unwrap_or(value).to_string());
            }
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
    fn ids_of_64_bits_are_told_apart() {
        let (one, other) = (9_007_199_254_740_992_i64, 9_007_199_254_740_993_i64);
        let body = json!({ "l": [{ "id": one, "b": 1 }, { "id": other, "b": 2 }] });
        let select = |path: &str| {
            let path = PathTemplate::parse(path).unwrap();
            let selected = path.select(&body, &mut |_| Ok::<_, PathError>(json!(other)));
            selected.unwrap().into_iter().cloned().collect::<Vec<_>>()
        };
        assert_eq!(select("$.l[?@.id == {{x}}].b"), [json!(2)]);
        assert_eq!(select("$.l[?@.id != {{x}}].id"), [json!(one)]);
    }

    #[test]
    fn a_name_with_a_tilde_is_found_beside_large_integers_too() {
        for id in [1_u64, 1 << 60] {
            let body = json!({ "a": { "c~d": 3, "id": id } });
            assert_eq!(select("$.a['c~d']", &body), [json!(3)], "{id}");
        }
    }

    #[test]
    fn values_are_filled_into_filters_as_literals() {
        let body = json!([{ "n": "b" }, { "n": "c" }]);
        assert_eq!(select("$[?@.n == {{x}}]", &body), [json!({ "n": "b" })]);
    }
}
