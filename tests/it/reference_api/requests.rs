use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use conform::reference::{Cause, Clock, SystemClock, start_with};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::reference_api::support::{
    Api, PASSWORD, address, api, api_with, client, send, settings,
};

#[tokio::test]
async fn what_is_no_json_object_counts_as_empty() {
    let api = api().await;
    let json = "application/json";
    let valid = format!(r#"{{"email":"a@mail.example","password":"{PASSWORD}","name":"x"}}"#);
    let deep = "[".repeat(20_000);
    for (content_type, body) in [
        (Some(json), ""),
        (Some(json), "{"),
        (Some(json), "nonsense"),
        (Some(json), "[1]"),
        (Some(json), "\"text\""),
        (Some(json), "null"),
        (Some(json), deep.as_str()),
        (Some(json), r#"{"email":"\ud800"}"#),
        (None, valid.as_str()),
        (Some("text/plain"), valid.as_str()),
        (
            Some("application/x-www-form-urlencoded"),
            "email=a@mail.example&password=x&name=x",
        ),
    ] {
        for path in [
            "/api/auth/register",
            "/api/auth/login",
            "/api/auth/login/totp",
        ] {
            let mut request = api.request(Method::POST, path).body(body.to_owned());
            if let Some(content_type) = content_type {
                request = request.header("content-type", content_type);
            }
            let answer = send(request).await.expect(422);
            assert!(answer.json()["errors"].is_object(), "{path} {body}");
        }
    }
    let bytes = api
        .request(Method::POST, "/api/auth/login")
        .header("content-type", json)
        .body(vec![0xff, 0xfe]);
    send(bytes).await.expect(422);
    let request = api
        .request(Method::POST, "/api/auth/register")
        .header("content-type", "Application/Vnd.x+JSON");
    send(request.body(valid)).await.expect(201);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_its_sender_reads_the_answer() {
    let api = api().await;
    for size in [128 * 1024 + 1, 1024 * 1024, 8 * 1024 * 1024] {
        let body = json!({ "email": "a@mail.example", "password": "x".repeat(size), "name": "x" });
        let answer = api.post("/api/auth/register", &body).await.expect(413);
        assert!(answer.json()["message"].is_string());
    }
    api.register("a@mail.example").await.expect(201);
}

#[tokio::test]
async fn a_body_as_large_as_is_allowed_is_read() {
    let api = api().await;
    let body = |filler: usize| {
        let filler = "x".repeat(filler);
        format!(
            r#"{{"email":"a@mail.example","password":"correct horse","name":"A","x":"{filler}"}}"#
        )
    };
    let most = 128 * 1024 - body(0).len();
    for (filler, status) in [(most + 1, 413), (most, 201)] {
        let request = api.request(Method::POST, "/api/auth/register");
        let request = request.header("content-type", "application/json");
        send(request.body(body(filler))).await.expect(status);
    }
}

/// By hand, since a client that reads while it writes may get to the answer before the connection breaks.
#[tokio::test]
async fn a_sender_may_finish_a_body_that_is_too_large() {
    let api = api().await;
    let mut stream = TcpStream::connect(address(&api.server)).await.unwrap();
    let body = vec![b'x'; 8 * 1024 * 1024];
    let head = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_body_that_breaks_off_changes_nothing() {
    let api = api().await;
    let mut stream = TcpStream::connect(address(&api.server)).await.unwrap();
    let head = "POST /api/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\nnonsense\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    api.account("you@mail.example").await;
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_in_json() {
    let api = api().await;
    for path in [
        "/",
        "/api",
        "/api/auth",
        "/api/auth/nothing",
        "/api/auth/tokens/1/2",
        "/api/auth/me/",
    ] {
        assert!(
            send(api.request(Method::GET, path))
                .await
                .expect(404)
                .json()["message"]
                .is_string()
        );
    }
    for (method, path, allowed) in [
        (Method::GET, "/api/auth/login", "POST"),
        (Method::PUT, "/api/auth/register", "POST"),
        (Method::DELETE, "/api/auth/login/totp", "POST"),
        (Method::GET, "/api/auth/logout", "POST"),
        (Method::POST, "/api/auth/me", "GET,HEAD"),
        (Method::PATCH, "/api/auth/tokens", "GET,HEAD,DELETE"),
        (Method::GET, "/api/auth/tokens/1", "DELETE"),
        (Method::OPTIONS, "/api/auth/login", "POST"),
    ] {
        let answer = send(api.request(method.clone(), path)).await.expect(405);
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        assert!(answer.json()["message"].is_string());
    }
}

#[tokio::test]
async fn every_answer_is_json_or_empty_and_must_not_be_cached() {
    let api = api().await;
    let token = api.account("a@mail.example").await;
    for answer in [
        api.register("b@mail.example").await,
        api.register("a@mail.example").await,
        api.login("a@mail.example", "cli").await,
        api.login("c@mail.example", "cli").await,
        api.me(&token).await,
        api.me("1|x").await,
        send(api.request(Method::GET, "/nothing")).await,
        send(api.request(Method::PUT, "/api/auth/me")).await,
    ] {
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{answer:?}"
        );
        assert_eq!(
            answer.header("cache-control"),
            Some("no-store"),
            "{answer:?}"
        );
        assert_eq!(answer.header("date"), Some("Tue, 05 May 2026 12:00:00 GMT"));
        assert_eq!(
            answer.header("www-authenticate").is_some(),
            answer.status == 401
        );
    }
}

/// Panics while it is told to.
#[derive(Debug, Default)]
struct Broken(AtomicBool);

impl Clock for Broken {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(Ordering::SeqCst), "the clock is broken");
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_panic_is_answered_without_details_and_the_server_goes_on() {
    let clock = Arc::new(Broken::default());
    let api = api_with(|settings| settings.clock = clock.clone()).await;
    let token = api.account("you@mail.example").await;
    clock.0.store(true, Ordering::SeqCst);
    for answer in [api.me(&token).await, api.register("b@mail.example").await] {
        let answer = answer.expect(500);
        assert!(
            answer.json()["message"].is_string() && !answer.text.contains("clock"),
            "{}",
            answer.text
        );
    }
    clock.0.store(false, Ordering::SeqCst);
    api.me(&token).await.expect(200);
    // What the panic interrupted has not happened.
    api.register("b@mail.example").await.expect(201);
}

#[tokio::test]
async fn a_failing_database_is_answered_without_details_but_told_to_the_wrapper() {
    let directory = crate::reference_api::database::directory();
    let path = directory.path.join("broken.db");
    let (mut settings, clock) = settings();
    settings.database = conform::reference::Database::File(path.clone());
    let tell = |router: axum::Router| {
        router.layer(from_fn(async |request: Request, next: Next| {
            let mut response = next.run(request).await;
            if let Some(Cause(text)) = response.extensions().get::<Cause>().cloned() {
                response
                    .headers_mut()
                    .insert("x-cause", text.parse().unwrap());
            }
            response
        }))
    };
    let server = start_with(([127, 0, 0, 1], 0).into(), settings, tell)
        .await
        .unwrap();
    let api = Api {
        server,
        clock,
        client: client(),
    };
    let token = api.account("you@mail.example").await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("ALTER TABLE tokens RENAME TO gone")
        .unwrap();
    let answer = api.me(&token).await.expect(500);
    assert!(
        !answer.text.contains("tokens") && answer.json()["message"].is_string(),
        "{}",
        answer.text
    );
    assert!(
        answer
            .header("x-cause")
            .is_some_and(|cause| cause.contains("no such table: tokens"))
    );
    other
        .execute_batch("ALTER TABLE gone RENAME TO tokens")
        .unwrap();
    api.me(&token).await.expect(200);
}
