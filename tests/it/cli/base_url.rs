//! What is no base URL is refused before anything is tested.

use crate::cli::usage::refused;
use crate::support::{RawServer, conform};

#[test]
fn a_base_url_without_a_scheme_is_refused() {
    for base_url in [
        "localhost:8000",
        "127.0.0.1:8000",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "http:/x",
    ] {
        refused(&["--base-url", base_url], &[base_url, "http://"]);
    }
}

#[test]
fn a_base_url_that_cannot_be_read_is_refused() {
    for base_url in [
        "http://",
        "http://127.0.0.1:99999",
        "http://[::1",
        "http://a b",
    ] {
        refused(&["--base-url", base_url], &[base_url]);
    }
}

#[test]
fn a_base_url_with_a_query_is_refused() {
    refused(&["--base-url", "http://127.0.0.1:1/?debug=1"], &["query"]);
    refused(&["--base-url", "http://127.0.0.1:1?"], &["query"]);
}

#[test]
fn a_base_url_with_a_fragment_is_refused() {
    refused(&["--base-url", "http://127.0.0.1:1/#top"], &["fragment"]);
}

#[test]
fn a_base_url_with_credentials_is_refused_without_repeating_them() {
    for base_url in [
        "http://jane:hunter2@127.0.0.1:1",
        "http://hunter2@127.0.0.1:1",
        "http://:hunter2@127.0.0.1:1",
    ] {
        let finished = conform(["--base-url", base_url]).run().expect_refusal();
        finished.says("password").never_says("hunter2");
    }
}

#[test]
fn an_empty_base_url_is_refused() {
    for base_url in ["", "  "] {
        refused(&["--base-url", base_url], &["the base URL is empty"]);
    }
}

#[test]
fn an_empty_base_url_in_the_environment_is_refused() {
    let run = conform([""; 0]).env("CONFORM_BASE_URL", "").run();
    run.expect_refusal().says("the base URL is empty");
}

#[test]
fn the_base_url_of_the_flag_goes_before_that_of_the_environment() {
    let server = RawServer::answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    let run = conform(["--base-url", &server.base_url()])
        .env("CONFORM_BASE_URL", "")
        .run();
    run.expect(3).says(&server.base_url());
    let run = conform([""; 0])
        .env("CONFORM_BASE_URL", &server.base_url())
        .run();
    run.expect(3).says(&server.base_url());
}
