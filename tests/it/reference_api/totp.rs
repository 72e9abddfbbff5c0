use reqwest::Method;
use serde_json::{Value, json};

use crate::reference_api::support::{api, api_with};

#[tokio::test]
async fn a_2fa_account_is_challenged_and_gets_its_token_for_a_code() {
    let api = api().await;
    let account = api.with_2fa().await;
    let body = json!({ "email": account.email, "password": account.password });
    let challenged = api.post("/api/auth/login", &body).await.expect(200).json();
    let challenge = challenged["totp_token"].as_str().unwrap().to_owned();
    assert_eq!(
        challenged,
        json!({ "requires_totp": true, "totp_token": challenge })
    );
    assert!(challenge.starts_with("pionne_totp_") && challenge.len() == 52);

    let answer = api
        .answer(&challenge, "code", &api.code(&account, 0))
        .await
        .expect(200);
    let me = api.me(&answer.token()).await.expect(200).json();
    let user = json!({ "id": me["id"], "email": account.email, "name": me["name"] });
    assert_eq!(
        answer.json(),
        json!({ "user": user, "token": answer.token() })
    );
}

#[tokio::test]
async fn other_accounts_and_wrong_passwords_are_not_challenged() {
    let api = api().await;
    let account = api.with_2fa().await;
    api.account("you@mail.example").await;
    assert!(
        api.login("you@mail.example", "cli")
            .await
            .expect(200)
            .json()
            .get("requires_totp")
            .is_none()
    );
    let answer = api.login(&account.email, "cli").await.expect(401);
    assert!(!answer.text.contains("totp"), "{}", answer.text);
}

#[tokio::test]
async fn the_token_is_named_and_replaces_its_like_only_when_the_login_is_complete() {
    let api = api().await;
    let account = api.with_2fa().await;
    let first = api
        .answer(
            &api.challenge(&account).await,
            "code",
            &api.code(&account, 0),
        )
        .await
        .token();
    let body =
        json!({ "totp_token": api.challenge(&account).await, "code": api.code(&account, 1) });
    let web = api
        .post_as("web", "/api/auth/login/totp", &body)
        .await
        .expect(200)
        .token();
    assert_eq!(api.names(&web).await, ["web", "cli"]);

    api.wait(60);
    let challenge = api.challenge(&account).await;
    api.answer(&challenge, "code", &api.wrong_code(&account))
        .await
        .expect(401);
    api.me(&first).await.expect(200);
    let second = api
        .answer(&challenge, "code", &api.code(&account, 0))
        .await
        .expect(200)
        .token();
    api.me(&first).await.expect(401);
    for alive in [&web, &second] {
        api.me(alive).await.expect(200);
    }
    let body =
        json!({ "totp_token": api.challenge(&account).await, "code": api.code(&account, 1) });
    let unnamed = api
        .post("/api/auth/login/totp", &body)
        .await
        .expect(200)
        .token();
    assert_eq!(api.names(&unnamed).await, ["mobile", "cli", "web"]);
}

#[tokio::test]
async fn codes_of_one_step_before_and_after_are_accepted_and_no_further() {
    let api = api().await;
    for (offset, status) in [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)] {
        let account = api.with_2fa().await;
        let answer = api
            .answer(
                &api.challenge(&account).await,
                "code",
                &api.code(&account, offset),
            )
            .await;
        assert_eq!(answer.status, status, "offset {offset}");
    }
}

#[tokio::test]
async fn a_code_is_accepted_once_and_older_ones_no_more() {
    let api = api().await;
    let account = api.with_2fa().await;
    let code = api.code(&account, 0);
    api.answer(&api.challenge(&account).await, "code", &code)
        .await
        .expect(200);
    let challenge = api.challenge(&account).await;
    api.answer(&challenge, "code", &code).await.expect(401);
    api.answer(&challenge, "code", &api.code(&account, -1))
        .await
        .expect(401);
    api.answer(&challenge, "code", &api.code(&account, 1))
        .await
        .expect(200);
    api.wait(30);
    let challenge = api.challenge(&account).await;
    api.answer(&challenge, "code", &api.code(&account, 0))
        .await
        .expect(401);
    api.answer(&challenge, "code", &api.code(&account, 1))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_code_spent_by_one_account_is_not_spent_for_another() {
    let api = api().await;
    let (one, other) = (api.with_2fa().await, api.with_2fa().await);
    api.answer(&api.challenge(&one).await, "code", &api.code(&one, 0))
        .await
        .expect(200);
    api.answer(&api.challenge(&other).await, "code", &api.code(&other, 0))
        .await
        .expect(200);
}

#[tokio::test]
async fn each_recovery_code_works_once() {
    let api = api().await;
    let account = api.with_2fa().await;
    assert_eq!(account.recovery_codes.len(), 8);
    for code in &account.recovery_codes {
        assert_eq!((code.len(), code.find('-')), (11, Some(5)), "{code}");
        api.answer(&api.challenge(&account).await, "recovery_code", code)
            .await
            .expect(200);
        api.answer(&api.challenge(&account).await, "recovery_code", code)
            .await
            .expect(401);
    }
}

#[tokio::test]
async fn a_recovery_code_may_be_typed_as_people_copy_it() {
    let api = api().await;
    let account = api.with_2fa().await;
    let typed: [fn(&str) -> String; 4] = [
        |code| code.replace('-', ""),
        |code| code.replace('-', " "),
        str::to_uppercase,
        |code| format!(" {code} "),
    ];
    for (code, typed) in account.recovery_codes.iter().zip(typed) {
        api.answer(
            &api.challenge(&account).await,
            "recovery_code",
            &typed(code),
        )
        .await
        .expect(200);
        api.answer(&api.challenge(&account).await, "recovery_code", code)
            .await
            .expect(401);
    }
}

#[tokio::test]
async fn proofs_of_another_account_or_kind_are_refused() {
    let api = api().await;
    let (account, other) = (api.with_2fa().await, api.with_2fa().await);
    let challenge = api.challenge(&account).await;
    api.answer(&challenge, "recovery_code", &other.recovery_codes[0])
        .await
        .expect(401);
    api.answer(&challenge, "recovery_code", &api.code(&account, 0))
        .await
        .expect(401);
    api.answer(&challenge, "code", &account.recovery_codes[0])
        .await
        .expect(401);
    if api.code(&other, 0) != api.code(&account, 0) {
        api.answer(&challenge, "code", &api.code(&other, 0))
            .await
            .expect(401);
    }
    api.answer(&challenge, "recovery_code", &account.recovery_codes[0])
        .await
        .expect(200);
    api.answer(
        &api.challenge(&other).await,
        "recovery_code",
        &other.recovery_codes[0],
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn a_challenge_is_spent_by_succeeding() {
    let api = api().await;
    let account = api.with_2fa().await;
    let challenge = api.challenge(&account).await;
    api.answer(&challenge, "code", &api.code(&account, 0))
        .await
        .expect(200);
    api.answer(&challenge, "code", &api.code(&account, 1))
        .await
        .expect(401);
    api.answer(&challenge, "recovery_code", &account.recovery_codes[0])
        .await
        .expect(401);
    // Neither check was spent by the refusal.
    api.answer(
        &api.challenge(&account).await,
        "recovery_code",
        &account.recovery_codes[0],
    )
    .await
    .expect(200);
    api.answer(
        &api.challenge(&account).await,
        "code",
        &api.code(&account, 1),
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn a_challenge_lasts_ten_minutes() {
    let api = api().await;
    for (seconds, status) in [(599, 200), (600, 401)] {
        let account = api.with_2fa().await;
        let challenge = api.challenge(&account).await;
        api.wait(seconds);
        assert_eq!(
            api.answer(&challenge, "code", &api.code(&account, 0))
                .await
                .status,
            status,
            "{seconds}"
        );
    }
}

#[tokio::test]
async fn a_challenge_is_dead_after_five_wrong_answers() {
    let api = api().await;
    for (wrong_answers, status) in [(4, 200), (5, 401)] {
        let account = api.with_2fa().await;
        let challenge = api.challenge(&account).await;
        for n in 0..wrong_answers {
            let (field, check) = if n % 2 == 0 {
                ("code", api.wrong_code(&account))
            } else {
                ("recovery_code", "wrong-wrong".to_owned())
            };
            api.answer(&challenge, field, &check).await.expect(401);
        }
        assert_eq!(
            api.answer(&challenge, "code", &api.code(&account, 0))
                .await
                .status,
            status
        );
        api.answer(
            &api.challenge(&account).await,
            "code",
            &api.code(&account, 1),
        )
        .await
        .expect(200);
    }
}

#[tokio::test]
async fn a_challenge_is_no_bearer_token_and_unknown_ones_are_refused() {
    let api = api().await;
    let account = api.with_2fa().await;
    let challenge = api.challenge(&account).await;
    api.call(Method::GET, "/api/auth/me", &challenge)
        .await
        .expect(401);
    api.call(Method::GET, "/api/auth/me", &format!("1|{challenge}"))
        .await
        .expect(401);
    let code = api.code(&account, 0);
    for unknown in ["pionne_totp_xxxxxx", "x", "1|x"] {
        api.answer(unknown, "code", &code).await.expect(401);
        api.answer(unknown, "recovery_code", &account.recovery_codes[0])
            .await
            .expect(401);
    }
}

#[tokio::test]
async fn exactly_one_proof_has_to_be_given_as_text() {
    let api = api().await;
    let account = api.with_2fa().await;
    let challenge = api.challenge(&account).await;
    let code = api.code(&account, 0);
    let recovery = &account.recovery_codes[0];
    for body in [
        json!({}),
        json!({ "totp_token": challenge }),
        json!({ "totp_token": challenge, "code": "" }),
        json!({ "totp_token": challenge, "code": code, "recovery_code": recovery }),
        json!({ "totp_token": challenge, "code": 123_456 }),
        json!({ "totp_token": challenge, "code": [code] }),
        json!({ "totp_token": challenge, "recovery_code": { "a": recovery } }),
        json!({ "totp_token": [challenge], "code": code }),
        json!({ "code": code }),
    ] {
        let answer = api
            .post("/api/auth/login/totp", &body)
            .await
            .expect(422)
            .json();
        assert!(
            answer["errors"]
                .as_object()
                .is_some_and(|errors| !errors.is_empty()),
            "{body}: {answer}"
        );
    }
    let body = json!({ "totp_token": challenge, "code": code, "recovery_code": Value::Null });
    api.post("/api/auth/login/totp", &body).await.expect(200);
}

#[tokio::test]
async fn the_lifetime_and_the_window_follow_the_behaviour() {
    let api = api_with(|settings| {
        settings.behaviour.second_factor.challenge_seconds = 5;
        settings.behaviour.second_factor.window_steps = 3;
    })
    .await;
    let account = api.with_2fa().await;
    let challenge = api.challenge(&account).await;
    api.wait(4);
    api.answer(&challenge, "code", &api.code(&account, -3))
        .await
        .expect(200);
    let challenge = api.challenge(&account).await;
    api.wait(5);
    api.answer(&challenge, "code", &api.code(&account, 0))
        .await
        .expect(401);
}
