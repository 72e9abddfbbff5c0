//! Many clients of `conform serve` at once: they wait in line, and the memory is bounded.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

use crate::support::{Served, peak_kib};

const CLIENTS: usize = 150;
/// Far less than a buffer for each client, and as much as the buffers of a large machine take.
const MOST_KIB: u64 = 256 * 1024;

#[test]
fn many_logins_of_unknown_addresses() {
    let served = Served::start([] as [&str; 0]);
    let address = served.base_url.trim_start_matches("http://");
    let login = |number: usize| {
        let body = format!(r#"{{"email":"nobody-{number}@example.com","password":"wrong horse"}}"#);
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "POST /api/auth/login HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let login = &login;
    let answers: Vec<String> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| scope.spawn(move || login(number)))
            .collect();
        let answers = clients.into_iter().map(|client| client.join().unwrap());
        answers.collect()
    });
    for answer in answers {
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    let peak = peak_kib(served.child.id());
    assert!(peak <= MOST_KIB, "{peak} KiB");
    assert!(peak > 0 || !cfg!(target_os = "linux"));
}
