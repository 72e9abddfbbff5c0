//! What is commonly behind a failure is told, and nothing is made up.

use crate::run::support::{Scripted, Server, failure, json, page, with};

async fn hint(call: &str, expectation: &str, answer: Scripted) -> Option<String> {
    let server = Server::start(move |_, _| answer.clone()).await;
    failure(call, expectation, &server).await.hint
}

#[tokio::test]
async fn what_is_commonly_behind_a_failure_is_told() {
    const SUCCESS: &str = "status: 2xx";
    let login_page = with(302, "location", "/login", "");
    for (call, expectation, answer, words) in [
        (
            "call: me",
            SUCCESS,
            login_page,
            "the server redirects to its login page, /login,",
        ),
        (
            "call: me",
            SUCCESS,
            with(302, "x", "", ""),
            "the server redirects to nowhere,",
        ),
        (
            "call: me",
            SUCCESS,
            with(302, "location", "/me/?page=1", ""),
            "the same path with a slash at its end",
        ),
        (
            "call: me",
            SUCCESS,
            json(419, "{}"),
            "SANCTUM_STATEFUL_DOMAINS",
        ),
        (
            "call: login",
            "status: 401",
            json(422, "{}"),
            "ValidationException",
        ),
        ("call: register", SUCCESS, json(422, "{}"), "--email-domain"),
        (
            "call: me",
            SUCCESS,
            json(500, "{}"),
            "the server failed by itself",
        ),
        (
            "call: me",
            SUCCESS,
            json(599, "{}"),
            "the server failed by itself",
        ),
        ("call: me", SUCCESS, page(403), "a page for people"),
        (
            "call: me",
            "status: 2xx, schema: session",
            page(200),
            "a page for people",
        ),
        (
            r#"call: item, path: { id: "7" }"#,
            "status: 401",
            json(404, "{}"),
            "--operation 'item=METHOD /path'",
        ),
    ] {
        let hint = hint(call, expectation, answer.clone()).await;
        let told = hint.as_deref().is_some_and(|hint| hint.contains(words));
        assert!(told, "{answer:?}: {hint:?}");
    }
}

#[tokio::test]
async fn nothing_is_made_up_about_a_failure_that_may_have_any_cause() {
    for (call, expectation, answer) in [
        ("call: me", "status: 2xx", json(403, "{}")),
        ("call: me", "status: 2xx", json(422, "{}")),
        ("call: me", "status: 2xx", json(404, "{}")),
        ("call: login", "status: 403", json(422, "{}")),
        ("call: register", "status: 409", json(422, "{}")),
        ("call: me", "status: 2xx, schema: session", json(200, "{}")),
        (
            "call: me",
            "status: 2xx, schema: session",
            with(200, "content-type", "text/html", ""),
        ),
    ] {
        let hint = hint(call, expectation, answer.clone()).await;
        assert_eq!(hint, None, "{answer:?}");
    }
}

#[tokio::test]
async fn a_base_url_that_doubles_the_path_is_told() {
    let mut server = Server::start(|_, _| json(404, "{}")).await;
    server.base_url.push_str("/me");
    let hint = failure("call: me", "status: 2xx", &server).await.hint;
    assert!(hint.unwrap().contains("leave it out of the base URL"));
}
