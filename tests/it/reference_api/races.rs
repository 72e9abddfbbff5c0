use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use reqwest::Method;
use tokio::task::JoinSet;

use crate::reference_api::support::{Answer, Api, api, id_of};

/// How often each status was answered by so many calls at once.
async fn at_once<F>(calls: usize, call: impl Fn(usize) -> F) -> (BTreeMap<u16, usize>, Vec<Answer>)
where
    F: Future<Output = Answer> + Send + 'static,
{
    let mut set = JoinSet::new();
    for n in 0..calls {
        set.spawn(call(n));
    }
    let answers = set.join_all().await;
    let mut statuses = BTreeMap::new();
    for answer in &answers {
        *statuses.entry(answer.status).or_default() += 1;
    }
    (statuses, answers)
}

async fn shared() -> Arc<Api> {
    Arc::new(api().await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn logins_of_one_type_at_once_leave_one_session_of_it() {
    let api = shared().await;
    let web = api.account("you@mail.example").await;
    let (statuses, answers) = at_once(20, |_| {
        let api = Arc::clone(&api);
        async move { api.login("you@mail.example", "cli").await }
    })
    .await;
    assert_eq!(statuses, BTreeMap::from([(200, 20)]));
    assert_eq!(api.names(&web).await, ["cli", "web"]);
    let mut alive = Vec::new();
    for answer in &answers {
        if api.me(&answer.token()).await.status == 200 {
            alive.push(id_of(&answer.token()));
        }
    }
    let latest = answers
        .iter()
        .map(|answer| id_of(&answer.token()))
        .max()
        .unwrap();
    assert_eq!(alive, [latest]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn registrations_of_one_address_at_once_make_one_account() {
    let api = shared().await;
    for round in 0..5 {
        let (statuses, _) = at_once(8, |_| {
            let api = Arc::clone(&api);
            async move { api.register(&format!("you{round}@mail.example")).await }
        })
        .await;
        assert_eq!(statuses, BTreeMap::from([(201, 1), (422, 7)]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_proof_used_at_once_under_several_challenges_works_once() {
    let api = shared().await;
    for field in ["code", "recovery_code"] {
        for _ in 0..5 {
            let account = api.with_2fa().await;
            let mut challenges = Vec::new();
            for _ in 0..6 {
                challenges.push(api.challenge(&account).await);
            }
            let check = if field == "code" {
                api.code(&account, 0)
            } else {
                account.recovery_codes[0].clone()
            };
            let (statuses, _) = at_once(challenges.len(), |n| {
                let (api, challenge, check) =
                    (Arc::clone(&api), challenges[n].clone(), check.clone());
                async move { api.answer(&challenge, field, &check).await }
            })
            .await;
            assert_eq!(statuses, BTreeMap::from([(200, 1), (401, 5)]), "{field}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_challenge_answered_at_once_with_several_proofs_opens_one_session() {
    let api = shared().await;
    let account = api.with_2fa().await;
    let challenge = api.challenge(&account).await;
    let (statuses, _) = at_once(8, |n| {
        let (api, challenge, code) = (
            Arc::clone(&api),
            challenge.clone(),
            account.recovery_codes[n].clone(),
        );
        async move { api.answer(&challenge, "recovery_code", &code).await }
    })
    .await;
    assert_eq!(statuses, BTreeMap::from([(200, 1), (401, 7)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_that_revoke_all_others_at_once_leave_one() {
    let api = shared().await;
    for _ in 0..10 {
        let mail = format!("a{}@mail.example", rand::random::<u64>());
        let mut tokens = vec![api.account(&mail).await];
        for kind in ["cli", "mobile"] {
            tokens.push(api.login(&mail, kind).await.token());
        }
        let (statuses, _) = at_once(3, |n| {
            let (api, token) = (Arc::clone(&api), tokens[n].clone());
            async move { api.call(Method::DELETE, "/api/auth/tokens", &token).await }
        })
        .await;
        assert_eq!(
            statuses,
            BTreeMap::from([(200, 1), (401, 2)]),
            "recognising and revoking are one act"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wrong_answers_at_once_are_all_counted() {
    let api = shared().await;
    let account = api.with_2fa().await;
    let challenge = api.challenge(&account).await;
    let wrong = api.wrong_code(&account);
    at_once(5, |_| {
        let (api, challenge, wrong) = (Arc::clone(&api), challenge.clone(), wrong.clone());
        async move { api.answer(&challenge, "code", &wrong).await }
    })
    .await;
    api.answer(&challenge, "code", &api.code(&account, 0))
        .await
        .expect(401);
}
