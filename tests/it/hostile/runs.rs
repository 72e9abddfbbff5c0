//! Runs against hostile servers, and what must be true of every one.

use std::io::{self, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::hostile::front::Front;
use crate::support::{Conform, Finished, Memory, Started, Suite, conform, suite};

/// Far longer than any of these runs takes, far shorter than for ever.
const SOON: Duration = Duration::from_secs(30);

/// Where the reference of a server that turns hostile gives way.
const TURN: &[&str] = &["POST /api/auth/logout"];

/// A scenario that comes after all others: what was verified before it must not be lost.
const LAST_LOGOUT: &str = r#"title: logging out answers without a body
exclusive: true
accounts: { jane: {} }
steps:
  - call: logout
    token: "{{jane.token}}"
    expect:
      - { status: 204, body: empty, verifies: [logout.no-content] }
"#;

/// Runs the program within the bounds of time and memory that hold for every server.
#[track_caller]
pub fn bounded(run: Conform) -> Finished {
    watched(Conform::start, run)
}

/// The same without `--report-dir`.
#[track_caller]
pub fn bounded_as_is(run: Conform) -> Finished {
    watched(Conform::start_as_is, run)
}

#[track_caller]
fn watched(begin: fn(Conform) -> Started, run: Conform) -> Finished {
    let start = Instant::now();
    let started = begin(run);
    let memory = Memory::of(started.id());
    let finished = started.finish();
    memory.assert_bounded();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    finished
}

/// The built-in suite against this address; calls take half a second at most.
pub fn run_against(base_url: &str) -> Conform {
    conform(["--timeout", "500ms", "--base-url", base_url])
}

/// The suite finds no API: exit code 3, nothing was run, and the report says so.
#[track_caller]
pub fn untestable(base_url: &str) -> Finished {
    assert_untestable(bounded(run_against(base_url)))
}

#[track_caller]
pub fn assert_untestable(finished: Finished) -> Finished {
    let finished = finished.expect(3);
    assert_eq!(finished.stdout, "", "no scenario is run");
    assert_eq!(finished.report()["conclusion"], "not-testable");
    assert_eq!(finished.report()["complete"], false);
    finished
}

/// A suite of two scenarios, whose last one ends with the call that makes a server hostile.
pub fn small_suite() -> Suite {
    suite().with("specs/account/logout.yaml", LAST_LOGOUT)
}

/// A server that turns hostile in the middle of a run of the small suite.
#[track_caller]
pub fn run_turned(
    act: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> Finished {
    let (server, suite) = (Front::turning(TURN, act), small_suite());
    let run = conform(["--timeout", "2s", "--base-url", &server.base_url()]);
    bounded(run.arg("--suite").arg(suite.path()))
}

/// Where it turns hostile, nobody is blamed, and what was verified before is kept: exit code 3.
#[track_caller]
pub fn nothing_lost(
    act: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> Finished {
    let finished = run_turned(act).expect(3);
    assert_eq!(finished.verdict("me.describes"), "pass");
    assert_eq!(finished.verdict("logout.no-content"), "inconclusive");
    assert_eq!(finished.report()["complete"], true);
    finished
}

/// A server whose answer to the current user is the one thing that is wrong with it: it violates the contract.
#[track_caller]
pub fn blamed(answer: Vec<u8>) -> Finished {
    let act = move |stream: &mut TcpStream| stream.write_all(&answer);
    let server = Front::turning(&["GET /api/auth/me", "authorization"], act);
    let suite = suite();
    let run = conform(["account::me", "--base-url", &server.base_url(), "--suite"]);
    let finished = bounded(run.arg(suite.path())).expect(1);
    assert_eq!(finished.verdict("me.describes"), "fail");
    finished
}
