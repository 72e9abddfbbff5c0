//! HTTP as it is on the wire: a request by hand, and the answer with every byte of it.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// An answer.
pub struct Answer {
    /// All of it, as it came.
    pub raw: String,
    /// Its body, put together.
    pub body: String,
}

/// A connection of one server.
pub struct Wire {
    address: String,
}

impl Wire {
    pub fn to(base_url: &str) -> Self {
        let address = base_url.strip_prefix("http://").unwrap();
        Self {
            address: address.to_owned(),
        }
    }

    /// Sends `line`, such as `GET /api`, with headers and a body, on a connection of its own.
    pub async fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let length = body.len().to_string();
        let own = [("host", "test"), ("content-length", length.as_str())];
        let lines = own.iter().chain(headers);
        let head: String = lines
            .flat_map(|(name, value)| [*name, ": ", value, "\r\n"])
            .collect();
        let request = format!("{line} HTTP/1.1\r\n{head}\r\n{body}");
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(request.as_bytes()).await.unwrap();
        receive(&mut stream).await
    }

    /// Waits until the server ends a connection on which nothing is sent.
    pub async fn end(&self) {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
    }
}

async fn receive(stream: &mut BufReader<TcpStream>) -> Answer {
    let mut raw = String::new();
    let (mut length, mut chunked) = (0, false);
    loop {
        let line = line(stream).await;
        raw.push_str(&line);
        let header = line.trim_end().to_ascii_lowercase();
        match header.split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(("transfer-encoding", value)) => chunked = value == "chunked",
            _ if header.is_empty() => break,
            _ => {}
        }
    }
    let mut body = String::new();
    while chunked {
        let size = line(stream).await;
        length = usize::from_str_radix(size.trim_end(), 16).unwrap();
        let data = text(stream, length + 2).await;
        raw.extend([size.as_str(), data.as_str()]);
        body.push_str(&data[..length]);
        chunked = length > 0;
        length = 0;
    }
    let rest = text(stream, length).await;
    raw.push_str(&rest);
    body.push_str(&rest);
    Answer { raw, body }
}

async fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.unwrap();
    assert!(read > 0, "the connection ended before the answer did");
    line
}

async fn text(stream: &mut BufReader<TcpStream>, length: usize) -> String {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}
