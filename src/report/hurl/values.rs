//! What stands in a file for Hurl in the place of the values of a scenario.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::Story;

use crate::http::Target;

use crate::suite::{
    AccountKind, AccountNeed, Expression, Field, Filter, JsonTemplate, PathTemplate, Piece,
    Reference, SessionPart, Suite, Template, fill_json,
};

/// What stands for a random part in what is made of an e-mail: as long as a UUID, and no letter.
const RANDOM: char = '\u{e000}';
/// The same in the file.
pub(super) const RANDOM_NAME: &str = "{{random}}";
const LENGTH_OF_UUID: usize = 36;
/// Around the name of a variable in a JSONPath until it is known whether it has to stand in quotes.
const MARK: char = '\u{e001}';
/// A password as any server takes it. No account is worth anything.
const PASSWORD: &str = "cF7-&wormwood=Quartz9k";

/// A file under way.
pub(super) struct File<'a> {
    pub(super) suite: &'a Suite,
    pub(super) target: &'a Target,
    pub(super) story: &'a Story<'a>,
    pub(super) accounts: &'a [AccountNeed],
    /// What is made of the values that answers give, by the variables that hold these.
    pub(super) uses: BTreeMap<String, BTreeSet<(String, String)>>,
    /// The variables that whoever runs the file has to give.
    pub(super) given: BTreeSet<String>,
    /// How many codes of a kind have been sent, by the name of the variable.
    pub(super) codes: BTreeMap<String, usize>,
    /// Whether some call has the random part of e-mails, so that the one before has made it up.
    pub(super) has_random: bool,
}

impl File<'_> {
    /// What stands for an expression: text in which a random part may stand, or a variable in braces.
    pub(super) fn value(&mut self, expression: &Expression) -> Option<String> {
        if expression.plus != 0 {
            return None;
        }
        // Some text that is another one at each call.
        if expression.reference == Reference::Attempt {
            return Some("{{newUuid}}".to_owned());
        }
        if let Some(source) = variable(&expression.reference) {
            let (name, _) = derived(&source, &expression.filters)?;
            return Some(format!("{{{{{name}}}}}"));
        }
        let Reference::Account(name, field) = &expression.reference else {
            return None;
        };
        let need = self.accounts.iter().find(|need| need.name == *name)?;
        let is_given = need.kind == AccountKind::Totp;
        let text = match field {
            Field::WrongTotp => "271828".to_owned(),
            Field::WrongRecoveryCode => "conform-none".to_owned(),
            Field::Totp | Field::RecoveryCode | Field::SentTotp | Field::SentRecoveryCode => {
                let is_new = matches!(field, Field::Totp | Field::RecoveryCode);
                let kind = match field {
                    Field::Totp | Field::SentTotp => "code",
                    _ => "recovery_code",
                };
                return expression
                    .filters
                    .is_empty()
                    .then(|| self.code(name, kind, is_new));
            }
            Field::Email | Field::Password | Field::Name if is_given => {
                let field = match field {
                    Field::Email => "email",
                    Field::Password => "password",
                    _ => "name",
                };
                let variable = format!("{}_{field}", word(name));
                let written = format!("{{{{{variable}}}}}");
                self.given.insert(variable);
                return expression.filters.is_empty().then_some(written);
            }
            Field::Email => format!("conform-{}-{name}@example.com", random()),
            Field::Password => format!("{PASSWORD}{name}"),
            Field::Name => format!("Conform {name}"),
            Field::Token | Field::TotpWithZero | Field::OldTotp => return None,
        };
        let filters = expression.filters.iter();
        let made = filters.fold(text, |text, filter| filter.apply(&text));
        (!made.replace(&random(), "").contains(RANDOM)).then_some(made)
    }

    /// The variable of a code, which only whoever runs the file can tell.
    fn code(&mut self, account: &str, kind: &str, is_new: bool) -> String {
        let name = format!("{}_{kind}", word(account));
        let count = self.codes.entry(name.clone()).or_default();
        *count += usize::from(is_new || *count == 0);
        let name = format!("{name}_{count}");
        let written = format!("{{{{{name}}}}}");
        self.given.insert(name);
        written
    }

    pub(super) fn text(
        &mut self,
        template: &Template,
        escape: impl Fn(&str) -> String,
    ) -> Option<String> {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(&escape(plain)),
                Piece::Expression(expression) => {
                    let value = self.value(expression)?;
                    if value.starts_with("{{") {
                        text.push_str(&value);
                    } else {
                        let random = random();
                        let parts = value.split(random.as_str()).map(&escape);
                        text.push_str(&parts.collect::<Vec<_>>().join(RANDOM_NAME));
                    }
                }
            }
        }
        Some(text)
    }

    pub(super) fn json(&mut self, template: &JsonTemplate) -> Option<Value> {
        let mut value_of =
            |expression: &Expression| self.value(expression).map(Value::String).ok_or(());
        fill_json(template, &mut value_of).ok()
    }

    /// A JSONPath as it stands between quotes.
    pub(super) fn path(&mut self, path: &PathTemplate) -> Option<String> {
        let mut names = Vec::new();
        let mut value_of = |expression: &Expression| {
            let value = self.value(expression).ok_or(())?;
            let name = value
                .strip_prefix("{{")
                .and_then(|rest| rest.strip_suffix("}}"));
            let Some(name) = name else {
                return Ok::<_, ()>(Value::String(value.replace(&random(), RANDOM_NAME)));
            };
            names.push(name.to_owned());
            Ok(Value::String(format!("{MARK}{name}{MARK}")))
        };
        let mut text = path.text(&mut value_of).ok()?;
        let quote = if self.has_text_ids() { "'" } else { "" };
        for name in names {
            let marked = format!("\"{MARK}{name}{MARK}\"");
            text = text.replace(&marked, &format!("{quote}{{{{{name}}}}}{quote}"));
        }
        Some(quoted(&text))
    }

    /// Whether the server's ids of tokens are text.
    fn has_text_ids(&self) -> bool {
        let steps = self.story.scenario.steps.iter();
        let bodies = steps.filter_map(|step| step.exchange.as_ref()?.response.as_ref());
        let mut bodies = bodies.filter_map(|one| serde_json::from_str::<Value>(&one.body).ok());
        bodies.any(|body| body["tokens"][0]["id"].is_string())
    }
}

/// The variable that holds what an answer gave; nothing for what does not come from one.
pub(super) fn variable(reference: &Reference) -> Option<String> {
    Some(match reference {
        Reference::Capture(name) => word(name),
        Reference::Account(name, Field::Token) => format!("{}_token", word(name)),
        Reference::Session(name, client, SessionPart::Token) => {
            format!("{}_{}_token", word(name), word(client))
        }
        Reference::Session(name, client, SessionPart::Id) => {
            format!("{}_{}_id", word(name), word(client))
        }
        Reference::Account(..) | Reference::Attempt => return None,
    })
}

/// The variable of what filters make of the value in another one, and Hurl's own filters for that; nothing where it has none.
pub(super) fn derived(source: &str, filters: &[Filter]) -> Option<(String, String)> {
    let mut name = source.to_owned();
    let mut made = Vec::new();
    for filter in filters {
        // A near miss of a token: its last characters, or some before them, are others.
        let (suffix, pattern, by) = match filter {
            Filter::Altered => (
                "altered".to_owned(),
                "^(.*.)..(.{6})$".to_owned(),
                "${1}Zz${2}",
            ),
            Filter::Misspelt => ("misspelt".to_owned(), "..$".to_owned(), "Zz"),
            Filter::Shortened => ("shortened".to_owned(), ".$".to_owned(), ""),
            Filter::First(count) => (
                format!("first_{count}"),
                format!("^(.{{0,{count}}}).*$"),
                "${1}",
            ),
            Filter::Secret => ("secret".to_owned(), r"^.*\|".to_owned(), ""),
            Filter::Id => ("id".to_owned(), r"\|[^|]*$".to_owned(), ""),
            Filter::SwappedCase | Filter::Padded(_) | Filter::WithoutAt => return None,
        };
        name = format!("{name}_{suffix}");
        made.push(format!("replaceRegex /{pattern}/ \"{by}\""));
    }
    Some((name, made.join(" ")))
}

pub(super) fn random() -> String {
    RANDOM.to_string().repeat(LENGTH_OF_UUID)
}

/// A name of a variable.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    text.chars().map(plain).collect()
}

/// Text between quotes.
pub(super) fn quoted(text: &str) -> String {
    let text = text.replace('\\', r"\\").replace('"', "\\\"");
    text.replace('\n', r"\n")
        .replace('\t', r"\t")
        .replace('\r', r"\r")
}

/// The value of a header.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('#', r"\#")
}

/// Text between backticks.
pub(super) fn one_line(text: &str) -> String {
    let text = text
        .replace('\\', r"\\")
        .replace('`', r"\`")
        .replace('#', r"\#");
    text.replace('\n', r"\n")
        .replace('\t', r"\t")
        .replace('\r', r"\r")
}
