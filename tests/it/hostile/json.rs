//! Bodies that are no JSON, or JSON that nobody expects. Whoever sends them is blamed where the contract says so.

use std::io::Write;

use crate::hostile::front::{Front, JSON, Server, address_of, answer, forwarded, read_request};
use crate::hostile::runs::{blamed, bounded, small_suite};
use crate::support::{Finished, conform, reference, suite};

/// What the current user looks like in the small suite, and something after it.
fn user_with(more: &str) -> String {
    format!(r#"{{"email":"jane@example.com"{more}}}"#)
}

/// The answer to the one call of a scenario is this body.
#[track_caller]
fn run_of(body: impl AsRef<[u8]>, code: i32) -> Finished {
    let answer = answer("200 OK", &[JSON], body);
    let server = Front::turning(&["GET /api/auth/me", "authorization"], move |stream| {
        stream.write_all(&answer)
    });
    let suite = suite();
    let run = conform(["account::me", "--base-url", &server.base_url(), "--suite"]);
    bounded(run.arg(suite.path())).expect(code)
}

#[test]
fn an_ordinary_body_is_the_measure_of_the_others() {
    run_of(user_with(""), 0);
}

#[test]
fn bytes_that_are_no_text() {
    let mut body = user_with("").into_bytes();
    let at = body.iter().position(|byte| *byte == b'@').unwrap();
    body[at] = 0xff;
    blamed(answer("200 OK", &[JSON], body)).says("no JSON");
}

#[test]
fn numbers_that_are_none() {
    for number in ["NaN", "Infinity", "-", "0x10", "1.", "01"] {
        let body = user_with(&format!(r#","id":{number}"#));
        blamed(answer("200 OK", &[JSON], body)).says("no JSON");
    }
}

#[test]
fn a_byte_order_mark() {
    let body = format!("\u{feff}{}", user_with(""));
    blamed(answer("200 OK", &[JSON], body)).says("byte order mark");
}

#[test]
fn a_page_for_people() {
    let page = "<!DOCTYPE html><h1>We will be back soon</h1>";
    for status in ["200 OK", "500 Internal Server Error"] {
        blamed(answer(status, &["content-type: text/html"], page));
    }
    blamed(answer("200 OK", &["content-type: text/html"], page)).says("a page for people");
    // It may say to be what it is not.
    blamed(answer("200 OK", &[JSON], page)).says("no JSON");
}

#[test]
fn a_page_of_a_gateway_is_waited_out() {
    let page = answer(
        "503 Service Unavailable",
        &["content-type: text/html"],
        "<h1>Soon</h1>",
    );
    let server = Front::turning(&["GET /api/auth/me", "authorization"], move |stream| {
        stream.write_all(&page)
    });
    let suite = suite();
    let base_url = server.base_url();
    let run = conform(["account::me", "--base-url", &base_url, "--max-wait", "2s"]);
    let finished = bounded(run.arg("--suite").arg(suite.path())).expect(4);
    finished.says("a gateway answered 503 to 2 calls in place of the server");
}

#[test]
fn nesting_beyond_every_reader() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    run_of(user_with(&format!(r#","more":{deep}"#)), 3).says("levels deep");
    let open = r#"{"a":"#.repeat(100_000);
    run_of(open, 3).says("levels deep");
}

#[test]
fn more_values_than_memory() {
    let wide = "[],".repeat(300_000);
    run_of(user_with(&format!(r#","more":[{wide}0]"#)), 3).says("more than 10000 values");
}

#[test]
fn numbers_beyond_every_range() {
    run_of(user_with(r#","id":1e999"#), 3).says("beyond all range");
    let digits = format!(r#","id":1{}"#, "0".repeat(100_000));
    run_of(user_with(&digits), 3).says("beyond all range");
    // A number that a reader only rounds is one.
    run_of(
        user_with(r#","id":123456789012345678901234567890,"x":-0.0,"y":1e-999"#),
        0,
    );
}

#[test]
fn many_lines_are_compared_in_time() {
    let body = "\n".repeat(1_200_000);
    let finished = blamed(answer("200 OK", &["content-type: text/plain"], &body));
    finished.says("no JSON");
    let suite = suite().changed("specs/account/me.yaml", "schema: user", "body: empty");
    let server = Front::turning(&["GET /api/auth/me", "authorization"], move |stream| {
        stream.write_all(&answer("200 OK", &[JSON], &body))
    });
    let run = conform(["--base-url", &server.base_url(), "--suite"]).arg(suite.path());
    bounded(run)
        .expect(1)
        .says("expected no body, got 1200000 bytes");
}

/// Every token comes with another before it that a reader never sees.
#[test]
fn members_that_hide_others() {
    let hidden = "hidden-token-0123456789";
    let reference = reference();
    let upstream = address_of(&reference);
    let server = Server::start(move |mut stream| {
        let answer = forwarded(&read_request(&mut stream)?, upstream)?;
        let text = String::from_utf8_lossy(&answer);
        let (_, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        let double = format!(r#""token":"{hidden}","token":"#);
        let body = body.replace(r#""token":"#, &double);
        let status = text.split(' ').nth(1).unwrap_or_default();
        if body.is_empty() {
            return stream.write_all(&answer);
        }
        stream.write_all(&crate::hostile::front::answer(
            &format!("{status} X"),
            &[JSON],
            body,
        ))
    });
    let suite = small_suite();
    let run = conform(["--base-url", &server.base_url(), "--suite"]).arg(suite.path());
    // The last one counts, as everybody reads it, and it works.
    let finished = bounded(run).expect(0);
    finished.never_says(hidden);
    let report = finished.report_file("report.json");
    assert!(report.contains("<token-") && !report.contains(hidden));
}
