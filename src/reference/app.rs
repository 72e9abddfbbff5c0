//! What all handlers share, and how they recognise their caller.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use rusqlite::Transaction;

use super::api_error::ApiError;
use super::behaviour::{Action, Behaviour, ClientType, Naming, Oddity, Scheme, TokenForm};
use super::clock::Clock;
use super::input::Input;
use super::limiter::Limiter;
use super::passwords::Passwords;
use super::secrets::{self, SecretDigest, TokenText, parse_id};
use super::store::tokens::{NewToken, Token};
use super::store::{Scene, Store, challenges, tokens};
use super::{ReferenceError, Settings};

/// How long a server waits that does in two steps what should be one: long enough for others to
/// come between.
const BETWEEN_STEPS: Duration = Duration::from_secs(1);

/// The id of no token: of a caller who is let in without one.
const NO_TOKEN: i64 = 0;

pub(super) struct App {
    pub(super) store: Store,
    pub(super) passwords: Passwords,
    pub(super) limiter: Limiter,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) behaviour: Behaviour,
}

/// The caller of a protected operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct AuthenticatedCaller {
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
    pub(super) fn as_session<T, A>(
        self: Arc<Self>,
        request: &Request,
        action: Action,
        act: A,
    ) -> impl Future<Output = Result<T, ApiError>> + use<T, A>
    where
        T: Send + 'static,
        A: FnOnce(&App, &Transaction<'_>, AuthenticatedCaller) -> Result<T, ApiError>,
        A: Send + 'static,
    {
        let bearer = self.bearer(request.headers());
        let bearer = bearer.map(|bearer| bearer.map(str::to_owned));
        let store = self.store.clone();
        async move {
            let act = move |transaction: &Transaction<'_>| {
                let session = self.recognise(transaction, bearer?.as_deref(), action)?;
                act(&self, transaction, session)
            };
            store.transaction(act).await
        }
    }

    /// The name for a new token.
    pub(super) fn token_name(&self, naming: &Naming, input: &Input) -> Result<String, ApiError> {
        let said = input.client();
        if said.is_some_and(|said| ClientType::from_word(said).is_none()) {
            self.behaviour.requests.survive(Oddity::UnknownClientType)?;
        }
        Ok(naming.name(said))
    }

    /// Goes on in spite of an odd id, unless the server fails on it.
    pub(super) fn survive_id(&self, text: &str) -> Result<(), ApiError> {
        let requests = &self.behaviour.requests;
        match text.parse::<i128>() {
            Ok(id) if id > i128::from(i32::MAX) => requests.survive(Oddity::LargeId),
            Ok(_) if parse_id(text).is_some() => Ok(()),
            _ => requests.survive(Oddity::OddId),
        }
    }

    /// Lets others act between two steps.
    pub(super) async fn linger(&self) {
        tokio::time::sleep(BETWEEN_STEPS).await;
    }

    /// Issues a token and returns its id and its text, which is known here for the only time.
    pub(super) fn issue(
        &self,
        transaction: &Transaction<'_>,
        account: i64,
        name: &str,
        issued_by: Action,
    ) -> Result<(i64, String), ApiError> {
        let (rules, now) = (&self.behaviour.bearer, self.now());
        let secret = secrets::token_secret(rules.secret, account, name, now);
        let new = NewToken {
            account,
            name,
            digest: SecretDigest::of(&rules.compares.of(&secret)),
            created_at: now,
            issued_by,
        };
        let id = tokens::insert(transaction, new)?;
        tokens::show_as(transaction, id, self.behaviour.sessions.token_ids)?;
        let text = match rules.form {
            TokenForm::IdAndSecret => format!("{id}|{secret}"),
            TokenForm::SecretAlone => secret,
        };
        Ok((id, text))
    }

    fn bearer<'h>(&self, headers: &'h HeaderMap) -> Result<Option<&'h str>, ApiError> {
        let Some(value) = headers.get(AUTHORIZATION) else {
            return Ok(None);
        };
        let Ok(value) = value.to_str() else {
            self.behaviour.requests.survive(Oddity::OddBearer)?;
            return Ok(None);
        };
        let Some((scheme, token)) = value.split_once(' ') else {
            return Ok(None);
        };
        let is_bearer = match self.behaviour.bearer.scheme {
            Scheme::AnyCase => scheme.eq_ignore_ascii_case("bearer"),
            Scheme::Exact => scheme == "Bearer",
        };
        let token = token.trim();
        Ok((is_bearer && !token.is_empty()).then_some(token))
    }

    fn recognise(
        &self,
        transaction: &Transaction<'_>,
        bearer: Option<&str>,
        action: Action,
    ) -> Result<AuthenticatedCaller, ApiError> {
        let rules = &self.behaviour.bearer;
        let Some(bearer) = bearer else {
            let stranger = || ApiError::Unauthenticated(rules.missing.on(action));
            return self.stranger(transaction, action)?.ok_or_else(stranger);
        };
        let Some(token) = self.issued(transaction, bearer, action)? else {
            let is_without_id = bearer.contains('|') && TokenText::parse(bearer).is_none();
            let refusals = if is_without_id {
                &rules.without_id
            } else {
                &rules.unknown
            };
            let unknown = || ApiError::Unauthenticated(refusals.on(action));
            return self
                .challenged(transaction, bearer, action)?
                .ok_or_else(unknown);
        };
        let scene = Scene::of(action, token.account).choosing(token.id);
        if !tokens::is_meant(transaction, &rules.valid, scene)? {
            return Err(ApiError::Unauthenticated(rules.ended.on(action)));
        }
        tokens::record_use(transaction, &rules.records_use, scene, self.now())?;
        Ok(AuthenticatedCaller::from(token))
    }

    /// The token of which this is the text, living or dead.
    fn issued(
        &self,
        transaction: &Transaction<'_>,
        bearer: &str,
        action: Action,
    ) -> Result<Option<Token>, ApiError> {
        let rules = &self.behaviour.bearer;
        if rules.form == TokenForm::SecretAlone {
            let digest = SecretDigest::of(&rules.compares.of(bearer));
            return Ok(tokens::find_by_digest(transaction, digest)?);
        }
        let Some(text) = TokenText::parse(bearer) else {
            return Ok(None);
        };
        let digest = SecretDigest::of(&rules.compares.of(text.secret));
        let id_is_enough = rules.id_is_enough.contains(&action);
        Ok(tokens::find(transaction, text.id)?
            .filter(|token| id_is_enough || digest.matches(&token.digest)))
    }

    /// Whom the text of a challenge is taken for, where it is enough.
    fn challenged(
        &self,
        transaction: &Transaction<'_>,
        text: &str,
        action: Action,
    ) -> Result<Option<AuthenticatedCaller>, ApiError> {
        if !self.behaviour.bearer.challenge_is_enough.contains(&action) {
            return Ok(None);
        }
        let challenge = challenges::find(transaction, SecretDigest::of(text))?;
        Ok(challenge.map(|challenge| AuthenticatedCaller {
            account: challenge.account,
            token: NO_TOKEN,
        }))
    }

    /// Whom a caller without a token is taken for, where nothing is enough.
    fn stranger(
        &self,
        transaction: &Transaction<'_>,
        action: Action,
    ) -> Result<Option<AuthenticatedCaller>, ApiError> {
        if !self.behaviour.bearer.nothing_is_enough.contains(&action) {
            return Ok(None);
        }
        Ok(tokens::newest(transaction)?.map(AuthenticatedCaller::from))
    }
}

impl AuthenticatedCaller {
    pub(super) fn scene(self, action: Action) -> Scene<'static> {
        Scene {
            current: Some(self.token),
            ..Scene::of(action, self.account)
        }
    }
}

impl From<Token> for AuthenticatedCaller {
    fn from(token: Token) -> Self {
        Self {
            account: token.account,
            token: token.id,
        }
    }
}
