//! The production service is not tested by mistake, however its address is written.

use crate::support::{RawServer, conform, http_answer};

const SPELLINGS: [&str; 9] = [
    "https://api.pionne.app",
    "http://api.pionne.app",
    "HTTPS://API.PIONNE.APP",
    "https://api.pionne.app.",
    "https://Api.Pionne.App./",
    "https://api.pionne.app/v1/prefix",
    "https://api.pionne.app:8443",
    "https://api%2Epionne.app",
    " https://api.pionne.app ",
];

/// What goes out goes to this proxy: no test ever reaches the real service.
fn proxy() -> RawServer {
    RawServer::answering(http_answer("404 Not Found", "text/plain", "no way"))
}

#[test]
fn production_is_refused_before_any_connection() {
    let proxy = proxy();
    for spelling in SPELLINGS {
        let finished = conform(["--base-url", spelling, "--proxy", &proxy.base_url()]).run();
        let finished = finished.expect_refusal();
        finished
            .says("is the production service")
            .says("--allow-production");
    }
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn production_is_refused_in_the_environment_too() {
    let proxy = proxy();
    let finished = conform(["--proxy", &proxy.base_url()])
        .env("CONFORM_BASE_URL", "https://api.pionne.app")
        .run();
    finished.expect_refusal().says("is the production service");
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn production_is_tested_where_that_is_asked_for() {
    let proxy = proxy();
    let proxy_url = proxy.base_url();
    let arguments = [
        "--base-url",
        "http://api.pionne.app",
        "--proxy",
        &proxy_url,
        "--allow-production",
    ];
    let finished = conform(arguments).run().expect(3);
    finished.never_says("is the production service");
    assert!(proxy.connections() > 0);
}

#[test]
fn a_host_that_only_looks_like_production_is_not_refused() {
    let proxy = proxy();
    for base_url in [
        "http://api.pionne.app.example",
        "http://staging.api.pionne.app",
        "http://pionne.app",
    ] {
        let before = proxy.connections();
        let finished = conform(["--base-url", base_url, "--proxy", &proxy.base_url()]).run();
        finished.expect(3).never_says("is the production service");
        assert!(proxy.connections() > before, "{base_url}");
    }
}
