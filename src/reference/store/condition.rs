//! Conditions on tokens, in SQL.

use crate::reference::behaviour::{Action, TokenFilter};

/// The tokens that an action may mean, seen from where it happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// What happens.
    pub(crate) action: Action,
    /// The account that acts.
    pub(crate) account: i64,
    /// The token that makes the call, if one does.
    pub(crate) current: Option<i64>,
    /// The token that the call names, or that has just been issued.
    pub(crate) chosen: Option<i64>,
    /// The name that a new token is about to get.
    pub(crate) name: Option<&'a str>,
}

impl<'a> Scene<'a> {
    pub(crate) fn of(action: Action, account: i64) -> Self {
        Self {
            action,
            account,
            current: None,
            chosen: None,
            name: None,
        }
    }

    pub(crate) fn named(self, name: &'a str) -> Self {
        Self {
            name: Some(name),
            ..self
        }
    }

    pub(crate) fn choosing(self, chosen: i64) -> Self {
        Self {
            chosen: Some(chosen),
            ..self
        }
    }
}

/// The condition on a row of `tokens`, in a query that calls it `token`. What it says of a name or
/// a number that the scene does not have is false.
pub(super) fn sql(which: &TokenFilter) -> String {
    /// How many tokens its account has had.
    const ALL: &str = "SELECT count(*) FROM tokens AS other WHERE other.account = token.account";
    const YOUNGER: &str = "other.ended_by IS NULL AND other.id > token.id";
    const OLDER: &str = "other.ended_by IS NULL AND other.id < token.id";
    let condition = match which {
        TokenFilter::None => "FALSE".to_owned(),
        TokenFilter::All(of) => joined(of, " AND ", "TRUE"),
        TokenFilter::Any(of) => joined(of, " OR ", "FALSE"),
        TokenFilter::Not(condition) => format!("NOT coalesce({}, FALSE)", sql(condition)),
        TokenFilter::Living => "token.ended_by IS NULL".to_owned(),
        TokenFilter::EndedBy(action) => format!("token.ended_by = '{}'", action.word()),
        TokenFilter::IssuedBy(action) => format!("token.issued_by = '{}'", action.word()),
        TokenFilter::Own => "token.account = :account".to_owned(),
        TokenFilter::Current => "token.id = :current".to_owned(),
        TokenFilter::Chosen => "token.id = :chosen".to_owned(),
        TokenFilter::SameName => {
            "token.name = coalesce(:name, (SELECT name FROM tokens WHERE id = :current))".to_owned()
        }
        TokenFilter::Named(kind) => format!("token.name = '{}'", kind.word()),
        TokenFilter::Used => "token.last_used_at IS NOT NULL".to_owned(),
        TokenFilter::Newest => format!("({ALL} AND {YOUNGER}) = 0"),
        TokenFilter::Oldest => format!("({ALL} AND {OLDER}) = 0"),
        TokenFilter::BehindLiving(count) => format!("({ALL} AND {YOUNGER}) >= {count}"),
        TokenFilter::AccountHasHad(count) => format!("({ALL}) >= {count}"),
        TokenFilter::AccountKnows(action) => format!(
            "EXISTS (SELECT 1 FROM tokens AS other WHERE other.account = token.account \
             AND other.ended_by = '{}')",
            action.word()
        ),
        TokenFilter::During(action) => format!(":action = '{}'", action.word()),
    };
    format!("({condition})")
}

fn joined(conditions: &[TokenFilter], operator: &str, of_none: &str) -> String {
    let parts: Vec<String> = conditions.iter().map(sql).collect();
    if parts.is_empty() {
        of_none.to_owned()
    } else {
        parts.join(operator)
    }
}
