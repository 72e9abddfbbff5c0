//! HTTP/2 that ends or resets what it should answer.

use std::io::{self, Read, Write};

use rustls::{ServerConnection, StreamOwned};

use crate::hostile::certificates::Tls;
use crate::hostile::front::{Server, silence, without_end};
use crate::hostile::runs::{assert_untestable, bounded, run_against};

type Stream = StreamOwned<ServerConnection, std::net::TcpStream>;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

/// Of a frame of headers: no more of them follow.
const END_HEADERS: u8 = 4;
/// `:status: 401` and `:status: 200` in HPACK.
const UNAUTHORIZED: &[u8] = b"\x08\x03401";
const OK: &[u8] = b"\x88";

fn frame(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    flagged(kind, 0, stream, payload)
}

fn flagged(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The headers of the first answer, to which these belong.
fn headers(block: &[&[u8]]) -> Vec<u8> {
    flagged(HEADERS, END_HEADERS, 1, &block.concat())
}

/// A header in HPACK that no table keeps.
fn literal(name: &str, value: &str) -> Vec<u8> {
    let length = |text: &str| vec![u8::try_from(text.len()).unwrap()];
    [
        vec![0],
        length(name),
        name.into(),
        length(value),
        value.into(),
    ]
    .concat()
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
fn untestable(server: &Server) -> crate::support::Finished {
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

/// What a server does once the first call has come.
type Act = fn(&mut Stream) -> io::Result<()>;

/// Sends the first bytes, and then the others without end.
fn then_without_end(stream: &mut Stream, first: &[u8], others: &[u8]) -> io::Result<()> {
    stream.write_all(first)?;
    without_end(stream, others)
}

fn then_silence(stream: &mut Stream, all: &[Vec<u8>]) -> io::Result<()> {
    stream.write_all(&all.concat())?;
    stream.flush()?;
    silence(stream)
}

#[test]
fn frames_that_never_come_to_an_answer() {
    let modes: [(&str, Act); 14] = [
        ("data without end", |stream| {
            let data = frame(DATA, 1, &[b' '; 8 * 1024]);
            then_without_end(stream, &headers(&[UNAUTHORIZED]), &data)
        }),
        ("data of nothing without end", |stream| {
            then_without_end(stream, &headers(&[UNAUTHORIZED]), &frame(DATA, 1, &[]))
        }),
        ("data on a stream that nobody opened", |stream| {
            then_without_end(stream, &headers(&[OK]), &frame(DATA, 99, b"{}"))
        }),
        ("data before headers", |stream| {
            then_silence(stream, &[frame(DATA, 1, b"{}")])
        }),
        ("settings without end", |stream| {
            without_end(stream, &frame(SETTINGS, 0, &[0, 3, 0, 0, 0, 1]))
        }),
        ("settings that are none", |stream| {
            then_silence(stream, &[frame(SETTINGS, 0, &[0, 4, 255, 255, 255, 255])])
        }),
        ("windows without end", |stream| {
            without_end(stream, &frame(WINDOW_UPDATE, 0, &[0x7f, 255, 255, 255]))
        }),
        ("a window of nothing", |stream| {
            then_silence(stream, &[frame(WINDOW_UPDATE, 1, &[0; 4])])
        }),
        ("promises that nobody asked for", |stream| {
            let promise = [&[0, 0, 0, 2][..], OK].concat();
            let promise = flagged(PUSH_PROMISE, END_HEADERS, 1, &promise);
            then_silence(stream, &[promise])
        }),
        ("headers that unfold to more than memory", |stream| {
            // A name and a value of 4 KiB that the table keeps, and references to them of one byte each.
            let large = [b"\x40\x01a\x7f\x81\x1e".as_slice(), &[b'x'; 4000]].concat();
            let block = [UNAUTHORIZED, &large, &[0xbe; 12 * 1024]].concat();
            then_without_end(stream, &headers(&[&block]), &headers(&[&[0xbe; 12 * 1024]]))
        }),
        ("preliminary answers without end", |stream| {
            without_end(stream, &headers(&[b"\x08\x03103"]))
        }),
        ("an answer without a status", |stream| {
            then_silence(stream, &[headers(&[&literal("content-type", "text/html")])])
        }),
        ("names in capitals", |stream| {
            then_silence(stream, &[headers(&[OK, &literal("X-More", "x")])])
        }),
        ("an answer that breaks off", |stream| {
            let reset = frame(RST_STREAM, 1, &2_u32.to_be_bytes());
            let length = literal("content-length", "100");
            then_silence(
                stream,
                &[headers(&[OK, &length]), frame(DATA, 1, b"{"), reset],
            )
        }),
    ];
    for (mode, act) in modes {
        let finished = untestable(&speaking(act));
        let is_told = ["no usable answer", "did not answer", "more than 1280 KiB"];
        let all = finished.all();
        assert!(
            is_told.iter().any(|told| all.contains(told)),
            "{mode}: {all}"
        );
    }
}

#[test]
fn a_handshake_without_end() {
    let hangs = Server::start(|mut stream| silence(&mut stream));
    untestable(&hangs).says("did not answer within 500ms");
    // Records of a handshake that say nothing.
    let chatters = Server::start(|mut stream| without_end(&mut stream, &[22, 3, 3, 0, 0]));
    untestable(&chatters);
}
