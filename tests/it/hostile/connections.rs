//! Connections that are not made, not kept, or not used.

use std::io::{self, Write};
use std::net::{Ipv6Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use conform::reference::{Hashing, Settings, start_with};
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;

use crate::hostile::front::{Front, Server, address_of, forwarded, read_request, silence};
use crate::hostile::runs::{bounded, nothing_lost, small_suite, untestable};
use crate::support::{conform, reference, suite};

/// The next close resets the connection.
pub fn reset(stream: &TcpStream) -> io::Result<()> {
    let runtime = Runtime::new()?;
    let _context = runtime.enter();
    stream.set_nonblocking(true)?;
    tokio::net::TcpStream::from_std(stream.try_clone()?)?.set_zero_linger()
}

#[test]
fn a_port_that_nobody_listens_on() {
    // Nobody else can take it while the socket lives.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let base_url = format!("http://{}", socket.local_addr().unwrap());
    untestable(&base_url).says("nothing listens at");
}

#[test]
fn a_host_without_an_address() {
    // A label of 64 characters is refused by every resolver itself, without asking anybody.
    let host = format!("{}.invalid", "a".repeat(64));
    untestable(&format!("http://{host}")).says("is unknown");
}

#[test]
fn a_connection_that_is_closed_at_once() {
    let server = Server::start(|_| Ok(()));
    untestable(&server.base_url()).says("no usable answer from");
}

#[test]
fn a_call_that_changes_nothing_is_made_twice_where_its_connection_dies_and_no_more() {
    let server = Server::always(|_| Ok(()));
    untestable(&server.base_url()).says("no usable answer from");
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_server_that_ends_with_a_call_and_does_not_come_back_blames_nobody() {
    let (server, suite) = (
        Front::turning(&["POST /api/auth/logout"], |_| Ok(())),
        small_suite(),
    );
    let run = conform(["--base-url", &server.base_url(), "--no-logout", "--suite"]);
    let run = run.arg(suite.path());
    let finished = bounded(run).expect(3);
    assert_eq!(finished.verdict("me.describes"), "pass");
    assert_eq!(finished.verdict("logout.no-content"), "inconclusive");
    finished.says("because `logout`: no usable answer from");
}

#[test]
fn a_connection_that_is_reset() {
    let server = Server::always(|stream| reset(stream));
    untestable(&server.base_url()).says("no usable answer from");
    nothing_lost(|stream| reset(stream));
}

#[test]
fn a_server_that_never_answers() {
    let server = Server::always(silence);
    untestable(&server.base_url()).says("did not answer within 500ms");
    nothing_lost(silence).says("did not answer within 2s");
}

#[test]
fn a_server_that_dies_in_the_middle() {
    nothing_lost(|_| Ok(())).says("no usable answer from");
}

/// The reference behind a front that keeps no connection, whatever it says to calls with a token: `end` is what becomes
/// of such a one after its first answer.
fn forgetful(
    end: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> (Server, crate::support::Reference) {
    let reference = reference();
    let upstream = address_of(&reference);
    let server = Server::start(move |mut stream| {
        let request = read_request(&mut stream)?;
        let answer = forwarded(&request, upstream)?;
        if !String::from_utf8_lossy(&request).contains("authorization: ") {
            return stream.write_all(&answer);
        }
        let text = String::from_utf8_lossy(&answer);
        stream.write_all(text.replacen("connection: close\r\n", "", 1).as_bytes())?;
        end(stream)
    });
    (server, reference)
}

/// A scenario that asks for the current user over and over.
const MANY_READS: &str = r#"title: the current user is described
accounts: { jane: {} }
steps:
  - call: me
    token: "{{jane.token}}"
    repeat: { max: 50, within: 60s, until: 500 }
    expect: { status: 200, schema: user }
    verifies: [me.describes]
"#;

/// A scenario whose logout follows on an answer over a connection that is kept.
const READ_AND_LOGGED_OUT: &str = r#"title: logging out answers without a body
accounts: { jane: {} }
steps:
  - { call: me, token: "{{jane.token}}", expect: { status: 2xx } }
  - call: logout
    token: "{{jane.token}}"
    expect: { status: 204, body: empty }
    verifies: [logout.no-content]
"#;

#[test]
fn a_connection_that_is_closed_after_each_answer_without_a_word() {
    let (server, _reference) = forgetful(|_| Ok(()));
    let suite = suite().with("specs/account/me.yaml", MANY_READS);
    let run = conform(["--base-url", &server.base_url(), "--suite"]).arg(suite.path());
    bounded(run).expect(0);
}

#[test]
fn a_connection_that_is_closed_as_the_next_call_comes() {
    let died = Arc::<AtomicUsize>::default();
    let seen = Arc::clone(&died);
    let (server, _reference) = forgetful(move |mut stream| {
        if read_request(&mut stream)?.starts_with(b"GET ") {
            seen.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    });
    let suite = suite().with("specs/account/me.yaml", MANY_READS);
    let run = conform(["--base-url", &server.base_url(), "--suite"]).arg(suite.path());
    bounded(run).expect(0);
    // Half of the calls met such an end: what is made again has a connection of its own, which is not kept.
    assert!(died.load(Ordering::SeqCst) >= 20);
    assert!(server.connections() > 20);
}

#[test]
fn what_must_not_be_called_twice_meets_no_connection_that_ends() {
    let heeded_or_not = Arc::<AtomicUsize>::default();
    let seen = Arc::clone(&heeded_or_not);
    let (server, _reference) = forgetful(move |mut stream| {
        if read_request(&mut stream)?.starts_with(b"POST ") {
            seen.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    });
    let suite = suite().with("specs/account/logout.yaml", READ_AND_LOGGED_OUT);
    let run = conform(["--base-url", &server.base_url(), "--suite"]).arg(suite.path());
    bounded(run).expect(0);
    assert_eq!(heeded_or_not.load(Ordering::SeqCst), 0);
}

#[test]
fn a_server_that_speaks_ipv6_alone() {
    let runtime = Runtime::new().unwrap();
    let settings = Settings {
        hashing: Hashing::Cheap,
        ..Settings::default()
    };
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    let started = runtime.block_on(start_with(address, settings, |router| router));
    let Ok(running) = started else {
        let no_ipv6 = std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err();
        assert!(
            no_ipv6,
            "the reference does not listen, and the machine could"
        );
        return;
    };
    let suite = small_suite();
    let run = conform(["--base-url", running.base_url(), "--suite"]).arg(suite.path());
    bounded(run).expect(0).says("http://[::1]:");
}
