//! `${NAME}` in the values of a target file: what the environment holds under that name.

/// What the environment holds under a name, where it holds text.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A text with its variables filled in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) text: String,
    /// The values that came from the environment.
    pub(super) values: Vec<String>,
}

/// Why a text cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    /// The environment has no such variable.
    #[error(
        "the environment variable `{0}` is not set: set it, or write `$${{{0}}}` for the text itself"
    )]
    Unset(String),
    /// `${` without its end.
    #[error("`${{` is never closed: write ${{NAME}}, or `$${{` for the text itself")]
    Open,
    /// What stands in the braces cannot be a name.
    #[error("`{0}` is no name of an environment variable: it has letters, digits and `_`")]
    Name(String),
}

/// Fills in `${NAME}`; `$${` stands for `${` itself.
pub(super) fn expand(text: &str, variables: Variables<'_>) -> Result<Expanded, VariableError> {
    let mut expanded = Expanded {
        text: String::new(),
        values: Vec::new(),
    };
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(before) = before.strip_suffix('$') {
            expanded.text.extend([before, "${"]);
            rest = after;
            continue;
        }
        let (name, after) = after.split_once('}').ok_or(VariableError::Open)?;
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_part) {
            return Err(VariableError::Name(name.to_owned()));
        }
        let value = variables(name).ok_or_else(|| VariableError::Unset(name.to_owned()))?;
        expanded.text.extend([before, &value]);
        expanded.values.push(value);
        rest = after;
    }
    expanded.text.push_str(rest);
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, VariableError> {
        let variables = |name: &str| match name {
            "KEY" => Some("k3y".to_owned()),
            "EMPTY" => Some(String::new()),
            "NESTED" => Some("${KEY}".to_owned()),
            _ => None,
        };
        expand(text, &variables).map(|expanded| expanded.text)
    }

    #[test]
    fn variables_are_filled_in_once() {
        for (text, expected) in [
            ("Bearer ${KEY}", "Bearer k3y"),
            ("${KEY}${KEY}", "k3yk3y"),
            ("a${EMPTY}b", "ab"),
            ("${NESTED}", "${KEY}"),
            ("$${KEY} $$${KEY} $KEY 5$", "${KEY} $${KEY} $KEY 5$"),
            ("no variable", "no variable"),
        ] {
            assert_eq!(filled(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_filled_in_is_named() {
        assert_eq!(filled("${NO}"), Err(VariableError::Unset("NO".to_owned())));
        assert_eq!(filled("a ${KEY"), Err(VariableError::Open));
        for name in ["", "A B", "A-B", "Ü"] {
            let error = Err(VariableError::Name(name.to_owned()));
            assert_eq!(filled(&format!("${{{name}}}")), error);
        }
    }

    #[test]
    fn an_unset_variable_is_named_with_what_to_do() {
        let message = VariableError::Unset("KEY".to_owned()).to_string();
        assert_eq!(
            message,
            "the environment variable `KEY` is not set: set it, or write `$${KEY}` for the text itself"
        );
    }
}
