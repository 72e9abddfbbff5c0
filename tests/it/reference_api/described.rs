//! Every answer of the reference is one that the OpenAPI document of the suite describes.

use conform::openapi::openapi;
use conform::suite::Suite;
use reqwest::Method;
use serde_json::{Value, json};

use crate::reference_api::support::{Answer, PASSWORD, api, id_of, send};

struct Document(Value);

impl Document {
    fn read() -> Self {
        let text = openapi(&Suite::built_in().unwrap()).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    /// What the document says of the answers of an operation with that status.
    fn response(&self, operation: &str, status: u16) -> Option<&Value> {
        let paths = self.0["paths"].as_object().unwrap().values();
        let mut operations = paths.flat_map(|path| path.as_object().unwrap().values());
        let found = operations.find(|found| found["operationId"] == operation);
        let responses = &found.unwrap()["responses"];
        let class = format!("{}XX", status / 100);
        responses.get(status.to_string()).or(responses.get(class))
    }

    fn permits(&self, operation: &str, status: u16, body: &Value) -> bool {
        let response = self.response(operation, status);
        response.is_some_and(|response| {
            let Some(schema) = response.pointer("/content/application~1json/schema") else {
                return true;
            };
            let mut whole = schema.clone();
            whole["components"] = self.0["components"].clone();
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&whole);
            validator.unwrap().is_valid(body)
        })
    }

    #[track_caller]
    fn expect(&self, operation: &str, answer: &Answer) {
        let body = serde_json::from_str(&answer.text).unwrap_or_default();
        let is_permitted = self.permits(operation, answer.status, &body);
        assert!(is_permitted, "{operation}: {answer:?}");
    }

    /// Asserts that the schema of an answer asks for a member.
    #[track_caller]
    fn expect_not_without(&self, operation: &str, answer: &Answer, member: &str) {
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove(member).unwrap();
        assert!(!self.permits(operation, answer.status, &body), "{body}");
    }
}

#[tokio::test]
async fn what_succeeds_has_the_schema_that_the_document_names() {
    let (api, document) = (api().await, Document::read());
    let registered = api.register("you@mail.example").await.expect(201);
    document.expect("register", &registered);
    document.expect_not_without("register", &registered, "user");
    let login = api.login("you@mail.example", "cli").await.expect(200);
    document.expect("login", &login);
    document.expect_not_without("login", &login, "user");
    let (token, first) = (login.token(), registered.token());
    let me = api.me(&token).await.expect(200);
    document.expect("me", &me);
    document.expect_not_without("me", &me, "subscription");
    let tokens = "/api/auth/tokens";
    let listed = api.call(Method::GET, tokens, &token).await.expect(200);
    document.expect("list-tokens", &listed);
    document.expect_not_without("list-tokens", &listed, "tokens");
    let id = format!("{tokens}/{}", id_of(&first));
    let revoked = api.call(Method::DELETE, &id, &token).await;
    assert!((200..300).contains(&revoked.status));
    document.expect("revoke-token", &revoked);
    let others = api.call(Method::DELETE, tokens, &token).await.expect(200);
    document.expect("revoke-others", &others);
    document.expect_not_without("revoke-others", &others, "revoked_count");
    let logout = api.call(Method::POST, "/api/auth/logout", &token).await;
    document.expect("logout", &logout.expect(204));
}

#[tokio::test]
async fn a_challenge_and_what_completes_it_have_their_schemas() {
    let (api, document) = (api().await, Document::read());
    let account = api.with_2fa().await;
    let body = json!({ "email": account.email, "password": account.password });
    let challenge = api.post("/api/auth/login", &body).await.expect(200);
    document.expect("login", &challenge);
    document.expect_not_without("login", &challenge, "totp_token");
    let challenge = api.challenge(&account).await;
    let wrong = api.wrong_code(&account);
    document.expect("login-totp", &api.answer(&challenge, "code", &wrong).await);
    let right = api.code(&account, 0);
    let completed = api.answer(&challenge, "code", &right).await.expect(200);
    document.expect("login-totp", &completed);
    document.expect_not_without("login-totp", &completed, "token");
}

#[tokio::test]
async fn what_is_refused_has_a_status_that_the_document_names() {
    let (api, document) = (api().await, Document::read());
    let token = api.account("you@mail.example").await;
    document.expect(
        "register",
        &api.register("you@mail.example").await.expect(422),
    );
    document.expect(
        "login",
        &api.login("me@mail.example", "cli").await.expect(401),
    );
    let wrong = json!({ "password": PASSWORD });
    document.expect(
        "login",
        &api.post("/api/auth/login", &wrong).await.expect(422),
    );
    let totp = api.post("/api/auth/login/totp", &json!({})).await;
    document.expect("login-totp", &totp.expect(422));
    for (operation, method, path) in [
        ("me", Method::GET, "/api/auth/me"),
        ("logout", Method::POST, "/api/auth/logout"),
        ("list-tokens", Method::GET, "/api/auth/tokens"),
        ("revoke-token", Method::DELETE, "/api/auth/tokens/1"),
        ("revoke-others", Method::DELETE, "/api/auth/tokens"),
    ] {
        let stranger = send(api.request(method, path)).await.expect(401);
        document.expect(operation, &stranger);
    }
    for (id, status) in [(id_of(&token), 422), (i64::MAX, 404)] {
        let path = format!("/api/auth/tokens/{id}");
        let refused = api.call(Method::DELETE, &path, &token).await;
        document.expect("revoke-token", &refused.expect(status));
    }
    assert!(document.response("me", 500).is_none());
}
