//! `conform serve`: what it says of the requests that it answers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::support::PROGRAM;

/// What it prints on standard error while it answers one request.
fn said(arguments: &[&str]) -> String {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--addr", "127.0.0.1:0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut base_url = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut base_url).unwrap();
    let address = base_url.trim().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "GET /api/auth/me?token=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    child.kill().unwrap();
    child.wait().unwrap();
    let mut said = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    said
}

#[test]
fn each_request_is_a_line_where_that_is_asked_for() {
    let said_of_it = said(&["-v"]);
    assert!(
        said_of_it.starts_with("GET /api/auth/me: 401 ("),
        "{said_of_it}"
    );
    assert_eq!(said_of_it.lines().count(), 1, "{said_of_it}");
    assert_eq!(said(&[]), "");
}
