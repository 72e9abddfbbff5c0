use conform::reference::{Limits, Quota};
use serde_json::json;

use crate::reference_api::support::{Answer, Api, api, api_with};

async fn limited() -> Api {
    api_with(|settings| settings.limits = Limits::default()).await
}

async fn wrong_login(api: &Api, email: &str) -> Answer {
    api.post(
        "/api/auth/login",
        &json!({ "email": email, "password": "wrong horse" }),
    )
    .await
}

#[tokio::test]
async fn ten_attempts_a_minute_are_answered_and_the_eleventh_waits() {
    let api = limited().await;
    api.account("you@mail.example").await;
    for n in 0..10 {
        let answer = wrong_login(&api, "you@mail.example").await.expect(401);
        assert_eq!(answer.header("x-ratelimit-limit"), Some("10"));
        assert_eq!(
            answer.header("x-ratelimit-remaining"),
            Some((9 - n).to_string().as_str())
        );
        assert_eq!(answer.header("retry-after"), None);
        api.wait(1);
    }
    let throttled = wrong_login(&api, "you@mail.example").await.expect(429);
    assert_eq!(throttled.header("retry-after"), Some("50"));
    assert_eq!(throttled.header("x-ratelimit-limit"), Some("10"));
    assert_eq!(throttled.header("x-ratelimit-remaining"), Some("0"));
    let ends_at: i64 = "2026-05-05T12:01:00Z"
        .parse::<jiff::Timestamp>()
        .unwrap()
        .as_second();
    assert_eq!(
        throttled.header("x-ratelimit-reset"),
        Some(ends_at.to_string().as_str())
    );
    assert!(throttled.json()["message"].is_string());

    // The right password does not help, nor does another spelling or a header about the address.
    api.login("you@mail.example", "cli").await.expect(429);
    wrong_login(&api, " YOU@mail.example").await.expect(429);
    let body = json!({ "email": "you@mail.example", "password": "x" });
    let request = api
        .request(reqwest::Method::POST, "/api/auth/login")
        .header("x-forwarded-for", "10.1.2.3");
    crate::reference_api::support::send(request.json(&body))
        .await
        .expect(429);

    api.wait(49);
    wrong_login(&api, "you@mail.example").await.expect(429);
    api.wait(1);
    api.login("you@mail.example", "cli").await.expect(200);
}

#[tokio::test]
async fn a_throttled_login_ends_nothing() {
    let api = limited().await;
    let web = api.account("you@mail.example").await;
    for _ in 0..10 {
        wrong_login(&api, "you@mail.example").await.expect(401);
    }
    api.login("you@mail.example", "web").await.expect(429);
    api.me(&web).await.expect(200);
}

#[tokio::test]
async fn other_accounts_from_the_same_address_go_on() {
    let api = limited().await;
    for n in 0..15 {
        let mail = format!("a{n}@mail.example");
        api.account(&mail).await;
        api.login(&mail, "cli").await.expect(200);
    }
    for _ in 0..11 {
        wrong_login(&api, "a0@mail.example").await;
    }
    api.login("a0@mail.example", "cli").await.expect(429);
    api.login("a1@mail.example", "cli").await.expect(200);
}

#[tokio::test]
async fn unknown_addresses_are_limited_as_well() {
    let api = limited().await;
    for _ in 0..10 {
        wrong_login(&api, "nobody@mail.example").await.expect(401);
    }
    wrong_login(&api, "nobody@mail.example").await.expect(429);
}

#[tokio::test]
async fn codes_are_limited_for_the_account_over_all_its_challenges_and_apart_from_logins() {
    let api = limited().await;
    let account = api.with_2fa().await;
    let (one, two, three) = (
        api.challenge(&account).await,
        api.challenge(&account).await,
        api.challenge(&account).await,
    );
    let wrong = api.wrong_code(&account);
    for challenge in [&one, &two] {
        for _ in 0..5 {
            let answer = api.answer(challenge, "code", &wrong).await.expect(401);
            assert_eq!(answer.header("x-ratelimit-limit"), Some("10"));
        }
    }
    api.answer(&three, "code", &api.code(&account, 0))
        .await
        .expect(429);
    let other = api.with_2fa().await;
    api.answer(&api.challenge(&other).await, "code", &api.code(&other, 0))
        .await
        .expect(200);
    // Three logins were counted, and only as such.
    assert_eq!(
        api.post(
            "/api/auth/login",
            &json!({ "email": account.email, "password": "x" })
        )
        .await
        .header("x-ratelimit-remaining"),
        Some("6")
    );
    api.wait(60);
    api.answer(&three, "code", &api.code(&account, 0))
        .await
        .expect(200);
}

#[tokio::test]
async fn addresses_are_limited_when_asked_for() {
    let limits = Limits {
        per_account: None,
        per_address: Some(Quota::a_minute(3)),
    };
    let api = api_with(|settings| settings.limits = limits).await;
    for n in 0..3 {
        wrong_login(&api, &format!("a{n}@mail.example"))
            .await
            .expect(401);
    }
    wrong_login(&api, "a3@mail.example").await.expect(429);
    api.wait(60);
    wrong_login(&api, "a3@mail.example").await.expect(401);
}

#[tokio::test]
async fn without_limits_a_hundred_attempts_are_answered_and_bear_no_headers() {
    let api = api().await;
    for _ in 0..100 {
        let answer = wrong_login(&api, "nobody@mail.example").await.expect(401);
        assert_eq!(answer.header("x-ratelimit-limit"), None);
    }
}
