//! Heads of answers that never end, or are none.

use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::hostile::front::{JSON, Server, answer, read_request, without_end};
use crate::hostile::runs::{bounded, nothing_lost, small_suite, untestable};
use crate::support::conform;

/// One byte a second, until the client has had enough.
pub fn slowly(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte])?;
        thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}

#[test]
fn a_head_of_one_byte_a_second() {
    let act = |stream: &mut TcpStream| slowly(stream, &answer("200 OK", &[JSON], "{}"));
    let server = Server::always(act);
    untestable(&server.base_url()).says("did not answer within 500ms");
    nothing_lost(act).says("did not answer within 2s");
}

#[test]
fn headers_without_end() {
    let act = |stream: &mut TcpStream| {
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\n")?;
        without_end(stream, b"x-more: of the same\r\n")
    };
    let server = Server::always(act);
    untestable(&server.base_url()).says("no usable answer from");
    nothing_lost(act).says("no usable answer from");
}

#[test]
fn one_header_without_end() {
    let act = |stream: &mut TcpStream| {
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nx-long: ")?;
        without_end(stream, b"x")
    };
    let server = Server::always(act);
    untestable(&server.base_url()).says("no usable answer from");
    nothing_lost(act).says("no usable answer from");
}

/// Preliminary answers, and no other. Long ones: what a program that is not optimised spends on each would make up
/// most of the time.
fn preliminary(stream: &mut TcpStream, status: &str) -> io::Result<()> {
    let link = "x".repeat(8_000);
    let answer = format!("HTTP/1.1 {status}\r\nlink: </{link}>\r\n\r\n");
    without_end(stream, answer.as_bytes())
}

#[test]
fn preliminary_answers_without_end() {
    for status in ["100 Continue", "102 Processing"] {
        let server = Server::always(move |stream| preliminary(stream, status));
        untestable(&server.base_url()).says("did not answer within 500ms");
    }
    nothing_lost(|stream| preliminary(stream, "103 Early Hints")).says("did not answer within 2s");
}

#[test]
fn a_few_preliminary_answers_are_none() {
    let suite = small_suite();
    let reference = crate::support::reference();
    let upstream = crate::hostile::front::address_of(&reference);
    let server = Server::start(move |mut stream| {
        let request = read_request(&mut stream)?;
        stream.write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n")?;
        stream.write_all(&crate::hostile::front::forwarded(&request, upstream)?)
    });
    let run = conform(["--base-url", &server.base_url(), "--suite"]).arg(suite.path());
    bounded(run).expect(0);
}

#[test]
fn text_that_is_no_head() {
    for garbage in [
        &b"<html><body>HTTP/0.9 had no heads</body></html>"[..],
        b"\x00\x01\x02\xff\xfe\r\n\r\n",
        b"HTTP/1.1 abc Unauthorized\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\r\nx-name\x00with: nul\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\ncontent-length: 20\r\n\r\n{}",
        b"HTTP/1.1 401 Unauthorized\r\ncontent-length: -1\r\n\r\n{}",
        b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 99999999999999999999999\r\n\r\n{}",
    ] {
        let server = Server::always(move |stream| stream.write_all(garbage));
        untestable(&server.base_url()).says("no usable answer from");
    }
    nothing_lost(|stream| stream.write_all(b"<html>no head</html>"));
    nothing_lost(|stream| without_end(stream, b"no head "));
}

#[test]
fn a_token_with_a_header_in_it_is_never_sent() {
    let seen = Arc::<AtomicBool>::default();
    let injected = Arc::clone(&seen);
    let server = Server::start(move |mut stream| {
        let request = read_request(&mut stream)?;
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        injected.fetch_or(text.contains("x-evil"), Ordering::SeqCst);
        let body = r#"{"token":"1|abcdefgh\r\nx-evil: 1","email":"a@b.example"}"#;
        stream.write_all(&answer("201 Created", &[JSON], body))
    });
    let suite = small_suite();
    let run = conform(["--base-url", &server.base_url(), "--suite"]).arg(suite.path());
    bounded(run)
        .expect(3)
        .says("`authorization` cannot be sent");
    assert!(!seen.load(Ordering::SeqCst));
}

#[test]
fn what_a_terminal_would_obey_is_shown_and_not_sent() {
    let body = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m";
    let headers = ["content-type: text/plain"];
    let finished = crate::hostile::runs::blamed(answer("500 Oops", &headers, body));
    for control in ['\u{1b}', '\u{7}', '\u{9b}'] {
        finished.never_says(&control.to_string());
    }
    finished.says(r"\u{1b}[2J");
}
