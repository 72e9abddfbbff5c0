//! A server for one test, on a clock that stands still, and short words for calling it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use conform::reference::{Hashing, Limits, Running, Settings, TotpAccount, start};
use conform::totp::{Secret, step_at};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::ManualClock;

pub const PASSWORD: &str = "correct horse";

pub struct Api {
    pub server: Running,
    pub clock: Arc<ManualClock>,
    pub client: Client,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn token(&self) -> String {
        self.json()["token"].as_str().expect("a token").to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A client that keeps connections only to the server of its own test.
pub fn client() -> Client {
    // Fails when another test of the process was first, which is just as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap()
}

/// Noon of 5 May 2026, so that a trial ends at noon of 4 June.
pub fn settings() -> (Settings, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new("2026-05-05T12:00:00Z".parse().unwrap()));
    let settings = Settings {
        hashing: Hashing::Cheap,
        limits: Limits {
            per_account: None,
            per_address: None,
        },
        clock: clock.clone(),
        ..Settings::default()
    };
    (settings, clock)
}

/// Where a server listens.
pub fn address(server: &Running) -> SocketAddr {
    let address = server.base_url().strip_prefix("http://").unwrap();
    address.parse().unwrap()
}

pub async fn api() -> Api {
    api_with(|_| {}).await
}

pub async fn api_with(change: impl FnOnce(&mut Settings)) -> Api {
    let (mut settings, clock) = settings();
    change(&mut settings);
    let server = start(([127, 0, 0, 1], 0).into(), settings).await.unwrap();
    Api {
        server,
        clock,
        client: client(),
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer {
        status,
        headers,
        text: response.text().await.unwrap(),
    }
}

impl Api {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.server.base_url()))
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn post_as(&self, client_type: &str, path: &str, body: &Value) -> Answer {
        send(
            self.request(Method::POST, path)
                .header("x-pionne-client", client_type)
                .json(body),
        )
        .await
    }

    pub async fn call(&self, method: Method, path: &str, token: &str) -> Answer {
        send(self.request(method, path).bearer_auth(token)).await
    }

    /// Registers an account with [`PASSWORD`], and returns its token.
    pub async fn account(&self, email: &str) -> String {
        self.register(email).await.expect(201).token()
    }

    pub async fn register(&self, email: &str) -> Answer {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Jane Doe" });
        self.post_as("web", "/api/auth/register", &body).await
    }

    pub async fn login(&self, email: &str, client_type: &str) -> Answer {
        let body = json!({ "email": email, "password": PASSWORD });
        self.post_as(client_type, "/api/auth/login", &body).await
    }

    pub async fn me(&self, token: &str) -> Answer {
        self.call(Method::GET, "/api/auth/me", token).await
    }

    pub async fn tokens(&self, token: &str) -> Vec<Value> {
        let list = self
            .call(Method::GET, "/api/auth/tokens", token)
            .await
            .expect(200)
            .json();
        list["tokens"].as_array().unwrap().clone()
    }

    pub async fn names(&self, token: &str) -> Vec<String> {
        let named = |token: &Value| token["name"].as_str().unwrap().to_owned();
        self.tokens(token).await.iter().map(named).collect()
    }

    pub async fn with_2fa(&self) -> TotpAccount {
        self.server.provision_account("mail.example").await.unwrap()
    }

    /// Logs in with the password of a 2FA account, and returns the challenge.
    pub async fn challenge(&self, account: &TotpAccount) -> String {
        let body = json!({ "email": account.email, "password": account.password });
        let answer = self
            .post_as("cli", "/api/auth/login", &body)
            .await
            .expect(200)
            .json();
        answer["totp_token"]
            .as_str()
            .expect("a challenge")
            .to_owned()
    }

    pub async fn answer(&self, challenge: &str, field: &str, check: &str) -> Answer {
        let body = json!({ "totp_token": challenge, field: check });
        self.post_as("cli", "/api/auth/login/totp", &body).await
    }

    /// The code of an account some steps from now.
    pub fn code(&self, account: &TotpAccount, offset: i64) -> String {
        use conform::reference::Clock;
        let seconds = self.clock.now().as_second() + offset * 30;
        Secret::from_base32(&account.totp_secret)
            .unwrap()
            .code(step_at(seconds))
    }

    /// A code that is right at none of the steps around now.
    pub fn wrong_code(&self, account: &TotpAccount) -> String {
        let near: Vec<String> = (-3..=3).map(|offset| self.code(account, offset)).collect();
        (0..1_000_000)
            .map(|n| format!("{n:06}"))
            .find(|code| !near.contains(code))
            .unwrap()
    }

    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// The id in a token's text.
pub fn id_of(token: &str) -> i64 {
    token.split_once('|').unwrap().0.parse().unwrap()
}
