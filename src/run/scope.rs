//! The values that the templates of one scenario can name.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::normalized_answer::NormalizedAnswer;
use crate::accounts::{Account, LeasedCode, SecondFactor};
use crate::contract::Role;
use crate::http::{Answer, Call, ServerClock};
use crate::suite::{
    DEFAULT_CLIENT, Expression, Field, PathTemplate, Reference, SessionPart, Template, When,
    as_text, fill, into_text,
};

/// What is longer is never sent: no server takes a header of that length.
pub(super) const LONGEST_CAPTURE: usize = 16 * 1024;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing(pub(super) String);

/// Accounts, captures, and the codes leased for the present step.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) accounts: BTreeMap<String, Account>,
    /// The sessions that accounts had before the first step, by account and client type.
    sessions: BTreeMap<(String, String), Session>,
    captures: BTreeMap<String, Result<Value, Missing>>,
    leases: Leases,
    /// Tokens that were refused where they should have worked.
    lost_tokens: BTreeSet<String>,
    /// What the answers of steps said, by their positions.
    said: BTreeMap<usize, NormalizedAnswer>,
    /// How long the present step has waited because the server throttles.
    throttled: Duration,
    /// Codes that were sent in earlier steps.
    sent: BTreeMap<(String, &'static str), String>,
    /// Those of them that run out, by the account.
    sent_codes: BTreeMap<String, LeasedCode>,
}

/// A session that was there before the first step.
struct Session {
    token: String,
    id: Result<Value, Missing>,
}

/// What was leased for one step.
#[derive(Clone, Default)]
pub(super) struct Leases {
    codes: BTreeMap<String, LeasedCode>,
    once: BTreeMap<(String, &'static str), String>,
    /// How many calls of the step came before the present one.
    attempts: u32,
}

impl fmt::Debug for Scope {
    /// Without its secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl Scope {
    /// A step begins that has waited for nothing.
    pub(super) fn begin_step(&mut self) {
        self.throttled = Duration::ZERO;
    }

    /// The present step has waited for so long because the server throttles.
    pub(super) fn add_throttled(&mut self, time: Duration) {
        self.throttled += time;
    }

    /// How long the last step waited because the server throttles.
    pub(super) fn throttled(&self) -> Duration {
        self.throttled
    }

    pub(super) fn capture(&mut self, name: &str, value: Result<Value, Missing>) {
        let value = value.and_then(|value| {
            let too_long = as_text(&value).len() > LONGEST_CAPTURE;
            let reason = || Missing(format!("`{name}` is longer than {LONGEST_CAPTURE} bytes"));
            if too_long { Err(reason()) } else { Ok(value) }
        });
        self.captures.insert(name.to_owned(), value);
    }

    /// Whether a step that has that condition applies.
    pub(super) fn meets(&self, when: &When) -> bool {
        let captured = matches!(self.captures.get(&when.capture), Some(Ok(_)));
        captured == when.has_value
    }

    /// An account has this session before the first step.
    pub(super) fn open_session(&mut self, account: &str, client: &str, token: &str) {
        let unknown = format!("the id of the session `{account}.{client}` is not known");
        let session = Session {
            token: token.to_owned(),
            id: Err(Missing(unknown)),
        };
        let key = (account.to_owned(), client.to_owned());
        self.sessions.insert(key, session);
        if let Some(account) = self.accounts.get_mut(account) {
            account.sessions.insert(client.to_owned(), token.to_owned());
        }
    }

    /// The list of tokens that a session was given tells its id: that of the current token, or else of the one with the name
    /// of its client type.
    pub(super) fn identify_session(&mut self, account: &str, client: &str, answer: &Answer) {
        let tokens = answer
            .json
            .as_ref()
            .and_then(|body| body["tokens"].as_array());
        let only = |is_own: &dyn Fn(&Value) -> bool| {
            let mut own = tokens.into_iter().flatten().filter(|token| is_own(token));
            own.next().filter(|_| own.next().is_none())
        };
        let token = only(&|token| token["is_current"] == true)
            .or_else(|| only(&|token| token["name"] == client));
        let key = (account.to_owned(), client.to_owned());
        if let Some(token) = token
            && (token["id"].is_number() || token["id"].is_string())
            && let Some(session) = self.sessions.get_mut(&key)
        {
            session.id = Ok(token["id"].clone());
        }
    }

    pub(super) fn remember(&mut self, position: usize, said: NormalizedAnswer) {
        self.said.insert(position, said);
    }

    /// What a call with this token has done to the sessions of accounts, as the documentation says. Which one
    /// has been revoked by its id shows when it is looked at.
    pub(super) fn follow(
        &mut self,
        call: &Call,
        own: Option<&str>,
        answer: &Answer,
        client_header: &str,
    ) {
        if !(200..300).contains(&answer.status) {
            return;
        }
        let mut accounts = self.accounts.values_mut();
        match call.role {
            Some(Role::LogIn) => {
                let body = call.body.as_deref().unwrap_or_default();
                let sent: Value = serde_json::from_str(body).unwrap_or_default();
                let account = accounts.find(|account| sent["email"] == account.identity.email);
                let token = answer.json.as_ref().and_then(|body| body["token"].as_str());
                if let (Some(account), Some(token)) = (account, token) {
                    let client = client_of(call, client_header);
                    account.sessions.insert(client.to_owned(), token.to_owned());
                }
            }
            // Whose session the second factor opens, the call does not say.
            Some(Role::SecondFactor) => {
                let mut challenged = accounts.filter(|account| account.second_factor.is_some());
                let token = answer.json.as_ref().and_then(|body| body["token"].as_str());
                if let (Some(account), None, Some(token)) =
                    (challenged.next(), challenged.next(), token)
                {
                    let client = client_of(call, client_header);
                    account.sessions.insert(client.to_owned(), token.to_owned());
                }
            }
            Some(Role::LogOut) => accounts.for_each(|account| {
                account
                    .sessions
                    .retain(|_, token| Some(token.as_str()) != own);
            }),
            Some(Role::EndOthers) => {
                let has_own = |account: &&mut Account| {
                    let mut tokens = account.sessions.values();
                    tokens.any(|token| Some(token.as_str()) == own)
                };
                let account = accounts.find(has_own);
                if let Some(account) = account {
                    account
                        .sessions
                        .retain(|_, token| Some(token.as_str()) == own);
                }
            }
            _ => {}
        }
    }

    /// What the answer of an earlier step said.
    pub(super) fn said(&self, position: usize) -> Result<&NormalizedAnswer, Missing> {
        let missing = || Missing("the answer to compare it with is missing".to_owned());
        self.said.get(&position).ok_or_else(missing)
    }

    pub(super) fn lose_token(&mut self, token: &str) {
        self.lost_tokens.insert(token.to_owned());
    }

    /// Whether the account is used by other scenarios and other runs as well.
    pub(super) fn shares(&self, name: &str) -> bool {
        self.accounts
            .get(name)
            .is_some_and(|account| account.shared)
    }

    pub(super) fn has_lost_any(&self) -> bool {
        !self.lost_tokens.is_empty()
    }

    pub(super) fn has_lost(&self, token: &str) -> bool {
        self.lost_tokens.contains(token)
    }

    /// The step is called once more.
    pub(super) fn next_attempt(&mut self) {
        self.leases.attempts += 1;
    }

    /// Whether a step sends a code a second time that has run out.
    pub(super) fn has_sent_code_run_out(
        &self,
        inputs: &[&Expression],
        clock: &ServerClock,
    ) -> bool {
        inputs.iter().any(|input| {
            let Reference::Account(name, Field::SentTotp) = &input.reference else {
                return false;
            };
            let factor = self
                .accounts
                .get(name)
                .and_then(|account| account.second_factor.as_ref());
            let sent = factor.zip(self.sent_codes.get(name));
            sent.is_some_and(|(factor, sent)| !factor.is_current(sent, clock))
        })
    }

    /// Another step is called in between: what was leased for the present one.
    pub(super) fn begin_other_step(&mut self) -> Leases {
        std::mem::take(&mut self.leases)
    }

    /// What was leased has been sent: the next step gets its own.
    pub(super) fn end_step(&mut self) -> Leases {
        let leases = std::mem::take(&mut self.leases);
        self.sent_codes.extend(leases.codes.clone());
        let codes = leases.codes.iter();
        self.sent
            .extend(codes.map(|(name, leased)| ((name.clone(), "totp"), leased.code.clone())));
        self.sent.extend(leases.once.clone());
        leases
    }

    /// Takes what an earlier run had leased for the step.
    pub(super) fn lease_again(&mut self, leases: Leases) {
        self.leases = leases;
    }

    pub(super) fn second_factor(&self, account: &str) -> Option<Arc<SecondFactor>> {
        self.accounts.get(account)?.second_factor.clone()
    }

    /// The code that the account has for the present step.
    pub(super) fn leased_code(&self, account: &str) -> Option<&LeasedCode> {
        self.leases.codes.get(account)
    }

    pub(super) fn keep_code(&mut self, account: &str, leased: LeasedCode) {
        self.leases.codes.insert(account.to_owned(), leased);
    }

    /// What was leased for the present step, or is leased now.
    pub(super) fn keep_once(
        &mut self,
        name: &str,
        what: &'static str,
        lease: impl FnOnce() -> Option<String>,
    ) -> Result<&str, Missing> {
        match self.leases.once.entry((name.to_owned(), what)) {
            Entry::Occupied(kept) => Ok(kept.into_mut()),
            Entry::Vacant(entry) => {
                let spent = || {
                    Missing(format!(
                        "the recovery codes of the account `{name}` are spent"
                    ))
                };
                Ok(entry.insert(lease().ok_or_else(spent)?))
            }
        }
    }

    /// The value of an expression.
    pub(super) fn value(&self, expression: &Expression) -> Result<Value, Missing> {
        let mut value = match &expression.reference {
            Reference::Capture(name) => match self.captures.get(name) {
                Some(captured) => captured.clone()?,
                None => return Err(Missing(format!("`{name}` was not captured"))),
            },
            Reference::Account(name, field) => Value::String(self.of_account(name, *field)?),
            Reference::Session(name, client, part) => {
                let session = self.sessions.get(&(name.clone(), client.clone()));
                let missing = || Missing(format!("the session `{name}.{client}` is missing"));
                let session = session.ok_or_else(missing)?;
                match part {
                    SessionPart::Token => Value::String(session.token.clone()),
                    SessionPart::Id => session.id.clone()?,
                }
            }
            Reference::Attempt => Value::from(self.leases.attempts + 1),
        };
        if !expression.filters.is_empty() {
            let start = into_text(value);
            let text = expression
                .filters
                .iter()
                .fold(start, |text, filter| filter.apply(&text));
            value = Value::String(text);
        }
        if expression.plus != 0 {
            let number = value
                .as_i64()
                .and_then(|number| number.checked_add(expression.plus));
            value = number
                .map(Value::from)
                .ok_or_else(|| Missing(format!("`{}` is no number", expression.reference)))?;
        }
        Ok(value)
    }

    /// The text of a template.
    pub(super) fn text(&self, template: &Template) -> Result<String, Missing> {
        fill(template, &mut |expression| self.value(expression)).map(into_text)
    }

    fn of_account(&self, name: &str, field: Field) -> Result<String, Missing> {
        let missing = || Missing(format!("the account `{name}` is missing"));
        let account = self.accounts.get(name).ok_or_else(missing)?;
        let leases = &self.leases;
        let once = |what| leases.once.get(&(name.to_owned(), what)).cloned();
        let sent = |what| self.sent.get(&(name.to_owned(), what)).cloned();
        match field {
            Field::Email => Some(account.identity.email.clone()),
            Field::Password => Some(account.identity.password.clone()),
            Field::Name => Some(account.identity.name.clone()),
            Field::Token => account.token.clone(),
            Field::Totp | Field::TotpWithZero => {
                leases.codes.get(name).map(|leased| leased.code.clone())
            }
            Field::SentTotp => sent("totp"),
            Field::SentRecoveryCode => sent("recovery_code"),
            Field::WrongTotp => once("wrong_totp"),
            Field::OldTotp => once("old_totp"),
            Field::RecoveryCode => once("recovery_code"),
            Field::WrongRecoveryCode => once("wrong_recovery_code"),
        }
        .ok_or_else(missing)
    }
}

/// The client type that a call names.
fn client_of<'c>(call: &'c Call, header: &str) -> &'c str {
    let mut headers = call.headers.iter();
    let named = headers.find(|(name, _)| name.eq_ignore_ascii_case(header));
    named.map_or(DEFAULT_CLIENT, |(_, client)| client)
}

/// What a capture finds in an answer.
pub(super) fn captured(
    path: &PathTemplate,
    count: bool,
    answer: &Answer,
    scope: &Scope,
) -> Result<Value, String> {
    let mut value_of = |expression: &_| scope.value(expression);
    let place = path.text(&mut value_of).map_err(|Missing(reason)| reason)?;
    let body = answer.json.as_ref().ok_or("it is no JSON")?;
    let found = path
        .select(body, &mut value_of)
        .map_err(|Missing(reason)| reason)?;
    if count {
        return Ok(Value::from(found.len()));
    }
    match found.as_slice() {
        // `null` is as good as nothing: some servers send every member.
        [Value::Null] => Err(format!("null at {place}")),
        [one] => Ok((*one).clone()),
        other => Err(format!("{} values at {place}", other.len())),
    }
}
