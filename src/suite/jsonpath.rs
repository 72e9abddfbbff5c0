//! RFC 9535 JSONPath with captures inside filters; the one module that knows the library behind it.

use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::Value;

use super::template::{Expression, Piece, Template, TemplateError};

/// A JSONPath, parsed once where nothing is to be filled in.
#[derive(Debug)]
pub struct PathTemplate {
    text: Template,
    parsed: Option<JpQuery>,
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
        let sample = join(&template, &mut |_| Ok::<_, PathError>(Value::from(0)))?;
        let query = parse_json_path(&sample).map_err(|_| PathError::Syntax(text.to_owned()))?;
        let parsed = template.as_text().is_some().then_some(query);
        Ok(Self {
            text: template,
            parsed,
        })
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
        let filled;
        let query = if let Some(query) = &self.parsed {
            query
        } else {
            // A value that makes the path unreadable selects nothing, which is then reported.
            let Ok(query) = parse_json_path(&self.text(value_of)?) else {
                return Ok(Vec::new());
            };
            filled = query;
            &filled
        };
        let selected = js_path_process(query, body).unwrap_or_default();
        Ok(selected
            .into_iter()
            .map(jsonpath_rust::query::QueryRef::val)
            .collect())
    }
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
