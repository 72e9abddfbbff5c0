//! Targets that cannot be tested: exit code 3 in good time, with the cause and what to do about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::http::HeaderValue;

use crate::support::{
    Finished, RawServer, Reference, answer, closed_port, conform, http_answer, reference, suite,
};

/// Far longer than it takes, far shorter than the time for one call: for what must not be waited for.
const SOON: Duration = Duration::from_mins(1);

/// Runs the built-in suite against this address, and asserts that it cannot be tested.
#[track_caller]
fn untestable(base_url: &str, arguments: &[&str]) -> Finished {
    let start = Instant::now();
    let finished = conform(["--base-url", base_url])
        .args(arguments)
        .run()
        .expect(3);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert_eq!(finished.stdout, "", "no scenario is run");
    assert!(
        finished.stderr.starts_with("testing "),
        "{}",
        finished.stderr
    );
    finished
}

#[test]
fn nothing_that_listens_is_named_as_the_cause() {
    let (_reserved, address) = closed_port();
    let base_url = format!("http://{address}");
    untestable(&base_url, &["--timeout", "170s"]).says(&format!("nothing listens at {base_url}"));
}

#[test]
fn every_report_says_why_the_server_could_not_be_tested() {
    let (_reserved, address) = closed_port();
    let why = format!("nothing listens at http://{address}");
    let base_url = format!("http://{address}");
    let arguments = ["--base-url", &base_url, "--annotations", "github"];
    let finished = conform(arguments).run().expect(3);
    let told = &finished.report()["not_testable"];
    assert!(told.as_str().unwrap().starts_with(&why), "{told}");
    for name in ["junit.xml", "summary.md", "report.html"] {
        let file = finished.report_file(name).replace("&#58;", ":");
        assert!(file.contains(&why), "{name}: {file}");
    }
    let mut annotations = finished.stderr.lines();
    let error = annotations.find(|line| line.starts_with("::error"));
    assert!(error.unwrap().contains(&why), "{error:?}");
}

#[test]
fn a_refusal_without_a_word_may_be_that_of_the_api() {
    let server = RawServer::answering(http_answer("403 Forbidden", "text/plain", ""));
    let arguments = [
        "--base-url",
        &server.base_url(),
        "--clause",
        "logout.no-content",
    ];
    conform(arguments).run().expect(4).says("status 403");
}

#[test]
fn an_unknown_host_is_named_as_the_cause() {
    // A label of 64 characters is refused by every resolver itself, without asking anybody.
    let host = format!("{}.invalid", "a".repeat(64));
    let finished = untestable(&format!("http://{host}"), &["--timeout", "170s"]);
    finished.says(&host).says("is unknown");
}

#[test]
fn a_host_that_does_not_exist_cannot_be_tested() {
    // Whether the resolver says no or nothing at all depends on the machine.
    untestable("http://no-such-host.invalid", &["--timeout", "5s"]).says("no-such-host.invalid");
}

#[test]
fn a_server_that_never_answers_is_given_up_after_the_timeout() {
    let server = RawServer::silent();
    let finished = untestable(&server.base_url(), &["--timeout", "500ms"]);
    finished
        .says(&server.base_url())
        .says("did not answer within 500ms")
        .says("--timeout");
    assert!(server.connections() > 0);
}

#[test]
fn tls_to_a_server_without_it_cannot_be_tested() {
    let server = RawServer::answering(http_answer("400 Bad Request", "text/plain", "plain HTTP"));
    let base_url = format!("https://{}", server.address);
    // Whether this machine has certificates of its own must not matter.
    untestable(&base_url, &["--insecure"])
        .says("no TLS connection")
        .says(&base_url);
    assert!(server.connections() > 0);
}

#[test]
fn bytes_that_are_no_http_are_named_as_the_cause() {
    for garbage in [
        &b"\x00\x01\x02\x03\xff\xfe\r\n\r\n"[..],
        b"220 mail.example.com ESMTP\r\n",
        b"HTTP/9.9 abc\r\n\r\n",
    ] {
        let server = RawServer::answering(garbage);
        untestable(&server.base_url(), &[])
            .says("no usable answer from")
            .says(&server.base_url());
    }
}

#[test]
fn a_connection_that_is_closed_without_an_answer_is_named_as_the_cause() {
    let server = RawServer::answering("");
    untestable(&server.base_url(), &[]).says("no usable answer from");
}

#[test]
fn an_answer_that_breaks_off_is_named_as_the_cause() {
    let server =
        RawServer::answering("HTTP/1.1 401 Unauthorized\r\ncontent-length: 500\r\n\r\n{\"mess");
    untestable(&server.base_url(), &[]).says("no usable answer from");
}

#[test]
fn an_answer_without_end_is_named_as_the_cause() {
    let body = "x".repeat(5 * 1024 * 1024);
    let server = RawServer::answering(http_answer("401 Unauthorized", "text/plain", &body));
    untestable(&server.base_url(), &[]).says("more than 1280 KiB");
}

#[test]
fn pages_for_people_are_no_api() {
    for status in ["200 OK", "403 Forbidden"] {
        let server = RawServer::answering(http_answer(
            status,
            "text/html; charset=utf-8",
            "<h1>Welcome</h1>",
        ));
        let finished = untestable(&server.base_url(), &[]);
        finished
            .says("does not look like the API")
            .says("/api/auth/me answered")
            .says("text/html in place of JSON")
            .says("check host, port and path prefix");
    }
}

#[test]
fn nothing_found_anywhere_is_no_api() {
    for content_type in ["application/json", "text/html"] {
        let server = RawServer::answering(http_answer("404 Not Found", content_type, "{}"));
        let finished = untestable(&server.base_url(), &[]);
        finished
            .says("does not look like the API")
            .says("404")
            .says("--operation");
    }
}

#[test]
fn a_gateway_without_a_server_is_no_api() {
    for status in [
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        let server = RawServer::answering(http_answer(status, "application/json", "{}"));
        untestable(&server.base_url(), &[]).says("a gateway without a server behind it");
    }
}

#[test]
fn a_server_that_asks_for_patience_at_first_is_tested_all_the_same() {
    for (status, retry_after) in [(429, None), (503, Some("0"))] {
        let calls = Arc::new(AtomicUsize::new(0));
        let server = Reference::answering(move |_, response| {
            if calls.fetch_add(1, Ordering::Relaxed) > 0 {
                return response;
            }
            let mut page = answer(status, "text/html", "<p>Later.</p>");
            if let Some(seconds) = retry_after {
                let seconds = HeaderValue::from_static(seconds);
                page.headers_mut().insert("retry-after", seconds);
            }
            page
        });
        let suite = suite();
        conform(["--base-url", server.base_url(), "--suite"])
            .arg(suite.path())
            .run()
            .expect(0);
    }
}

#[test]
fn a_base_url_that_doubles_the_start_of_the_paths_is_told_so() {
    let reference = reference();
    for (base, doubled) in [
        ("/api", "/api"),
        ("/api/", "/api"),
        ("/api/auth", "/api/auth"),
    ] {
        let base_url = format!("{}{base}", reference.base_url());
        let finished = untestable(&base_url, &[]);
        let called = format!(
            "GET {}{doubled}/api/auth/me answered 404",
            reference.base_url()
        );
        finished
            .says(&format!(
                "ends in `{doubled}`, with which the paths begin: leave it out of the base URL"
            ))
            .says(&called);
    }
}

#[test]
fn another_prefix_gets_no_hint_about_doubling() {
    let reference = reference();
    let base_url = format!("{}/v1", reference.base_url());
    untestable(&base_url, &[])
        .never_says("leave it out")
        .says("path prefix");
}

#[test]
fn a_target_that_cannot_be_tested_leaves_a_report_that_passes_for_no_other() {
    let (_reserved, address) = closed_port();
    let finished = untestable(&format!("http://{address}"), &[]);
    let report = finished.report();
    assert_eq!(report["complete"], false);
    assert_eq!(report["conclusion"], "not-testable");
    assert_eq!(report["count"]["pass"], 0);
    let junit = finished.report_file("junit.xml");
    let not_run = report["not_run"].as_array().unwrap();
    assert!(!not_run.is_empty() && junit.contains(r#"<testcase name="complete" classname="run""#));
    assert!(!junit.contains("<failure"), "{junit}");
}

#[test]
fn a_server_that_redirects_to_another_is_named_as_the_cause() {
    let answer = b"HTTP/1.1 301 Moved\r\nlocation: https://other.invalid/api/auth/me\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let server = RawServer::answering(&answer[..]);
    untestable(&server.base_url(), &[]).says("redirects every call to https://other.invalid");
}
