//! Templates: `{{jane.email}}`, `{{first}}`, `{{jane.password | shortened}}`, `{{live - 1}}`.

use std::fmt;

use super::filter::Filter;

/// Text with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Text and expressions, in order.
    pub pieces: Vec<Piece>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it stands.
    Text(String),
    /// A value to fill in.
    Expression(Expression),
}

/// What stands between `{{` and `}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// Where the value comes from.
    pub reference: Reference,
    /// What is done to it, in order.
    pub filters: Vec<Filter>,
    /// A number to add.
    pub plus: i64,
}

/// The origin of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A value that an earlier step captured.
    Capture(String),
    /// Something of an account.
    Account(String, Field),
    /// Something of a session of an account, by its client type.
    Session(String, String, SessionPart),
    /// The number of the call in a step that is repeated, from one.
    Attempt,
}

/// What a template may ask of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionPart {
    /// The token.
    Token,
    /// The id in the list of tokens.
    Id,
}

/// What a template may ask of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The e-mail.
    Email,
    /// The password.
    Password,
    /// The name.
    Name,
    /// The token that registering gave.
    Token,
    /// The current code of the second factor; each step of 30 s is leased once.
    Totp,
    /// The current code, of an account that is chosen so that it begins with a zero.
    TotpWithZero,
    /// The code that was sent last.
    SentTotp,
    /// The code of ten minutes ago.
    OldTotp,
    /// A code that is wrong now and a while before and after.
    WrongTotp,
    /// A recovery code; each is leased once.
    RecoveryCode,
    /// The recovery code that was sent last.
    SentRecoveryCode,
    /// A code of the shape of a recovery code that is none.
    WrongRecoveryCode,
}

/// The name of the number of the call; no capture has it.
pub(super) const ATTEMPT: &str = "attempt";

/// The names of all fields.
pub const FIELDS: [(&str, Field); 12] = [
    ("email", Field::Email),
    ("password", Field::Password),
    ("name", Field::Name),
    ("token", Field::Token),
    ("totp", Field::Totp),
    ("totp_with_zero", Field::TotpWithZero),
    ("sent_totp", Field::SentTotp),
    ("old_totp", Field::OldTotp),
    ("wrong_totp", Field::WrongTotp),
    ("recovery_code", Field::RecoveryCode),
    ("sent_recovery_code", Field::SentRecoveryCode),
    ("wrong_recovery_code", Field::WrongRecoveryCode),
];

/// Why a template cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("`{{{{` without `}}}}`")]
    Unclosed,
    /// What stands between the braces is not understood.
    #[error(
        "`{0}` is no expression: write a capture, ACCOUNT.FIELD, VALUE | FILTER, or VALUE - NUMBER"
    )]
    Malformed(String),
    /// A filter that does not exist.
    #[error(
        "unknown filter `{0}`: there are altered, misspelt, swapped_case, shortened, first(N), padded(N), without_at and secret"
    )]
    UnknownFilter(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it, with the notation that is right.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let (inside, behind) = after.split_once("}}").ok_or(TemplateError::Unclosed)?;
            pieces.push(Piece::Expression(Expression::parse(inside)?));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// One value as it is.
    pub(crate) fn of(reference: Reference) -> Self {
        let expression = Expression {
            reference,
            filters: Vec::new(),
            plus: 0,
        };
        Self {
            pieces: vec![Piece::Expression(expression)],
        }
    }

    /// What it refers to, if it is one value as it is.
    pub(crate) fn plain(&self) -> Option<&Reference> {
        match self.pieces.as_slice() {
            [Piece::Expression(one)] if one.filters.is_empty() && one.plus == 0 => {
                Some(&one.reference)
            }
            _ => None,
        }
    }

    /// The expressions in it.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Expression(expression) => Some(expression),
            Piece::Text(_) => None,
        })
    }

    /// The text, where there is nothing to fill in.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }
}

impl Expression {
    fn parse(text: &str) -> Result<Self, TemplateError> {
        let malformed = || TemplateError::Malformed(text.trim().to_owned());
        let mut parts = text.split('|').map(str::trim);
        let value = parts.next().unwrap_or_default();
        let unknown = |name: &str| TemplateError::UnknownFilter(name.to_owned());
        let filters = parts
            .map(|name| Filter::parse(name).ok_or_else(|| unknown(name)))
            .collect::<Result<_, _>>()?;
        let (value, plus) = match value.split_once(['+', '-']) {
            None => (value, 0),
            Some((name, number)) => {
                let number: u32 = number.trim().parse().map_err(|_| malformed())?;
                let minus = value[name.len()..].starts_with('-');
                let number = i64::from(number);
                (name.trim(), if minus { -number } else { number })
            }
        };
        let reference = match value.split_once('.') {
            None if value == ATTEMPT => Reference::Attempt,
            None => Reference::Capture(value.to_owned()),
            Some((account, field)) => {
                if let Some(field) = Field::parse(field) {
                    Reference::Account(account.to_owned(), field)
                } else {
                    let id = field.strip_suffix(".id");
                    let part = id.map_or(SessionPart::Token, |_| SessionPart::Id);
                    Reference::Session(account.to_owned(), id.unwrap_or(field).to_owned(), part)
                }
            }
        };
        let names: &[&str] = match &reference {
            Reference::Capture(name) | Reference::Account(name, _) => &[name],
            Reference::Session(account, client, _) => &[account, client],
            Reference::Attempt => &[],
        };
        if !names.iter().all(|name| is_name(name)) {
            return Err(malformed());
        }
        Ok(Self {
            reference,
            filters,
            plus,
        })
    }
}

/// Whether `text` may name a capture or an account.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl Field {
    fn parse(text: &str) -> Option<Self> {
        let mut fields = FIELDS.iter();
        fields
            .find(|(name, _)| *name == text)
            .map(|(_, field)| *field)
    }

    /// Whether only an account with a second factor has it.
    #[must_use]
    pub fn needs_totp(self) -> bool {
        !matches!(
            self,
            Self::Email | Self::Password | Self::Name | Self::Token
        )
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capture(name) => f.write_str(name),
            Self::Attempt => f.write_str(ATTEMPT),
            Self::Session(account, client, SessionPart::Token) => write!(f, "{account}.{client}"),
            Self::Session(account, client, SessionPart::Id) => write!(f, "{account}.{client}.id"),
            Self::Account(account, field) => {
                let name = FIELDS.iter().find(|(_, other)| other == field);
                write!(f, "{account}.{}", name.map_or("?", |(name, _)| name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_splits_into_text_and_expressions() {
        let template = Template::parse("a{{ jane.email }}b{{live - 1}}").unwrap();
        let account = Reference::Account("jane".into(), Field::Email);
        let plain = |reference, plus| {
            Piece::Expression(Expression {
                reference,
                filters: vec![],
                plus,
            })
        };
        assert_eq!(
            template.pieces,
            [
                Piece::Text("a".into()),
                plain(account, 0),
                Piece::Text("b".into()),
                plain(Reference::Capture("live".into()), -1),
            ]
        );
    }

    #[test]
    fn wrong_templates_say_what_is_wrong() {
        assert_eq!(Template::parse("{{a"), Err(TemplateError::Unclosed));
        let unknown_filter = TemplateError::UnknownFilter("upper".into());
        assert_eq!(Template::parse("{{a | upper}}"), Err(unknown_filter));
        for wrong in [
            "{{}}",
            "{{A}}",
            "{{a b}}",
            "{{a - b}}",
            "{{a - 1 - 1}}",
            "{{.email}}",
        ] {
            let parsed = Template::parse(wrong);
            assert!(
                matches!(parsed, Err(TemplateError::Malformed(_))),
                "{wrong}: {parsed:?}"
            );
        }
    }
}
