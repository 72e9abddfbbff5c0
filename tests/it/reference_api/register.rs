use serde_json::{Value, json};

use crate::reference_api::support::{PASSWORD, api};

fn body(changes: &Value) -> Value {
    let mut body = json!({ "email": "you@mail.example", "password": PASSWORD, "name": "Jane Doe" });
    for (field, value) in changes.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

#[tokio::test]
async fn registering_answers_as_documented() {
    let api = api().await;
    let answer = api.register("you@mail.example").await.expect(201).json();
    let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(members, ["user", "token"]);
    let id = answer["user"]["id"].as_str().unwrap();
    assert!(id.starts_with("usr_") && id.len() == 20, "{id}");
    let user = json!({
        "id": id, "email": "you@mail.example", "name": "Jane Doe", "trial_ends_at": "2026-06-04T12:00:00Z",
    });
    assert_eq!(answer["user"], user);
    let token = answer["token"].as_str().unwrap();
    assert!(token.starts_with("1|") && token.len() == 42, "{token}");
}

#[tokio::test]
async fn the_token_works_and_is_named_after_the_client() {
    let api = api().await;
    for (said, named) in [
        ("cli", "cli"),
        ("web", "web"),
        ("mobile", "mobile"),
        ("tv", "mobile"),
    ] {
        let mail = format!("{said}@mail.example");
        let answer = api
            .post_as(said, "/api/auth/register", &body(&json!({ "email": mail })))
            .await;
        assert_eq!(
            api.names(&answer.expect(201).token()).await,
            [named],
            "{said}"
        );
    }
    let token = api
        .post("/api/auth/register", &body(&json!({})))
        .await
        .expect(201)
        .token();
    assert_eq!(api.names(&token).await, ["mobile"]);
}

#[tokio::test]
async fn one_can_log_in_to_a_new_account() {
    let api = api().await;
    api.account("you@mail.example").await;
    api.login("you@mail.example", "cli").await.expect(200);
}

#[tokio::test]
async fn an_invalid_field_is_refused_and_named() {
    let api = api().await;
    let long = "x".repeat(256);
    let long_mail = format!("a@{}.example", vec!["b".repeat(60); 5].join("."));
    for (field, value) in [
        ("email", json!("not-an-address")),
        ("email", json!("a b@mail.example")),
        ("email", json!(long_mail)),
        ("email", json!("   ")),
        ("email", json!(["you@mail.example"])),
        ("email", json!({ "a": 1 })),
        ("email", json!(7)),
        ("email", Value::Null),
        ("password", json!("seven77")),
        ("password", json!("éééé")),
        ("password", json!("")),
        ("password", json!(12_345_678)),
        ("password", json!([PASSWORD])),
        ("password", json!({ "a": 1 })),
        ("password", json!("eight\0888")),
        ("password", Value::Null),
        ("name", json!("")),
        ("name", json!(" \u{200b} ")),
        ("name", json!(long)),
        ("name", json!(true)),
        ("name", json!([])),
        ("name", json!({})),
        ("name", json!("a\0b")),
        ("name", Value::Null),
    ] {
        let answer = api
            .post("/api/auth/register", &body(&json!({ field: value })))
            .await
            .expect(422)
            .json();
        let fields: Vec<&String> = answer["errors"].as_object().unwrap().keys().collect();
        assert_eq!(fields, [field], "{value}");
        assert!(
            answer["errors"][field][0].is_string() && answer["message"].is_string(),
            "{answer}"
        );
    }
    api.register("you@mail.example").await.expect(201);
}

#[tokio::test]
async fn all_failing_fields_are_named_at_once() {
    let api = api().await;
    api.account("you@mail.example").await;
    let taken = json!({ "password": "short", "name": "" });
    for wrong in [json!({}), body(&taken)] {
        let answer = api
            .post("/api/auth/register", &wrong)
            .await
            .expect(422)
            .json();
        let mut fields: Vec<&String> = answer["errors"].as_object().unwrap().keys().collect();
        fields.sort();
        assert_eq!(fields, ["email", "name", "password"]);
    }
}

#[tokio::test]
async fn the_limits_themselves_are_allowed() {
    let api = api().await;
    for (mail, password, name) in [
        ("a@mail.example", "12345678".to_owned(), "x".repeat(255)),
        ("b@mail.example", "ééééèèèè".to_owned(), "😀".repeat(255)),
        ("c@mail.example", "p".repeat(64), "שלום 👋🏽 مرحبا".to_owned()),
        ("d@mail.example", "p".repeat(4000), "A".to_owned()),
    ] {
        let sent = json!({ "email": mail, "password": password, "name": name });
        let answer = api
            .post("/api/auth/register", &sent)
            .await
            .expect(201)
            .json();
        assert_eq!(answer["user"]["name"], name);
    }
}

#[tokio::test]
async fn an_address_of_255_characters_is_allowed_and_a_longer_one_is_not() {
    let api = api().await;
    let domain = format!(
        "{}.example",
        ["d".repeat(60), "e".repeat(60), "f".repeat(60)].join(".")
    );
    let address = |length: usize| format!("{}@{domain}", "x".repeat(length - 1 - domain.len()));
    for (length, status) in [(256, 422), (255, 201)] {
        let sent = body(&json!({ "email": address(length) }));
        api.post("/api/auth/register", &sent).await.expect(status);
    }
}

#[tokio::test]
async fn names_and_addresses_are_trimmed_and_addresses_lower_cased() {
    let api = api().await;
    let sent = body(&json!({ "email": "  You@Mail.Example\n", "name": "\u{feff} Jane  Doe\t" }));
    let answer = api
        .post("/api/auth/register", &sent)
        .await
        .expect(201)
        .json();
    assert_eq!(answer["user"]["email"], "you@mail.example");
    assert_eq!(answer["user"]["name"], "Jane  Doe");
    api.login(" YOU@mail.example ", "cli").await.expect(200);
}

#[tokio::test]
async fn a_password_is_taken_as_it_is() {
    let api = api().await;
    api.post(
        "/api/auth/register",
        &body(&json!({ "password": "  spaced  " })),
    )
    .await
    .expect(201);
    let login = |password: &str| json!({ "email": "you@mail.example", "password": password });
    api.post("/api/auth/login", &login("spaced"))
        .await
        .expect(401);
    api.post("/api/auth/login", &login("  spaced  "))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_taken_address_is_refused_in_any_letter_case_and_nothing_changes() {
    let api = api().await;
    let token = api.account("you@mail.example").await;
    let other =
        body(&json!({ "email": "YOU@mail.example", "password": "another one", "name": "Eve" }));
    let answer = api
        .post_as("web", "/api/auth/register", &other)
        .await
        .expect(422)
        .json();
    assert!(answer["errors"]["email"].is_array(), "{answer}");
    assert_eq!(api.me(&token).await.expect(200).json()["name"], "Jane Doe");
    api.login("you@mail.example", "cli").await.expect(200);
    let stolen = json!({ "email": "you@mail.example", "password": "another one" });
    api.post("/api/auth/login", &stolen).await.expect(401);
}

#[tokio::test]
async fn members_that_nobody_asked_for_change_nothing() {
    let api = api().await;
    let sent = body(&json!({
        "id": "usr_mine", "is_admin": true, "trial_ends_at": "2099-01-01T00:00:00Z",
        "subscription": { "status": "active", "plan": "yearly" }, "totp_secret": "AAAA",
    }));
    let answer = api.post("/api/auth/register", &sent).await.expect(201);
    assert_ne!(answer.json()["user"]["id"], "usr_mine");
    assert_eq!(
        answer.json()["user"]["trial_ends_at"],
        "2026-06-04T12:00:00Z"
    );
    let me = api.me(&answer.token()).await.expect(200).json();
    assert_eq!(me["subscription"]["status"], "trialing");
    assert!(!answer.text.contains(PASSWORD) && me.get("is_admin").is_none());
}
