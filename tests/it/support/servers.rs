//! Servers that are no API at all, on sockets of their own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpSocket;

/// A client that sends nothing holds a connection no longer.
const LONGEST_READ: Duration = Duration::from_secs(30);

/// Does the same with every connection; ends with this value.
pub struct RawServer {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl RawServer {
    /// Reads what a client says first, writes `answer`, and closes the connection.
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut stream| {
            drop(stream.set_read_timeout(Some(LONGEST_READ)));
            // A client that is gone already needs no answer.
            let read = stream.read(&mut [0; 16 * 1024]);
            drop(read.and_then(|_| stream.write_all(&answer)));
            None
        })
    }

    /// Takes connections, and says nothing for as long as it lives.
    pub fn silent() -> Self {
        Self::start(Some)
    }

    /// `serve` returns the connections that are to stay open.
    fn start(serve: impl Fn(TcpStream) -> Option<TcpStream> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, ending) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let thread = thread::spawn({
            let (connections, ending) = (Arc::clone(&connections), Arc::clone(&ending));
            move || {
                let mut open = Vec::new();
                for stream in listener.incoming().flatten() {
                    if ending.load(Ordering::SeqCst) {
                        return;
                    }
                    connections.fetch_add(1, Ordering::SeqCst);
                    open.extend(serve(stream));
                }
            }
        });
        Self {
            address,
            connections,
            ending,
            thread: Some(thread),
        }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        // Wakes the thread up, so that it sees that this is the end.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            drop(thread.join());
        }
    }
}

/// A whole HTTP/1.1 answer after which the connection is closed.
pub fn http_answer(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// An address that nobody listens on and nobody else can take while the socket lives.
pub fn closed_port() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}
