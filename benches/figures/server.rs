//! A server that does next to nothing: what is measured against it is the cost of the client alone.

use std::cell::Cell;
use std::io;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::sync::OnceLock;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_local;

/// Larger than any request of these figures.
const LARGEST_REQUEST: usize = 8 * 1024;

/// Starts it on a free port; the address is returned. It lives on the thread of its callers: which of two
/// threads a scheduler wakes, and on which processor, would weigh more than what is measured.
///
/// Every GET is answered with the same list of tokens, every POST with a fresh registration.
pub(crate) async fn start() -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let registered = Rc::new(Cell::new(0));
    spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let registered = Rc::clone(&registered);
            // A connection that breaks is missed by the client, which says so.
            spawn_local(async move { drop(serve(stream, &registered).await) });
        }
    });
    Ok(address)
}

async fn serve(mut stream: TcpStream, registered: &Cell<u32>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let list = answer("200 OK", token_list());
    let mut request = Vec::with_capacity(LARGEST_REQUEST);
    loop {
        let read = stream.read_buf(&mut request).await?;
        if read == 0 || request.len() > LARGEST_REQUEST {
            return Ok(());
        }
        if !is_whole(&request) {
            continue;
        }
        if request.starts_with(b"POST") {
            registered.set(registered.get() + 1);
            let registration = registration(registered.get());
            stream
                .write_all(&answer("201 Created", &registration))
                .await?;
        } else {
            stream.write_all(&list).await?;
        }
        request.clear();
    }
}

fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    if request.starts_with(b"GET") {
        return true;
    }
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok());
    request.len() >= end + 4 + length.unwrap_or(0)
}

/// The headers that a stock server of this API sends, too: each of them is recorded.
fn answer(status: &str, body: &str) -> Vec<u8> {
    let date = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&Timestamp::now())
        .unwrap_or_default();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncache-control: no-cache, private\r\n\
         vary: Origin\r\ncontent-length: {length}\r\ndate: {date}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn registration(number: u32) -> String {
    let user = json!({ "id": number, "email": "jane@example.com", "name": "Jane Doe" });
    json!({ "user": user, "token": token(number) }).to_string()
}

/// As long as a token of Sanctum, and like those of no regularity.
pub(crate) fn token(number: u32) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(number.to_le_bytes()));
    format!("{number}|{}", &digest[..48])
}

/// As many tokens as there are types of client, and the one that came with the account.
fn token_list() -> &'static str {
    static LIST: OnceLock<String> = OnceLock::new();
    LIST.get_or_init(|| {
        let names = ["auth", "cli", "mobile", "web"];
        let tokens = names.iter().zip(1..).map(|(name, id)| {
            json!({
                "id": id,
                "name": name,
                "created_at": "2026-11-23T10:00:00.000000Z",
                "last_used_at": if id == 4 { Some("2026-11-23T10:00:07.000000Z") } else { None },
                "is_current": id == 4,
            })
        });
        json!({ "tokens": tokens.collect::<Vec<_>>() }).to_string()
    })
}
