//! No secret that goes over the wire stands in anything that a run leaves behind, in whatever encoding.

use std::fmt::Write as _;
use std::fs;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Finished, Reference, Wire, conform, forms, listened_to};

/// Accounts with a second factor in files, and the command that hands out one after the other.
fn accounts(server: &Reference, wire: &Mutex<Wire>) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..8 {
        let account = server.provisioned_account();
        let mut wire = wire.lock().unwrap();
        wire.add(&account.password);
        wire.add(&account.totp_secret);
        account
            .recovery_codes
            .iter()
            .for_each(|code| wire.add(code));
        let file = folder.path().join(format!("{number}.json"));
        fs::write(file, serde_json::to_string(&account).unwrap()).unwrap();
    }
    let command = format!(
        "cd '{}' && for file in *.json; do mv $file $file.taken && exec cat $file.taken; done",
        folder.path().display()
    );
    (folder, command)
}

/// Every text in a JSON value, and in JSON that stands in it as text.
fn texts(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => {
            let _ = writeln!(into, "{text}");
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                texts(&inner, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(members) => members.values().for_each(|member| texts(member, into)),
        _ => {}
    }
}

#[track_caller]
fn assert_keeps_secrets(finished: &Finished, wire: &Mutex<Wire>) {
    let mut unpacked = String::new();
    texts(&finished.report(), &mut unpacked);
    let junit = finished.report_file("junit.xml");
    let places = [
        ("standard output", finished.stdout.clone()),
        ("standard error", finished.stderr.clone()),
        ("report.json", finished.report_file("report.json")),
        ("summary.md", finished.report_file("summary.md")),
        ("exchanges.har", finished.report_file("exchanges.har")),
        (
            "report.html",
            finished
                .report_file("report.html")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&#60;", "<")
                .replace("&#62;", ">")
                .replace("&#38;", "&"),
        ),
        ("the texts of report.json", unpacked),
        (
            "junit.xml",
            junit
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"),
        ),
    ];
    let wire = wire.lock().unwrap();
    assert!(
        wire.secrets.len() > 10,
        "{} secrets were seen",
        wire.secrets.len()
    );
    for (place, text) in &places {
        for secret in &wire.secrets {
            for form in forms(secret) {
                let at = text.find(&form);
                assert!(
                    at.is_none(),
                    "{secret} stands in {place} as {form}: {}",
                    around(text, at)
                );
            }
        }
        for code in &wire.codes {
            let at = text
                .match_indices(code.as_str())
                .find(|(at, _)| stands_alone(text, *at, code.len()));
            let at = at.map(|(at, _)| at);
            assert!(
                at.is_none(),
                "the code {code} stands in {place}: {}",
                around(text, at)
            );
        }
    }
}

fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    !text[..at].ends_with(is_part) && !text[at + length..].starts_with(is_part)
}

fn around(text: &str, at: Option<usize>) -> String {
    let at = text[..at.unwrap_or(0)].chars().count();
    text.chars()
        .skip(at.saturating_sub(120))
        .take(300)
        .collect()
}

#[test]
fn a_conforming_run_shows_no_secret() {
    let wire = Arc::<Mutex<Wire>>::default();
    let server = listened_to(&wire, |_| None);
    let (_folder, command) = accounts(&server, &wire);
    let finished = conform(["--base-url", server.base_url(), "--provision", &command])
        .run()
        .expect(0);
    assert!(!wire.lock().unwrap().codes.is_empty());
    assert_keeps_secrets(&finished, &wire);
}

#[test]
fn a_failing_run_against_a_server_that_repeats_secrets_shows_none() {
    let wire = Arc::<Mutex<Wire>>::default();
    // Refusals become successes, and every one of them repeats what was sent in many encodings.
    let server = listened_to(&wire, |answer| {
        if answer.path != "/api/auth/logout" && answer.status != StatusCode::UNAUTHORIZED {
            return None;
        }
        let mut seen = Wire::default();
        seen.add_exchange(answer.bearer.as_deref(), &answer.request, answer);
        let body: Vec<String> = seen
            .secrets
            .iter()
            .flat_map(|secret| forms(secret))
            .collect();
        let response = Response::builder()
            .status(200)
            .header(header::CONTENT_TYPE, "text/plain")
            .header("x-debug", body.join(", "));
        Some(response.body(Body::from(body.join("\n"))).unwrap())
    });
    let (_folder, command) = accounts(&server, &wire);
    let arguments = [
        "--base-url",
        server.base_url(),
        "--provision",
        &command,
        "--skip",
        "rate-limit",
    ];
    let finished = conform(arguments).run().expect(1);
    finished
        .says("curl -i -X")
        .says("$TOKEN_")
        .says("$PASSWORD_");
    assert_keeps_secrets(&finished, &wire);
}

#[test]
fn a_header_of_the_user_is_a_secret_too() {
    let wire = Arc::<Mutex<Wire>>::default();
    let server = listened_to(&wire, |answer| {
        let logout = answer.path == "/api/auth/logout";
        logout.then(|| Response::new(Body::from("the key is kQ7-gateway/key+1")))
    });
    let header = "X-Gateway-Key: kQ7-gateway/key+1";
    let arguments = [
        "tokens::revoke-one",
        "--exact",
        "--base-url",
        server.base_url(),
        "--header",
        header,
    ];
    let finished = conform(arguments).run().expect(1);
    finished.says("$HEADER_1");
    wire.lock().unwrap().add("kQ7-gateway/key+1");
    assert_keeps_secrets(&finished, &wire);
}
