//! Redirects are answers: nothing goes where they lead.

use std::io::Write;
use std::net::TcpStream;

use crate::hostile::front::{Front, Server, answer};
use crate::hostile::runs::{blamed, bounded, small_suite, untestable};
use crate::support::conform;

fn redirect(status: &str, location: &str) -> Vec<u8> {
    answer(status, &[&format!("location: {location}")], "")
}

const STATUSES: [&str; 3] = [
    "302 Found",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
];

#[test]
fn a_redirect_to_itself() {
    for status in STATUSES {
        let server = Server::always(move |stream: &mut TcpStream| {
            stream.write_all(&redirect(status, "/api/auth/me"))
        });
        untestable(&server.base_url()).says("to itself, over and over");
        assert_eq!(server.connections(), 1);
    }
}

#[test]
fn a_redirect_to_another_host_from_the_start() {
    let other = Server::always(|_| Ok(()));
    for status in STATUSES {
        let location = format!("{}/api/auth/me", other.base_url());
        let server = Server::always(move |stream| stream.write_all(&redirect(status, &location)));
        untestable(&server.base_url()).says(&format!("to {}", other.base_url()));
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn no_token_follows_a_redirect_to_another_host() {
    let other = Server::always(|_| Ok(()));
    for status in STATUSES {
        let location = format!("{}/api/auth/me", other.base_url());
        blamed(redirect(status, &location)).says(&other.base_url());
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn no_password_follows_a_redirect_to_another_host() {
    let other = Server::always(|_| Ok(()));
    let location = format!("{}/api/auth/register", other.base_url());
    let server = Front::turning(&["POST /api/auth/register"], move |stream| {
        stream.write_all(&redirect("307 Temporary Redirect", &location))
    });
    let suite = small_suite();
    let run = conform(["--base-url", &server.base_url(), "--suite"]).arg(suite.path());
    // A precondition failed: no clause fails, and nothing is green.
    bounded(run).expect(4).says("status 307");
    assert_eq!(other.connections(), 0);
}
