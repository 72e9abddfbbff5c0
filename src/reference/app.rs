//! What all handlers share, and how they recognise their caller.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use rusqlite::Transaction;

use super::behaviour::{Accepts, Behaviour, Naming, Scheme};
use super::clock::Clock;
use super::failure::Failure;
use super::limiter::Limiter;
use super::passwords::Passwords;
use super::secrets::{Digest, TokenText};
use super::store::{Store, tokens};
use super::{ReferenceError, Settings};

/// Where clients say of which type they are.
const CLIENT_HEADER: &str = "x-pionne-client";

pub(super) struct App {
    pub(super) store: Store,
    pub(super) passwords: Passwords,
    pub(super) limiter: Limiter,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) behaviour: Behaviour,
}

/// The caller of a protected operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Session {
    pub(super) account: i64,
    pub(super) token: i64,
}

impl App {
    pub(super) fn new(settings: Settings) -> Result<Self, ReferenceError> {
        Ok(Self {
            store: Store::open(&settings.database)?,
            passwords: Passwords::new(settings.hashing)?,
            limiter: Limiter::new(settings.limits),
            clock: settings.clock,
            behaviour: settings.behaviour,
        })
    }

    /// The present moment in seconds since 1970-01-01T00:00:00Z.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// Recognises the caller and acts for them in the same transaction: a token that another
    /// request ends meanwhile either was valid for the whole action, or for nothing of it.
    pub(super) async fn as_session<T: Send + 'static>(
        self: Arc<Self>,
        headers: &HeaderMap,
        act: impl FnOnce(&App, &Transaction<'_>, Session) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let bearer = self
            .bearer(headers)
            .map(str::to_owned)
            .ok_or(Failure::Unauthenticated)?;
        let app = Arc::clone(&self);
        self.store
            .transaction(move |transaction| {
                let session = app.recognise(transaction, &bearer)?;
                act(&app, transaction, session)
            })
            .await
    }

    /// The name for a new token.
    pub(super) fn token_name(naming: Naming, headers: &HeaderMap) -> String {
        match naming {
            Naming::ClientHeader { otherwise } => {
                let said = headers
                    .get(CLIENT_HEADER)
                    .and_then(|value| value.to_str().ok());
                said.and_then(super::behaviour::ClientType::from_word)
                    .unwrap_or(otherwise)
                    .word()
                    .to_owned()
            }
            Naming::Fixed(name) => name.to_owned(),
        }
    }

    fn bearer<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let is_bearer = match self.behaviour.bearer.scheme {
            Scheme::AnyCase => scheme.eq_ignore_ascii_case("bearer"),
        };
        is_bearer.then(|| token.trim())
    }

    fn recognise(&self, transaction: &Transaction<'_>, bearer: &str) -> Result<Session, Failure> {
        let rules = &self.behaviour.bearer;
        let found = match rules.accepts {
            Accepts::IdAndSecret => {
                let text = TokenText::parse(bearer).ok_or(Failure::Unauthenticated)?;
                let digest = Digest::of(text.secret);
                tokens::find(transaction, text.id)?.filter(|token| digest.matches(&token.digest))
            }
        };
        let token = found.ok_or(Failure::Unauthenticated)?;
        if rules.records_use {
            tokens::record_use(transaction, token.id, self.now())?;
        }
        Ok(Session {
            account: token.account,
            token: token.id,
        })
    }
}
