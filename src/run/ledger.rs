//! The accounts that a run makes on the server, and the sessions that it opens.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::scope::LONGEST_CAPTURE;
use crate::contract::Role;
use crate::http::{Answer, Call};

/// What a run leaves behind on the server, noted call by call.
#[derive(Default)]
pub struct Ledger {
    known: Mutex<LedgerState>,
}

#[derive(Default)]
struct LedgerState {
    /// In the order of their first call.
    accounts: Vec<Noted>,
    /// The e-mails of challenges, by the token of each.
    challenges: HashMap<String, String>,
}

struct Noted {
    email: String,
    registration: RegistrationState,
    tokens: Vec<String>,
}

/// What is known of the registration of an account in this run.
#[derive(PartialEq, Eq)]
enum RegistrationState {
    /// Nothing, or that it was refused.
    None,
    /// Asked for, and without an answer that refuses it.
    Asked,
    /// Done.
    Done,
}

impl fmt::Debug for Ledger {
    /// Without the tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("created", &self.created())
            .finish_non_exhaustive()
    }
}

impl Ledger {
    /// The e-mails of the accounts that were made, and of those that may have been: a call that was cut off,
    /// or answered with 5xx.
    #[must_use]
    pub fn created(&self) -> Vec<String> {
        let known = self.lock();
        let created = known.accounts.iter();
        let created = created.filter(|account| account.registration != RegistrationState::None);
        created.map(|account| account.email.clone()).collect()
    }

    /// The tokens of each account, the latest first.
    pub(super) fn sessions(&self) -> Vec<Vec<String>> {
        let known = self.lock();
        let accounts = known.accounts.iter();
        let tokens = accounts.map(|account| account.tokens.iter().rev().cloned().collect());
        tokens
            .filter(|tokens: &Vec<String>| !tokens.is_empty())
            .collect()
    }

    /// The e-mail of the account that a token was given to.
    pub(super) fn owner(&self, token: &str) -> Option<String> {
        let known = self.lock();
        let mut accounts = known.accounts.iter();
        let owner = accounts.find(|account| account.tokens.iter().any(|own| own == token));
        owner.map(|account| account.email.clone())
    }

    /// The e-mail of the account that was given a challenge.
    pub(super) fn challenged(&self, challenge: &str) -> Option<String> {
        self.lock().challenges.get(challenge).cloned()
    }

    /// A call is about to be made.
    pub(super) fn sending(&self, call: &Call) {
        if call.role == Some(Role::Register)
            && let Some(email) = member(&body(call), "email")
        {
            let mut known = self.lock();
            let account = known.account(&email);
            if account.registration == RegistrationState::None {
                account.registration = RegistrationState::Asked;
            }
        }
    }

    /// A call was answered.
    pub(super) fn answered(&self, call: &Call, answer: &Answer) {
        if !matches!(
            call.role,
            Some(Role::Register | Role::LogIn | Role::SecondFactor)
        ) {
            return;
        }
        let (sent, mut known) = (body(call), self.lock());
        let challenge = member(&sent, "totp_token");
        let challenged = challenge.and_then(|token| known.challenges.get(&token).cloned());
        let Some(email) = member(&sent, "email").or(challenged) else {
            return;
        };
        let is_success = (200..300).contains(&answer.status);
        let account = known.account(&email);
        if call.role == Some(Role::Register) {
            match answer.status {
                200..300 => account.registration = RegistrationState::Done,
                500.. => {}
                _ if account.registration == RegistrationState::Asked => {
                    account.registration = RegistrationState::None;
                }
                _ => {}
            }
        }
        let Some(answer) = answer.json.as_ref().filter(|_| is_success) else {
            return;
        };
        account.tokens.extend(member(answer, "token"));
        if let Some(token) = member(answer, "totp_token") {
            known.challenges.insert(token, email);
        }
    }

    fn lock(&self) -> MutexGuard<'_, LedgerState> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LedgerState {
    fn account(&mut self, email: &str) -> &mut Noted {
        let found = self
            .accounts
            .iter()
            .position(|account| account.email == email);
        let position = found.unwrap_or_else(|| {
            self.accounts.push(Noted {
                email: email.to_owned(),
                registration: RegistrationState::None,
                tokens: Vec::new(),
            });
            self.accounts.len() - 1
        });
        &mut self.accounts[position]
    }
}

fn body(call: &Call) -> Value {
    let body = call.body.as_deref().unwrap_or_default();
    serde_json::from_str(body).unwrap_or_default()
}

/// A text that is no longer than what is ever sent.
fn member(body: &Value, name: &str) -> Option<String> {
    let text = body[name].as_str();
    let text = text.filter(|text| text.len() <= LONGEST_CAPTURE);
    text.map(str::to_owned)
}
