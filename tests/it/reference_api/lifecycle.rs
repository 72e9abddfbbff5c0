use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use conform::reference::behaviour::{Status, TrialPeriod};
use conform::reference::{Behaviour, ReferenceError, Running, Settings, start, start_with};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::reference_api::support::{address, client, settings};

async fn plain() -> Running {
    start(([127, 0, 0, 1], 0).into(), settings().0)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_server_knows_where_it_listens() {
    let server = plain().await;
    assert_ne!(address(&server).port(), 0);
    TcpStream::connect(address(&server)).await.unwrap();
}

#[tokio::test]
async fn an_address_in_use_is_an_error_that_says_so() {
    let server = plain().await;
    let taken = address(&server);
    let error = start(taken, settings().0).await.unwrap_err();
    assert!(
        matches!(error, ReferenceError::Listen { address, .. } if address == taken),
        "{error}"
    );
    assert!(error.to_string().contains("port 0"), "{error}");
}

#[tokio::test]
async fn a_stopped_server_answers_no_more_and_frees_its_address() {
    let server = plain().await;
    let (address, url) = (
        address(&server),
        format!("{}/api/auth/me", server.base_url()),
    );
    let client = client();
    client.get(&url).send().await.unwrap();
    // A client that connected and never said anything must not hold the server up.
    let silent = TcpStream::connect(address).await.unwrap();
    let begun = Instant::now();
    server.stop().await;
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "the time that a hanging request gets"
    );
    assert!(client.get(&url).send().await.is_err());
    drop(silent);
    start(address, settings().0).await.unwrap();
}

#[tokio::test]
async fn stopping_answers_what_is_under_way() {
    let (entered, proceed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (at_gate, gate) = (entered.clone(), proceed.clone());
    let held = move |router: axum::Router| {
        router.layer(from_fn(move |request: Request, next: Next| {
            let (at_gate, gate) = (at_gate.clone(), gate.clone());
            async move {
                at_gate.notify_one();
                gate.notified().await;
                next.run(request).await
            }
        }))
    };
    let server = start_with(([127, 0, 0, 1], 0).into(), settings().0, held)
        .await
        .unwrap();
    let url = format!("{}/api/auth/me", server.base_url());
    let request = tokio::spawn(async move { client().get(&url).send().await });
    entered.notified().await;
    let stopping = tokio::spawn(server.stop());
    tokio::task::yield_now().await;
    proceed.notify_one();
    assert_eq!(request.await.unwrap().unwrap().status(), 401);
    stopping.await.unwrap();
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let entered = Arc::new(Notify::new());
    let at_gate = entered.clone();
    let hung = move |router: axum::Router| {
        router.layer(from_fn(move |_: Request, _: Next| {
            at_gate.notify_one();
            std::future::pending::<axum::response::Response>()
        }))
    };
    let server = start_with(([127, 0, 0, 1], 0).into(), settings().0, hung)
        .await
        .unwrap();
    let address = address(&server);
    let request = tokio::spawn(client().get(server.base_url()).send());
    entered.notified().await;
    tokio::time::timeout(Duration::from_secs(30), server.stop())
        .await
        .unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    request.abort();
}

#[tokio::test]
async fn a_server_with_one_value_changed_breaks_that_rule() {
    let mut behaviour = Behaviour::default();
    behaviour.registration.trial = TrialPeriod::Days(7);
    behaviour.statuses.registered = Status(axum::http::StatusCode::OK);
    let (settings, clock) = settings();
    let settings = Settings {
        behaviour,
        ..settings
    };
    let server = start(([127, 0, 0, 1], 0).into(), settings).await.unwrap();
    let api = crate::reference_api::support::Api {
        server,
        clock,
        client: client(),
    };
    let answer = api.register("you@mail.example").await.expect(200).json();
    assert_eq!(answer["user"]["trial_ends_at"], "2026-05-12T12:00:00Z");
}
