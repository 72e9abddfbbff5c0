use reqwest::Method;
use serde_json::{Value, json};

use crate::reference_api::support::{Api, PASSWORD, api, id_of, send};

const TOKENS: &str = "/api/auth/tokens";

/// Every protected operation, with a body of no consequence.
const PROTECTED: [(Method, &str); 5] = [
    (Method::POST, "/api/auth/logout"),
    (Method::GET, "/api/auth/me"),
    (Method::GET, TOKENS),
    (Method::DELETE, "/api/auth/tokens/1"),
    (Method::DELETE, TOKENS),
];

async fn revoke(
    api: &Api,
    token: &str,
    id: impl std::fmt::Display,
) -> crate::reference_api::support::Answer {
    api.call(Method::DELETE, &format!("{TOKENS}/{id}"), token)
        .await
}

#[tokio::test]
async fn every_protected_operation_requires_the_whole_token() {
    let api = api().await;
    let witness = api.account("you@mail.example").await;
    let token = api.login("you@mail.example", "cli").await.token();
    let other = api.account("eve@mail.example").await;
    let (id, secret) = token.split_once('|').unwrap();
    let swapped = format!("{}|{secret}", id_of(&other));
    for (method, path) in PROTECTED {
        let unauthenticated = send(api.request(method.clone(), path)).await.expect(401);
        assert_eq!(
            unauthenticated.json(),
            json!({ "message": "Unauthenticated." })
        );
        assert_eq!(unauthenticated.header("www-authenticate"), Some("Bearer"));
        for wrong in [
            format!("Bearer {secret}"),
            format!("Bearer {id}"),
            format!("Bearer {id}|"),
            format!("Bearer {id}|{}", &secret[1..]),
            format!("Bearer {id}|{}", secret.to_lowercase()),
            format!("Bearer {swapped}"),
            format!("Bearer 0{token}"),
            format!("Bearer 999|{secret}"),
            format!("Basic {token}"),
            format!("Bearer{token}"),
            token.clone(),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
        ] {
            let request = api
                .request(method.clone(), path)
                .header("authorization", &wrong);
            assert_eq!(
                send(request).await.status,
                401,
                "{method} {path} with {wrong}"
            );
        }
    }
    // None of the attempts acted, or counted as a use.
    let list = api.tokens(&witness).await;
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["name"], "cli");
    assert_eq!(list[0]["last_used_at"], Value::Null);
    api.me(&other).await.expect(200);
    api.me(&token).await.expect(200);
}

#[tokio::test]
async fn the_scheme_may_be_in_any_letter_case() {
    let api = api().await;
    let token = api.account("you@mail.example").await;
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let request = api
            .request(Method::GET, "/api/auth/me")
            .header("authorization", format!("{scheme} {token}"));
        send(request).await.expect(200);
    }
}

#[tokio::test]
async fn me_answers_as_documented_for_each_user() {
    let api = api().await;
    let user = api.register("you@mail.example").await;
    let other = api.account("eve@mail.example").await;
    let id = user.json()["user"]["id"].clone();
    let expected = json!({
        "id": id, "email": "you@mail.example", "name": "Jane Doe",
        "subscription": { "status": "trialing", "trial_ends_at": "2026-06-04T12:00:00Z", "plan": "monthly" },
    });
    assert_eq!(api.me(&user.token()).await.expect(200).json(), expected);
    let me = api.me(&other).await.expect(200).json();
    assert_eq!(me["email"], "eve@mail.example");
    assert_ne!(me["id"], id);
}

#[tokio::test]
async fn the_trial_ends_after_thirty_days() {
    let api = api().await;
    let token = api.account("you@mail.example").await;
    api.wait(30 * 86_400 - 1);
    assert_eq!(
        api.me(&token).await.json()["subscription"]["status"],
        "trialing"
    );
    api.wait(1);
    assert_eq!(
        api.me(&token).await.json()["subscription"]["status"],
        "expired"
    );
}

#[tokio::test]
async fn logging_out_ends_the_calling_session_alone() {
    let api = api().await;
    let web = api.account("you@mail.example").await;
    let cli = api.login("you@mail.example", "cli").await.token();
    let stranger = api.account("eve@mail.example").await;
    let answer = api
        .call(Method::POST, "/api/auth/logout", &web)
        .await
        .expect(204);
    assert_eq!(answer.text, "");
    api.me(&web).await.expect(401);
    api.call(Method::POST, "/api/auth/logout", &web)
        .await
        .expect(401);
    api.me(&cli).await.expect(200);
    api.me(&stranger).await.expect(200);
    assert_eq!(api.names(&cli).await, ["cli"]);
}

#[tokio::test]
async fn the_list_answers_as_documented_newest_first() {
    let api = api().await;
    let web = api.account("you@mail.example").await;
    api.account("eve@mail.example").await;
    api.wait(60);
    let cli = api.login("you@mail.example", "cli").await.token();
    api.wait(60);
    let mobile = api.login("you@mail.example", "mobile").await.token();
    api.wait(5);
    // Used last, but created first: the order is that of creation.
    api.me(&web).await.expect(200);
    api.wait(5);
    let entry = |token: &str, name: &str, created: &str, used: Value, current: bool| {
        json!({
            "id": id_of(token), "name": name, "created_at": created, "last_used_at": used, "is_current": current,
        })
    };
    let now = json!("2026-05-05T12:02:10Z");
    let answer = api.call(Method::GET, TOKENS, &cli).await.expect(200).json();
    let expected = json!({ "tokens": [
        entry(&mobile, "mobile", "2026-05-05T12:02:00Z", Value::Null, false),
        entry(&cli, "cli", "2026-05-05T12:01:00Z", now, true),
        entry(&web, "web", "2026-05-05T12:00:00Z", json!("2026-05-05T12:02:05Z"), false),
    ] });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn tokens_of_one_second_are_listed_by_id() {
    let api = api().await;
    let web = api.account("you@mail.example").await;
    let cli = api.login("you@mail.example", "cli").await.token();
    let mobile = api.login("you@mail.example", "mobile").await.token();
    let ids: Vec<i64> = api
        .tokens(&web)
        .await
        .iter()
        .map(|token| token["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [id_of(&mobile), id_of(&cli), id_of(&web)]);
}

#[tokio::test]
async fn each_use_is_recorded_even_when_the_action_is_refused() {
    let api = api().await;
    let web = api.account("you@mail.example").await;
    let cli = api.login("you@mail.example", "cli").await.token();
    let used = async |name: &str| {
        let list = api.tokens(&web).await;
        list.into_iter()
            .find(|token| token["name"] == name)
            .unwrap()["last_used_at"]
            .clone()
    };
    assert_eq!(used("cli").await, Value::Null);
    api.wait(1);
    api.me(&cli).await.expect(200);
    assert_eq!(used("cli").await, "2026-05-05T12:00:01Z");
    api.wait(1);
    revoke(&api, &cli, id_of(&cli)).await.expect(422);
    assert_eq!(used("cli").await, "2026-05-05T12:00:02Z");
    api.wait(1);
    revoke(&api, &cli, 999).await.expect(404);
    assert_eq!(used("cli").await, "2026-05-05T12:00:03Z");
    // The list shows the use that it is.
    assert_eq!(used("web").await, "2026-05-05T12:00:03Z");
}

#[tokio::test]
async fn revoking_one_ends_that_one() {
    let api = api().await;
    let web = api.account("you@mail.example").await;
    let cli = api.login("you@mail.example", "cli").await.token();
    let mobile = api.login("you@mail.example", "mobile").await.token();
    let answer = revoke(&api, &web, id_of(&cli)).await.expect(204);
    assert_eq!(answer.text, "");
    api.me(&cli).await.expect(401);
    api.me(&mobile).await.expect(200);
    assert_eq!(api.names(&web).await, ["mobile", "web"]);
    revoke(&api, &web, id_of(&cli)).await.expect(404);
}

#[tokio::test]
async fn the_current_session_cannot_be_revoked_but_can_be_logged_out() {
    let api = api().await;
    let token = api.account("you@mail.example").await;
    let answer = revoke(&api, &token, id_of(&token)).await.expect(422).json();
    assert_eq!(answer["error"], "cannot_revoke_current");
    api.me(&token).await.expect(200);
    api.call(Method::POST, "/api/auth/logout", &token)
        .await
        .expect(204);
    api.me(&token).await.expect(401);
}

#[tokio::test]
async fn foreign_unknown_and_malformed_ids_get_one_answer_and_end_nothing() {
    let api = api().await;
    let token = api.account("you@mail.example").await;
    let foreign = api.account("eve@mail.example").await;
    let id = id_of(&foreign);
    let mut answers = Vec::new();
    for id in [
        id.to_string(),
        "999999".to_owned(),
        "0".to_owned(),
        "-1".to_owned(),
        "abc".to_owned(),
        format!("{id}abc"),
        format!("0{id}"),
        format!("%2B{id}"),
        "1%20OR%201=1".to_owned(),
        "99999999999999999999999".to_owned(),
        "%FF".to_owned(),
        "%00".to_owned(),
    ] {
        answers.push(revoke(&api, &token, &id).await.expect(404).json());
        revoke(&api, "7|wrong", &id).await.expect(401);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    api.me(&foreign).await.expect(200);
}

#[tokio::test]
async fn an_id_never_comes_back() {
    let api = api().await;
    let web = api.account("you@mail.example").await;
    let cli = api.login("you@mail.example", "cli").await.token();
    revoke(&api, &web, id_of(&cli)).await.expect(204);
    let next = api.login("you@mail.example", "cli").await.token();
    assert!(id_of(&next) > id_of(&cli));
}

#[tokio::test]
async fn revoking_the_others_spares_the_caller_and_other_accounts() {
    let api = api().await;
    let web = api.account("you@mail.example").await;
    let cli = api.login("you@mail.example", "cli").await.token();
    let mobile = api.login("you@mail.example", "mobile").await.token();
    let stranger = api.account("eve@mail.example").await;
    let answer = api.call(Method::DELETE, TOKENS, &cli).await.expect(200);
    assert_eq!(answer.json(), json!({ "revoked_count": 2 }));
    for ended in [&web, &mobile] {
        api.me(ended).await.expect(401);
    }
    for alive in [&cli, &stranger] {
        api.me(alive).await.expect(200);
    }
    let again = api.call(Method::DELETE, TOKENS, &cli).await.expect(200);
    assert_eq!(again.json(), json!({ "revoked_count": 0 }));
}

#[tokio::test]
async fn no_answer_shows_a_password_or_a_digest() {
    let api = api().await;
    let token = api.account("you@mail.example").await;
    let secret = token.split_once('|').unwrap().1;
    for path in ["/api/auth/me", TOKENS] {
        let text = api.call(Method::GET, path, &token).await.expect(200).text;
        for hidden in [PASSWORD, secret, "argon2", "digest", "hash"] {
            assert!(!text.contains(hidden), "{path}: {text}");
        }
    }
}
