//! JSON whose strings may be templates, and filling templates with values.

use std::borrow::Cow;

use serde_json::Value;

use super::template::{Expression, Piece, Template, TemplateError};

/// JSON whose strings may be templates.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonTemplate {
    /// A value as it stands.
    Literal(Value),
    /// A string to fill in; one expression alone keeps the type of its value.
    Text(Template),
    /// A list.
    List(Vec<JsonTemplate>),
    /// An object, in the order of the file.
    Object(Vec<(String, JsonTemplate)>),
}

impl JsonTemplate {
    /// Reads the templates inside a JSON value.
    ///
    /// # Errors
    /// The first template that cannot be read.
    pub fn parse(value: &Value) -> Result<Self, TemplateError> {
        Ok(match value {
            Value::String(text) => match Template::parse(text)? {
                template if template.as_text().is_some() => Self::Literal(value.clone()),
                template => Self::Text(template),
            },
            Value::Array(items) => {
                Self::List(items.iter().map(Self::parse).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), Self::parse(value)?)))
                    .collect::<Result<_, TemplateError>>()?,
            ),
            other => Self::Literal(other.clone()),
        })
    }

    /// The expressions in it.
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Text(template) => template.expressions().collect(),
            Self::List(items) => items.iter().flat_map(Self::expressions).collect(),
            Self::Object(members) => members
                .iter()
                .flat_map(|(_, value)| value.expressions())
                .collect(),
        }
    }
}

/// The JSON value of a template, given the value of each expression.
///
/// One expression alone keeps the type of its value; among text it is written as text.
///
/// # Errors
/// Whatever `value_of` returns for an expression without a value.
pub fn fill<E>(
    template: &Template,
    value_of: &mut impl FnMut(&Expression) -> Result<Value, E>,
) -> Result<Value, E> {
    if let [Piece::Expression(expression)] = template.pieces.as_slice() {
        return value_of(expression);
    }
    let mut text = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Expression(expression) => text.push_str(&as_text(&value_of(expression)?)),
        }
    }
    Ok(Value::String(text))
}

/// The same for JSON whose strings may be templates.
///
/// # Errors
/// Whatever `value_of` returns for an expression without a value.
pub fn fill_json<E>(
    template: &JsonTemplate,
    value_of: &mut impl FnMut(&Expression) -> Result<Value, E>,
) -> Result<Value, E> {
    Ok(match template {
        JsonTemplate::Literal(value) => value.clone(),
        JsonTemplate::Text(template) => fill(template, value_of)?,
        JsonTemplate::List(items) => Value::Array(
            items
                .iter()
                .map(|item| fill_json(item, value_of))
                .collect::<Result<_, E>>()?,
        ),
        JsonTemplate::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| Ok((name.clone(), fill_json(value, value_of)?)))
                .collect::<Result<_, E>>()?,
        ),
    })
}

/// A JSON value as text among other text: a string without its quotes.
#[must_use]
pub fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// The same of a value that nobody else needs.
#[must_use]
pub fn into_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
