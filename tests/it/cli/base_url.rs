//! What is no base URL is refused before anything is tested.

use insta::assert_snapshot;

use crate::cli::usage::{each_refused, refused};
use crate::support::{RawServer, conform};

#[test]
fn a_base_url_without_a_scheme_is_refused() {
    let base_urls = [
        "localhost:8000",
        "127.0.0.1:8000",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "http:/x",
    ];
    assert_snapshot!(each_refused("--base-url", &base_urls), @"
    error: `localhost:8000` is no base URL: start it with http:// or https://

    error: `127.0.0.1:8000` is no base URL: start it with http:// or https://

    error: `ftp://127.0.0.1` is no base URL: start it with http:// or https://

    error: `file:///etc/passwd` is no base URL: start it with http:// or https://

    error: `http:/x` is no base URL: start it with http:// or https://
    ");
}

#[test]
fn a_base_url_that_cannot_be_read_is_refused() {
    let base_urls = [
        "http://",
        "http://127.0.0.1:99999",
        "http://[::1",
        "http://a b",
    ];
    assert_snapshot!(each_refused("--base-url", &base_urls), @"
    error: `http://` is no base URL: empty host

    error: `http://127.0.0.1:99999` is no base URL: invalid port number

    error: `http://[::1` is no base URL: invalid IPv6 address

    error: `http://a b` is no base URL: invalid international domain name
    ");
}

#[test]
fn a_base_url_with_a_query_is_refused() {
    let base_urls = ["http://127.0.0.1:1/?debug=1", "http://127.0.0.1:1?"];
    assert_snapshot!(each_refused("--base-url", &base_urls), @"
    error: the base URL `http://127.0.0.1:1/?…` carries a query or a fragment: leave out what follows `?` or `#`

    error: the base URL `http://127.0.0.1:1?…` carries a query or a fragment: leave out what follows `?` or `#`
    ");
}

#[test]
fn a_base_url_with_a_fragment_is_refused() {
    assert_snapshot!(refused(&["--base-url", "http://127.0.0.1:1/#top"]), @"error: the base URL `http://127.0.0.1:1/#…` carries a query or a fragment: leave out what follows `?` or `#`");
}

#[test]
fn a_base_url_with_credentials_is_refused_without_repeating_them() {
    let base_urls = [
        "http://jane:hunter2@127.0.0.1:1",
        "http://hunter2@127.0.0.1:1",
        "http://:hunter2@127.0.0.1:1",
    ];
    let said = each_refused("--base-url", &base_urls);
    assert!(!said.contains("hunter2"), "{said}");
    assert_snapshot!(said, @"
    error: the base URL carries a user name or a password, which would take the place of the bearer token: leave them out

    error: the base URL carries a user name or a password, which would take the place of the bearer token: leave them out

    error: the base URL carries a user name or a password, which would take the place of the bearer token: leave them out
    ");
}

#[test]
fn an_empty_base_url_is_refused() {
    assert_snapshot!(each_refused("--base-url", &["", "  "]), @"
    error: the base URL is empty: name the server, such as http://127.0.0.1:8000 (is a variable of the CI unset?)

    error: the base URL is empty: name the server, such as http://127.0.0.1:8000 (is a variable of the CI unset?)
    ");
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
