//! The state of a compilation: what names in a scenario may refer to, and the mistakes so far.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::json_template::JsonTemplate;
use super::jsonpath::PathTemplate;
use super::scenario::{AccountKind, AccountNeed};
use super::template::{Expression, FIELDS, Field, Reference, SessionPart, Template};
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Located, Source, Span, did_you_mean_or};

/// What the names in a scenario may refer to.
#[derive(Clone, Copy)]
pub(super) struct Definitions<'a> {
    pub(super) contract: &'a Contract,
    pub(super) schemas: &'a BTreeSet<String>,
}

/// The state of one compilation: what earlier steps have brought, and the mistakes so far.
pub(super) struct Compiler<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) known: Definitions<'a>,
    pub(super) accounts: Vec<AccountNeed>,
    /// Whether the accounts may have been registered by another scenario.
    pub(super) continues: bool,
    pub(super) captures: BTreeSet<String>,
    /// Those of them that are the tokens of sessions which looks show alive.
    pub(super) opened: BTreeSet<String>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Compiler<'_> {
    pub(super) fn mistake(&mut self, span: &Span, message: impl Into<String>) -> &mut Diagnostic {
        self.diagnostics
            .push(Diagnostic::new(self.source, span, message));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    pub(super) fn mistake_with_help(&mut self, span: &Span, message: String, help: String) {
        self.mistake(span, message).help = help;
    }

    pub(super) fn json_path(&mut self, text: &Located<String>) -> Option<PathTemplate> {
        match PathTemplate::parse(text) {
            Ok(path) => {
                self.references(path.expressions(), &text.span);
                Some(path)
            }
            Err(error) => {
                self.mistake(&text.span, error.to_string());
                None
            }
        }
    }

    pub(super) fn template(&mut self, text: &Located<String>) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => {
                self.references(template.expressions(), &text.span);
                Some(template)
            }
            Err(error) => {
                self.mistake(&text.span, error.to_string());
                None
            }
        }
    }

    pub(super) fn json(&mut self, value: &Located<serde_json::Value>) -> Option<JsonTemplate> {
        match JsonTemplate::parse(value) {
            Ok(template) => {
                self.references(template.expressions(), &value.span);
                Some(template)
            }
            Err(error) => {
                self.mistake(&value.span, error.to_string());
                None
            }
        }
    }

    fn references<'e>(&mut self, all: impl IntoIterator<Item = &'e Expression>, span: &Span) {
        for expression in all {
            self.reference(&expression.reference, span);
        }
    }

    pub(super) fn reference(&mut self, reference: &Reference, span: &Span) {
        match reference {
            Reference::Capture(name) if self.captures.contains(name) => {}
            Reference::Capture(name) => {
                let known = self.captures.iter().map(String::as_str);
                let advice = "a value must be captured by an earlier step";
                let help = did_you_mean_or(name, known, advice);
                self.mistake_with_help(span, format!("unknown variable `{name}`"), help);
            }
            Reference::Account(name, field) => self.account_reference(name, *field, span),
            Reference::Session(name, client, part) => {
                self.session_reference(name, client, *part, span);
            }
            Reference::Attempt => {}
        }
    }

    /// The account of that name, or a mistake.
    pub(super) fn account(&mut self, name: &str, span: &Span) -> Option<AccountNeed> {
        let found = self.accounts.iter().find(|need| need.name == name).cloned();
        if found.is_none() {
            let names = self.accounts.iter().map(|need| need.name.as_str());
            let advice = format!("add it: `accounts: {{ {name}: {{}} }}`");
            let help = did_you_mean_or(name, names, &advice);
            self.mistake_with_help(span, format!("unknown account `{name}`"), help);
        }
        found
    }

    fn session_reference(&mut self, name: &str, client: &str, part: SessionPart, span: &Span) {
        let Some(need) = self.account(name, span) else {
            return;
        };
        if let Some(session) = (need.sessions.iter()).position(|session| session.client == client) {
            let mut accounts = self.accounts.iter_mut();
            if let (Some(need), SessionPart::Id) = (accounts.find(|need| need.name == name), part) {
                need.sessions[session].needs_id = true;
            }
        } else {
            let known = FIELDS.iter().map(|(field, _)| *field);
            let known = known.chain(need.sessions.iter().map(|one| one.client.as_str()));
            let advice = format!("for a session ask for it: `{name}: {{ sessions: [{client}] }}`");
            let help = did_you_mean_or(client, known, &advice);
            self.mistake_with_help(span, format!("an account has no `{client}`"), help);
        }
    }

    fn account_reference(&mut self, name: &str, field: Field, span: &Span) {
        let Some(need) = self.account(name, span) else {
            return;
        };
        let kind = need.kind;
        let is_known = kind != AccountKind::Registered && field == Field::Name;
        if self.continues && !is_known && matches!(field, Field::Token | Field::Name) {
            let reference = Reference::Account(name.to_owned(), field);
            let message =
                format!("`{reference}` is not known to a scenario that continues another");
            self.mistake(span, message).help =
                format!("for a token ask for a session: `{name}: {{ sessions: [cli] }}`");
        }
        if field.needs_totp() && kind != AccountKind::Totp {
            self.mistake(span, format!("the account `{name}` has no second factor"))
                .help = format!("ask for one: `{name}: {{ totp: true }}`");
        }
        if field == Field::Token && kind != AccountKind::Registered {
            self.mistake(
                span,
                format!("the account `{name}` has no token from registering"),
            )
            .help = "capture the token of a login".into();
        }
    }
}
