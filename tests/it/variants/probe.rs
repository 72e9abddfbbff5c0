//! One conversation with a server, written down: whatever differs in it is a difference that a client can see.

use std::sync::Arc;

use conform::selftest::{Server, Variant};
use conform::totp::{Secret, step_at};
use serde_json::{Value, json};

use super::wire::Wire;
use crate::support::ManualClock;

/// Noon of 5 May 2026: every token of the conversation is from the same second.
const NOW: i64 = 1_777_982_400;
const PASSWORD: &str = "correct horse";
/// More than any limiter of a variant admits.
const MANY: usize = 60;

/// Talks to a server that differs from the reference in `variant`, and returns all that it said. What is random in it
/// is written over.
pub async fn conversation(variant: Option<&Variant>) -> String {
    let mut server = Server::default();
    // The reference as well: what the way itself changes is no difference.
    server.wire();
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    server.settings.clock = Arc::new(ManualClock::new(now));
    if let Some(variant) = variant {
        (variant.change)(&mut server);
    }
    let clock = Arc::clone(&server.settings.clock);
    let started = server.start().await.unwrap();
    let factor = started
        .reference()
        .provision_account("example.com")
        .await
        .unwrap();
    let secret = Secret::from_base32(&factor.totp_secret).unwrap();
    let code = secret.code(step_at(clock.now().as_second()));

    let mut talk = Talk {
        wire: Wire::to(started.base_url()),
        said: String::new(),
        random: vec![factor.email.clone()],
    };
    talk.strangers().await;
    talk.unusual_accounts().await;
    talk.sessions().await;
    talk.second_factor(&factor.email, &factor.password, &code)
        .await;
    talk.too_many_attempts().await;
    let masked = talk.masked();
    started.stop().await;
    masked
}

struct Talk {
    wire: Wire,
    said: String,
    random: Vec<String>,
}

impl Talk {
    async fn strangers(&mut self) {
        self.call("GET /api/auth/me", "", "", json!({})).await;
        let page = [("accept", "text/html")];
        self.say("GET /api/auth/me", &page, "").await;
        let malformed = json!({ "email": "nobody", "password": "short" });
        self.call("POST /api/auth/register", "", "", malformed)
            .await;
        // Seven characters, in eight units of UTF-16.
        let short =
            json!({ "email": "short@example.com", "password": "Aa1-xx\u{1f511}", "name": "Short" });
        self.call("POST /api/auth/register", "", "", short).await;
        self.call("GET /api/auth/nowhere", "", "", json!({})).await;
    }

    /// What some servers cut, trim or refuse.
    async fn unusual_accounts(&mut self) {
        let register = "POST /api/auth/register";
        let named = "Maximiliane Wilhelmine von Habsburg-Lothringen";
        let long = json!({ "email": "long@example.com", "password": PASSWORD, "name": named });
        self.call(register, "", "", long).await;
        let long =
            json!({ "email": "longer@example.com", "password": PASSWORD.repeat(6), "name": "L" });
        self.call(register, "", "", long).await;
        let more = json!({ "email": "more@example.com", "password": PASSWORD, "name": "M", "role": "admin" });
        self.call(register, "", "", more).await;
        for email in [
            "Capital.Letters@Example.com".to_owned(),
            format!("{}@a-long-domain.example", "x".repeat(60)),
        ] {
            let unusual = json!({ "email": email, "password": PASSWORD, "name": "U" });
            self.call(register, "", "", unusual).await;
        }
        let letters =
            json!({ "email": "letters@example.com", "password": "pässwörter", "name": "L" });
        self.call(register, "", "", letters).await;
        let mut blank =
            json!({ "email": "blank@example.com", "password": "with blanks  ", "name": "B" });
        self.call(register, "", "", blank.clone()).await;
        blank["password"] = "with blanks".into();
        self.log_in(&blank, "").await;
    }

    async fn sessions(&mut self) {
        let account =
            json!({ "email": "jane.doe@example.com", "password": PASSWORD, "name": "Jané Doe" });
        let register = "POST /api/auth/register";
        let registered = self.call(register, "", "cli", account.clone()).await;
        self.call(register, "", "cli", account.clone()).await;
        let web = self.log_in(&account, "web").await;
        let list = self.call("GET /api/auth/tokens", &web, "", json!({})).await;
        self.call("GET /api/auth/me", &web, "", json!({})).await;
        let bare = web.rsplit('|').next().unwrap().to_owned();
        self.call("GET /api/auth/me", &bare, "", json!({})).await;

        let own = list["tokens"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|token| token["is_current"] == true)
            .map(|token| token["id"].to_string())
            .unwrap();
        let other = list["tokens"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|token| token["is_current"] == false)
            .map(|token| token["id"].to_string())
            .unwrap();
        let spelt = [format!("{own}x"), format!("0{own}")];
        for id in [
            own.as_str(),
            &spelt[0],
            &spelt[1],
            "987654321",
            other.as_str(),
        ] {
            let line = format!("DELETE /api/auth/tokens/{id}");
            self.call(&line, &web, "", json!({})).await;
        }
        self.log_in(&account, "cli").await;
        self.log_in(&account, "").await;
        self.log_in(&account, "cli").await;
        self.call("GET /api/auth/tokens", &web, "", json!({})).await;
        self.call("DELETE /api/auth/tokens", &web, "", json!({}))
            .await;
        self.call("POST /api/auth/logout", &web, "", json!({}))
            .await;
        let token = registered["token"].as_str().unwrap().to_owned();
        self.call("GET /api/auth/me", &token, "", json!({})).await;
    }

    async fn second_factor(&mut self, email: &str, password: &str, code: &str) {
        let account = json!({ "email": email, "password": password });
        let wrong = if code == "000000" { "111111" } else { "000000" };
        // A wrong code first, and then the right one with the same challenge; the right one twice; no challenge.
        let spoilt = self.challenge(&account).await;
        self.complete(&spoilt, wrong).await;
        self.complete(&spoilt, code).await;
        for _ in 0..2 {
            let challenge = self.challenge(&account).await;
            self.complete(&challenge, code).await;
        }
        self.complete("never given", code).await;
        let older = self.challenge(&account).await;
        self.challenge(&account).await;
        self.complete(&older, code).await;
    }

    async fn too_many_attempts(&mut self) {
        let attempt = |email: String| json!({ "email": email, "password": "wrong" });
        for number in 0..MANY {
            self.log_in(&attempt(format!("nobody-{number}@example.com")), "")
                .await;
        }
        for _ in 0..MANY {
            self.log_in(&attempt("nobody@example.com".to_owned()), "")
                .await;
        }
    }

    async fn log_in(&mut self, account: &Value, client: &str) -> String {
        let login = "POST /api/auth/login";
        let answer = self.call(login, "", client, account.clone()).await;
        answer["token"].as_str().unwrap_or_default().to_owned()
    }

    async fn challenge(&mut self, account: &Value) -> String {
        let login = "POST /api/auth/login";
        let answer = self.call(login, "", "web", account.clone()).await;
        answer["totp_token"].as_str().unwrap_or_default().to_owned()
    }

    /// As another client than the one that asked for the challenge; what the token is named shows in the list.
    async fn complete(&mut self, challenge: &str, code: &str) {
        let body = json!({ "totp_token": challenge, "code": code });
        let answer = self
            .call("POST /api/auth/login/totp", "", "cli", body)
            .await;
        if let Some(token) = answer["token"].as_str() {
            self.call("GET /api/auth/tokens", token, "", json!({}))
                .await;
        }
    }

    async fn call(&mut self, line: &str, token: &str, client: &str, body: Value) -> Value {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![
            ("accept", "application/json"),
            ("content-type", "application/json"),
        ];
        headers.extend((!token.is_empty()).then_some(("authorization", bearer.as_str())));
        headers.extend((!client.is_empty()).then_some(("x-pionne-client", client)));
        let answer = self.say(line, &headers, &body.to_string()).await;
        let random = [
            &answer["token"],
            &answer["totp_token"],
            &answer["id"],
            &answer["user"]["id"],
        ];
        self.random.extend(
            random
                .into_iter()
                .filter_map(Value::as_str)
                .map(str::to_owned),
        );
        answer
    }

    async fn say(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> Value {
        let answer = self.wire.send(line, headers, body).await;
        self.said.extend(["> ", line, "\n", &answer.raw, "\n"]);
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    /// Letters and digits of what is random become the same everywhere; its form stays.
    fn masked(&self) -> String {
        let mask = |text: &str| text.replace(|c: char| c.is_ascii_alphanumeric(), "x");
        let mut said = self.said.clone();
        for random in &self.random {
            said = said.replace(random, &mask(random));
        }
        said
    }
}
