//! Servers that do something hostile, from their first call or from a call on; until then the reference answers.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::support::{Reference, reference};

/// Listens on a port of its own; ends with this value.
pub struct Server {
    pub address: SocketAddr,
    ending: Arc<AtomicBool>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Serves each connection in a thread of its own. It ends with the client at the latest: then reading and
    /// writing fail.
    pub fn start(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            ending: Arc::default(),
            connections: Arc::default(),
        };
        let (ending, connections) = (Arc::clone(&server.ending), Arc::clone(&server.connections));
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ending.load(Ordering::SeqCst) {
                    return;
                }
                connections.fetch_add(1, Ordering::SeqCst);
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(stream).ok());
            }
        });
        server
    }

    /// Does the same with every request.
    pub fn always(act: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::start(move |mut stream| {
            read_request(&mut stream)?;
            act(&mut stream)
        })
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        // Wakes the thread up, so that it sees that this is the end.
        drop(TcpStream::connect(self.address));
    }
}

/// The reference, until a request holds all of some texts; from then on the server is hostile.
pub struct Front {
    server: Server,
    _reference: Reference,
}

impl Front {
    pub fn turning(
        at: &'static [&'static str],
        act: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let reference = reference();
        let upstream = address_of(&reference);
        let met = AtomicBool::new(false);
        let server = Server::start(move |mut stream| {
            let request = read_request(&mut stream)?;
            let text = String::from_utf8_lossy(&request);
            let turns = at.iter().all(|part| text.contains(part));
            if turns || met.load(Ordering::SeqCst) {
                met.store(true, Ordering::SeqCst);
                return act(&mut stream);
            }
            stream.write_all(&forwarded(&request, upstream)?)
        });
        Self {
            server,
            _reference: reference,
        }
    }

    pub fn base_url(&self) -> String {
        self.server.base_url()
    }
}

pub fn address_of(reference: &Reference) -> SocketAddr {
    let url = reference.base_url();
    url.trim_start_matches("http://").parse().unwrap()
}

/// A whole request: its head, and as much of a body as it declares.
pub fn read_request(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let (mut request, mut length) = (Vec::new(), 0);
    loop {
        let start = request.len();
        if reader.read_until(b'\n', &mut request)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&request[start..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.take(length).read_to_end(&mut request)?;
    Ok(request)
}

/// What the reference answers to a request, on a connection of its own.
pub fn forwarded(request: &[u8], upstream: SocketAddr) -> io::Result<Vec<u8>> {
    let line_end = request.iter().position(|byte| *byte == b'\n').unwrap_or(0) + 1;
    let (line, rest) = request.split_at(line_end);
    let mut upstream = TcpStream::connect(upstream)?;
    upstream.write_all(&[line, b"connection: close\r\n", rest].concat())?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// Writes the same bytes over and over, until nobody reads them any more.
pub fn without_end(stream: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let block = bytes.repeat(1 + 16 * 1024 / bytes.len());
    loop {
        stream.write_all(&block)?;
    }
}

/// Says nothing more, until the client goes away.
pub fn silence(stream: &mut impl Read) -> io::Result<()> {
    while stream.read(&mut [0; 1024])? > 0 {}
    Ok(())
}

/// A whole answer after which the connection is closed.
pub fn answer(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let length = body.as_ref().len();
    let mut head =
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n");
    for header in headers {
        head += header;
        head += "\r\n";
    }
    [head.as_bytes(), b"\r\n", body.as_ref()].concat()
}

pub const JSON: &str = "content-type: application/json";
