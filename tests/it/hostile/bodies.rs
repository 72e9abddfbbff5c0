//! Bodies that never end, end elsewhere than they say, or are packed.

use std::io::Write;
use std::net::TcpStream;

use crate::hostile::connections::reset;
use crate::hostile::front::{
    JSON, Server, address_of, answer, forwarded, read_request, silence, without_end,
};
use crate::hostile::heads::slowly;
use crate::hostile::runs::{bounded, nothing_lost, untestable};
use crate::support::{conform, reference, suite};

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
        without_end(
            stream,
            &[b"4000\r\n", &[b' '; 0x4000][..], b"\r\n"].concat(),
        )
    };
    untestable(&Server::always(declared).base_url()).says("more than 1280 KiB");
    untestable(&Server::always(chunked).base_url()).says("more than 1280 KiB");
    nothing_lost(declared).says("more than 1280 KiB");
    nothing_lost(chunked).says("more than 1280 KiB");
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
    untestable(&Server::always(act).base_url()).says("more than 1280 KiB");
    nothing_lost(act).says("more than 1280 KiB");
}

#[test]
fn large_bodies_for_all_scenarios_at_once() {
    // Below every bound by itself, but not sixteen of them.
    let body = format!(
        "{{\"token\":\"{}\",\"more\":[{}1]}}",
        "t".repeat(1_200_000),
        "1,".repeat(9_900)
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
    // What comes after the end must not pass for the answer to the next call.
    let reference = reference();
    let upstream = address_of(&reference);
    let server = Server::start(move |mut stream| {
        let request = read_request(&mut stream)?;
        if !request.starts_with(b"GET /api/auth/me") {
            return stream.write_all(&forwarded(&request, upstream)?);
        }
        let refusal = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{}";
        let next = answer("200 OK", &[JSON], r#"{"email":"made@up.example"}"#);
        stream.write_all(&[refusal.as_bytes(), &next].concat())?;
        silence(&mut stream)
    });
    let suite = suite();
    let run = conform(["account::me", "--base-url", &server.base_url(), "--suite"]);
    let finished = bounded(run.arg(suite.path())).expect(1);
    finished.says("expected status 200, got 401");
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
