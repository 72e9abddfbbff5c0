//! TLS that cannot be trusted, or is not there.

use std::io::Write;

use crate::hostile::certificates::{Authority, Identity, Tls};
use crate::hostile::front::{JSON, Server, address_of, answer, forwarded, read_request};
use crate::hostile::runs::{assert_untestable, bounded, run_against, small_suite, untestable};
use crate::support::{Conform, Finished, Reference, reference};

/// The reference behind TLS.
fn encrypted(tls: Tls) -> (Server, Reference) {
    let reference = reference();
    let upstream = address_of(&reference);
    let server = Server::start(move |stream| {
        let mut stream = tls.accept(stream);
        let answer = forwarded(&read_request(&mut stream)?, upstream)?;
        stream.write_all(&answer)?;
        stream.conn.send_close_notify();
        stream.flush()
    });
    (server, reference)
}

/// A run of the small suite that trusts this authority.
#[track_caller]
fn trusting(authority: &Authority, server: &Server, more: &[&str]) -> Finished {
    let (folder, suite) = (tempfile::tempdir().unwrap(), small_suite());
    let file = folder.path().join("ca.pem");
    authority.write(&file);
    let run: Conform = run_against(&format!("https://{}", server.address));
    let run = run.args(more).arg("--cacert").arg(&file);
    bounded(run.arg("--suite").arg(suite.path()))
}

#[test]
fn a_certificate_is_judged_by_its_time_and_its_host() {
    let authority = Authority::new();
    for (identity, why) in [
        (Identity::Expired, "expired"),
        (Identity::OfAnotherHost, "not valid for name"),
    ] {
        let (server, _reference) = encrypted(authority.certify(identity));
        assert_untestable(trusting(&authority, &server, &[]))
            .says("the certificate of https://")
            .says(why);
        trusting(&authority, &server, &["--insecure"]).expect(0);
    }
    let (server, _reference) = encrypted(authority.certify(Identity::Good));
    trusting(&authority, &server, &[]).expect(0);
}

#[test]
fn a_certificate_that_nobody_vouches_for() {
    let (server, _reference) = encrypted(Tls::self_signed());
    let other = Authority::new();
    assert_untestable(trusting(&other, &server, &[]))
        .says("the certificate of https://")
        .says("--cacert");
    trusting(&other, &server, &["--insecure"]).expect(0);
}

#[test]
fn tls_to_a_server_without_it() {
    let server = Server::start(|mut stream| {
        stream.write_all(&answer("400 Bad Request", &[JSON], "plain HTTP"))
    });
    let run = run_against(&format!("https://{}", server.address)).arg("--insecure");
    assert_untestable(bounded(run)).says("no TLS connection");
}

#[test]
fn no_tls_to_a_server_with_it() {
    let (server, _reference) = encrypted(Tls::self_signed());
    untestable(&server.base_url()).says("no usable answer from");
}
