//! HTTP/2 that ends or resets what it should answer.

use std::io::{self, Read, Write};

use rustls::{ServerConnection, StreamOwned};

use crate::certificates::Tls;
use crate::front::{Server, silence, without_end};
use crate::runs::{assert_untestable, bounded, run_against};

type Stream = StreamOwned<ServerConnection, std::net::TcpStream>;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

fn frame(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let flags = 0;
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A server that speaks HTTP/2 until the first call has come, and then does this.
fn speaking(act: impl Fn(&mut Stream) -> io::Result<()> + Send + Sync + 'static) -> Server {
    let tls = Tls::self_signed().speaking_http2();
    Server::start(move |stream| {
        let mut stream = tls.accept(stream);
        stream.write_all(&frame(SETTINGS, 0, &[]))?;
        read_call(&mut stream)?;
        act(&mut stream)
    })
}

/// Reads until the headers of a call.
fn read_call(stream: &mut Stream) -> io::Result<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface)?;
    assert!(preface.starts_with(b"PRI * HTTP/2.0"));
    read_call_headers(stream)
}

fn read_call_headers(stream: &mut Stream) -> io::Result<()> {
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        io::copy(
            &mut Read::by_ref(stream).take(length.into()),
            &mut io::sink(),
        )?;
        if head[3] == HEADERS {
            return Ok(());
        }
    }
}

#[track_caller]
fn untestable(server: &Server) -> crate::command::Finished {
    let run = run_against(&format!("https://{}", server.address)).arg("--insecure");
    assert_untestable(bounded(run))
}

#[test]
fn a_server_that_goes_away() {
    for code in [0_u32, 1, 2, 11] {
        for last in [0_u32, 1] {
            let server = speaking(move |stream| {
                let payload = [last.to_be_bytes(), code.to_be_bytes()].concat();
                stream.write_all(&frame(GOAWAY, 0, &payload))?;
                stream.flush()
            });
            untestable(&server).says("no usable answer from");
        }
    }
}

#[test]
fn a_stream_that_is_reset() {
    for code in [1_u32, 2, 8] {
        let server = speaking(move |stream| {
            stream.write_all(&frame(RST_STREAM, 1, &code.to_be_bytes()))?;
            silence(stream)
        });
        untestable(&server).says("no usable answer from");
    }
}

#[test]
fn a_stream_that_is_refused_is_tried_again_but_not_for_ever() {
    const REFUSED: u32 = 7;
    let server = speaking(|stream| {
        for stream_id in [1, 3, 5, 7] {
            stream.write_all(&frame(RST_STREAM, stream_id, &REFUSED.to_be_bytes()))?;
            read_call_headers(stream)?;
        }
        silence(stream)
    });
    untestable(&server);
}

#[test]
fn headers_that_go_on_without_end() {
    let server = speaking(|stream| {
        stream.write_all(&frame(HEADERS, 1, b"\x88"))?;
        without_end(stream, &frame(CONTINUATION, 1, &[0x40, 1, b'a', 1, b'b']))
    });
    untestable(&server).says("no usable answer from");
}

#[test]
fn pings_in_place_of_an_answer() {
    let server = speaking(|stream| without_end(stream, &frame(PING, 0, &[0; 8])));
    untestable(&server);
}

#[test]
fn frames_that_are_none() {
    let server = speaking(|stream| without_end(stream, b"HTTP/1.1 200 OK\r\n\r\n"));
    untestable(&server).says("no usable answer from");
}
