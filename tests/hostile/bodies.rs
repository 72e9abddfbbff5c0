//! Bodies that never end, end elsewhere than they say, or are packed.

use std::io::Write;
use std::net::TcpStream;

use crate::command::conform;
use crate::connections::reset;
use crate::front::{JSON, Server, answer, silence, without_end};
use crate::heads::slowly;
use crate::runs::{bounded, nothing_lost, untestable};

const CHUNKED: &[u8] = b"HTTP/1.1 401 Unauthorized\r\ntransfer-encoding: chunked\r\n\r\n";

#[test]
fn a_body_of_one_byte_a_second() {
    let act = |stream: &mut TcpStream| {
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 1000\r\n\r\n")?;
        slowly(stream, &[b' '; 1000])
    };
    let server = Server::always(act);
    untestable(&server.base_url()).says("did not answer within 500ms");
    nothing_lost(act).says("did not answer within 2s");
}

#[test]
fn a_body_without_end() {
    let declared = |stream: &mut TcpStream| {
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\n\r\n")?;
        without_end(stream, b"{\"more\": ")
    };
    let chunked = |stream: &mut TcpStream| {
        stream.write_all(CHUNKED)?;
        without_end(stream, b"10\r\n{\"more\": \"more\",\r\n")
    };
    untestable(&Server::always(declared).base_url()).says("more than 2 MiB");
    untestable(&Server::always(chunked).base_url()).says("more than 2 MiB");
    nothing_lost(declared).says("more than 2 MiB");
    nothing_lost(chunked).says("more than 2 MiB");
}

#[test]
fn a_body_of_a_gibibyte() {
    let act = |stream: &mut TcpStream| {
        let length = 1024 * 1024 * 1024;
        write!(
            stream,
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: {length}\r\n\r\n"
        )?;
        without_end(stream, b" ")
    };
    untestable(&Server::always(act).base_url()).says("more than 2 MiB");
    nothing_lost(act).says("more than 2 MiB");
}

#[test]
fn large_bodies_for_all_scenarios_at_once() {
    // Below every bound by itself, but not sixteen of them.
    let body = format!(
        "{{\"token\":\"{}\",\"more\":[{}1]}}",
        "t".repeat(1_900_000),
        "1,".repeat(40_000)
    );
    let server =
        Server::always(move |stream| stream.write_all(&answer("201 Created", &[JSON], &body)));
    let run = conform([
        "--base-url",
        &server.base_url(),
        "--profile",
        "core,sessions",
    ]);
    bounded(run).expect(1);
}

#[test]
fn a_packed_body_is_not_unpacked() {
    // 10 MiB of zeros would come out of this start of a gzip stream, and as much again, without end.
    let act = |stream: &mut TcpStream| {
        let headers = [JSON, "content-encoding: gzip"];
        let bomb = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xec\xc1\x01\x0d\x00\x00\x00\xc2";
        stream.write_all(&answer("401 Unauthorized", &headers, bomb))
    };
    untestable(&Server::always(act).base_url()).says("encoded as `gzip`");
    nothing_lost(act).says("encoded as `gzip`");
}

#[test]
fn a_body_that_is_shorter_than_it_says() {
    let head = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 500\r\n\r\n{\"mess";
    let closes = |stream: &mut TcpStream| stream.write_all(head);
    let waits = |stream: &mut TcpStream| {
        stream.write_all(head)?;
        silence(stream)
    };
    untestable(&Server::always(closes).base_url()).says("no usable answer from");
    untestable(&Server::always(waits).base_url()).says("did not answer within 500ms");
    nothing_lost(closes).says("no usable answer from");
    nothing_lost(waits).says("did not answer within 2s");
}

#[test]
fn a_body_that_is_longer_than_it_says() {
    // The rest must not pass for the answer to the next call.
    let act = |stream: &mut TcpStream| {
        let next = "HTTP/1.1 204 No Content\r\n\r\n".repeat(10);
        write!(
            stream,
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{{}}{next}"
        )?;
        silence(stream)
    };
    let server = Server::always(act);
    let run = conform(["--base-url", &server.base_url(), "--profile", "sessions"]);
    let finished = bounded(run);
    assert_ne!(finished.code, Some(0));
    assert_ne!(finished.verdict("logout.no-content"), "holds");
    finished.never_says("got 204").never_says("panicked");
}

#[test]
fn a_body_that_breaks_off() {
    let act = |stream: &mut TcpStream| {
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 500\r\n\r\n{\"mess")?;
        reset(stream)
    };
    untestable(&Server::always(act).base_url()).says("no usable answer from");
    nothing_lost(act).says("no usable answer from");
}

#[test]
fn chunks_that_are_none() {
    for chunks in [
        &b"zz\r\n{}\r\n0\r\n\r\n"[..],
        b"ffffffffffffffffff\r\n{}",
        b"2\r\n{}XX0\r\n\r\n",
        b"2\r\n{}\r\n",
        b"-1\r\n{}\r\n0\r\n\r\n",
    ] {
        let server = Server::always(move |stream| {
            stream.write_all(CHUNKED)?;
            stream.write_all(chunks)
        });
        untestable(&server.base_url()).says("no usable answer from");
    }
    nothing_lost(|stream| {
        stream.write_all(CHUNKED)?;
        stream.write_all(b"zz\r\n{}\r\n0\r\n\r\n")
    });
}

#[test]
fn extensions_and_trailers_without_end() {
    for start in [&b"2;"[..], b"2\r\n{}\r\n0\r\nx-trailer: "] {
        let server = Server::always(move |stream| {
            stream.write_all(CHUNKED)?;
            stream.write_all(start)?;
            without_end(stream, b"x")
        });
        untestable(&server.base_url()).says("no usable answer from");
    }
}
