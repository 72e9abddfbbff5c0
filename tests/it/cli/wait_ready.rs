//! `--wait-ready`: a server that is being deployed is waited for, up to a bound.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::thread;

use crate::support::{RawServer, closed_port, conform, http_answer};

#[test]
fn a_server_that_comes_up_late_is_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, tries) = channel();
    // The first calls meet a connection that is closed at once, the next ones a gateway, the fifth an answer: any will do.
    thread::spawn(move || {
        for (number, mut stream) in listener.incoming().flatten().enumerate() {
            let _ = sender.send(());
            let status = [
                "502 Bad Gateway",
                "503 Service Unavailable",
                "404 Not Found",
            ][number.clamp(2, 4) - 2];
            let answer = http_answer(status, "text/plain", "booting");
            let read = stream.read(&mut [0; 16 * 1024]);
            if number >= 2 && read.is_ok() {
                drop(stream.write_all(answer.as_bytes()));
            }
        }
    });
    let finished = conform(["--wait-ready", "1m", "--base-url", &base_url]).run();
    // The look that follows finds no API there.
    finished.expect(3).says("404").never_says("--wait-ready");
    assert!(tries.try_iter().count() > 5);
}

#[test]
fn patience_with_a_server_that_never_comes_up_ends() {
    let (_socket, address) = closed_port();
    let base_url = format!("http://{address}");
    let finished = conform(["--wait-ready", "300ms", "--base-url", &base_url]).run();
    let finished = finished.expect(3);
    finished
        .says("did not come up within 300ms (--wait-ready)")
        .says("nothing listens");
    assert_eq!(finished.report()["conclusion"], "not-testable");
}

#[test]
fn a_gateway_that_stays_alone_is_told_when_patience_ends() {
    let gateway = RawServer::answering(http_answer("502 Bad Gateway", "text/html", "oh"));
    let base_url = gateway.base_url();
    let finished = conform(["--wait-ready", "300ms", "--base-url", &base_url]).run();
    finished
        .expect(3)
        .says("502 (a gateway without a server behind it)");
    assert!(gateway.connections() > 1);
}

#[test]
fn a_server_that_is_up_is_tested_at_once() {
    let server = crate::support::reference();
    let arguments = [
        "account",
        "--wait-ready",
        "1h",
        "--base-url",
        server.base_url(),
    ];
    conform(arguments).run().expect(0);
}
