use std::time::{Duration, Instant};

use conform::reference::Hashing;
use serde_json::{Value, json};

use crate::reference_api::support::{PASSWORD, api, api_with, id_of};

#[tokio::test]
async fn logging_in_answers_as_documented() {
    let api = api().await;
    let user = api.register("you@mail.example").await.json()["user"].clone();
    let answer = api.login("you@mail.example", "cli").await.expect(200);
    let token = answer.token();
    let expected = json!({
        "user": { "id": user["id"], "email": "you@mail.example", "name": "Jane Doe" }, "token": token,
    });
    assert_eq!(answer.json(), expected);
    api.me(&token).await.expect(200);
}

#[tokio::test]
async fn a_login_ends_the_session_of_the_same_type_every_time_and_no_other() {
    let api = api().await;
    let web = api.account("you@mail.example").await;
    let strangers = api.account("eve@mail.example").await;
    let mobile = api.login("you@mail.example", "mobile").await.token();
    let mut previous = api.login("you@mail.example", "cli").await.token();
    for _ in 0..3 {
        let next = api
            .login("you@mail.example", "cli")
            .await
            .expect(200)
            .token();
        assert!(id_of(&next) > id_of(&previous));
        api.me(&previous).await.expect(401);
        api.me(&next).await.expect(200);
        previous = next;
    }
    let web_again = api.login("you@mail.example", "web").await.token();
    api.me(&web).await.expect(401);
    for alive in [&mobile, &web_again, &previous, &strangers] {
        api.me(alive).await.expect(200);
    }
}

#[tokio::test]
async fn an_unknown_or_missing_client_type_is_mobile() {
    let api = api().await;
    api.account("you@mail.example").await;
    let mut previous = api.login("you@mail.example", "mobile").await.token();
    for said in ["tv", "CLI", "", "cli, web", "ünknown"] {
        let next = api
            .login("you@mail.example", said)
            .await
            .expect(200)
            .token();
        api.me(&previous).await.expect(401);
        assert_eq!(api.names(&next).await, ["mobile", "web"], "{said}");
        previous = next;
    }
    let body = json!({ "email": "you@mail.example", "password": PASSWORD });
    let silent = api.post("/api/auth/login", &body).await.expect(200).token();
    assert_eq!(api.names(&silent).await, ["mobile", "web"]);
}

#[tokio::test]
async fn wrong_credentials_are_refused_alike_and_end_nothing() {
    let api = api().await;
    let token = api.account("you@mail.example").await;
    let mut answers = Vec::new();
    for (mail, password) in [
        ("you@mail.example", "wrong horse"),
        ("you@mail.example", "Correct horse"),
        ("you@mail.example", "correct horse "),
        ("nobody@mail.example", PASSWORD),
        ("not an address", PASSWORD),
    ] {
        let body = json!({ "email": mail, "password": password });
        answers.push(
            api.post_as("web", "/api/auth/login", &body)
                .await
                .expect(401)
                .text,
        );
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    api.me(&token).await.expect(200);
}

#[tokio::test]
async fn missing_members_and_other_kinds_than_text_are_invalid() {
    let api = api().await;
    api.account("you@mail.example").await;
    for (field, value) in [
        ("email", Value::Null),
        ("email", json!(["you@mail.example"])),
        ("email", json!({ "like": "you%" })),
        ("email", json!("")),
        ("password", Value::Null),
        ("password", json!([PASSWORD])),
        ("password", json!({})),
        ("password", json!(true)),
    ] {
        let mut body = json!({ "email": "you@mail.example", "password": PASSWORD });
        body[field] = value.clone();
        let answer = api.post("/api/auth/login", &body).await.expect(422).json();
        assert!(
            answer["errors"][field][0].is_string(),
            "{field} {value}: {answer}"
        );
        assert_eq!(answer["errors"].as_object().unwrap().len(), 1);
    }
    let answer = api
        .post("/api/auth/login", &json!({}))
        .await
        .expect(422)
        .json();
    assert_eq!(answer["errors"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn a_login_does_not_move_the_end_of_the_trial() {
    let api = api().await;
    api.account("you@mail.example").await;
    api.wait(3 * 86_400);
    let token = api.login("you@mail.example", "web").await.token();
    let me = api.me(&token).await.json();
    assert_eq!(me["subscription"]["trial_ends_at"], "2026-06-04T12:00:00Z");
}

/// The cost of a hash is made large against that of a request, and the fastest of several requests is
/// compared, so that a busy machine changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_costs_a_hash_too() {
    let api = api_with(|settings| settings.hashing = Hashing::Standard).await;
    api.account("you@mail.example").await;
    let fastest = async |email: &str| {
        let body = json!({ "email": email, "password": "wrong horse" });
        let mut fastest = Duration::MAX;
        for _ in 0..5 {
            let begun = Instant::now();
            api.post("/api/auth/login", &body).await.expect(401);
            fastest = fastest.min(begun.elapsed());
        }
        fastest
    };
    let (known, unknown) = (
        fastest("you@mail.example").await,
        fastest("nobody@mail.example").await,
    );
    assert!(unknown * 3 > known, "{unknown:?} against {known:?}");
}
