//! A failing run is told on a few screens, and `conform reproduce` shows a failure again.

use std::fs;
use std::path::Path;

use crate::support::{Finished, RawServer, Reference, answer, closed_port, conform, reference};

const LOGOUT: &str = "/api/auth/logout";

/// The lines after the last one of the progress.
fn lines_after_progress(finished: &Finished) -> Vec<&str> {
    let lines: Vec<&str> = finished.stdout.lines().collect();
    let last = lines.iter().rposition(|line| line.starts_with("test "));
    lines[last.unwrap() + 1..].to_vec()
}

#[track_caller]
fn run(base_url: &str, arguments: &[&str]) -> Finished {
    conform(["--base-url", base_url, "--skip", "rate-limit"])
        .args(arguments)
        .run()
}

#[test]
fn one_defect_is_told_in_sixty_lines_and_named_as_the_cause() {
    let defects = [
        (
            "POST",
            LOGOUT,
            200,
            r#"{"message":"bye"}"#,
            "logout.no-content",
        ),
        ("POST", LOGOUT, 500, "{}", "login.token-works"),
        ("GET", "/api/auth/me", 200, "{}", "me.describes-user"),
        ("POST", "/api/auth/register", 500, "{}", "register.created"),
        ("POST", "/api/auth/register", 302, "", "register.created"),
        ("DELETE", "/api/auth/tokens", 500, "{}", "login.token-works"),
    ];
    for (method, path, status, body, clause) in defects {
        // Where the reference does what it should.
        let server = Reference::answering(move |seen, response| {
            if seen.is(method, path) && response.status().is_success() {
                answer(status, "application/json", body)
            } else {
                response
            }
        });
        let finished = run(server.base_url(), &[]).expect(1);
        let lines = lines_after_progress(&finished);
        let text = lines.join("\n");
        assert!(lines.len() <= 60, "{} lines:\n{text}", lines.len());
        assert_eq!(finished.verdict(clause), "fail", "{text}");
        assert!(
            text.contains(&format!("reproduce: conform reproduce {clause}")),
            "{text}"
        );
        // The answer of logging out is all that this one is about.
        let is_alone = clause == "logout.no-content";
        let cause = format!("because {clause} failed: fix that first");
        assert_eq!(text.contains(&cause), !is_alone, "{text}");
    }
}

#[test]
fn whatever_the_server_the_summary_has_a_hundred_and_fifty_lines() {
    for (status, body) in [
        ("200 OK", "{}"),
        ("401 Unauthorized", "{}"),
        ("500 Error", "[1]"),
    ] {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n");
        let answer = format!("{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
        let server = RawServer::answering(answer);
        let finished = run(&server.base_url(), &["--profile", "all"]).expect(1);
        let lines = lines_after_progress(&finished);
        assert!(lines.len() <= 150, "{}", lines.join("\n"));
        // Asked for, everything is told.
        let whole = run(&server.base_url(), &["--profile", "all", "-v"]);
        let failed = whole.report()["count"]["fail"].as_u64().unwrap();
        let told = whole.stdout.matches("reproduce: conform reproduce").count();
        assert_eq!(told as u64, failed);
    }
}

#[track_caller]
fn reproduce(clause: &str, reports: &Path, arguments: &[&str]) -> Finished {
    conform(["reproduce", clause, "--report-dir"])
        .arg(reports)
        .args(arguments)
        .run_as_is()
}

#[test]
fn a_failure_is_shown_again_on_fresh_accounts() {
    let server = Reference::replacing("POST", LOGOUT, 200, r#"{"message":"bye"}"#);
    let finished = run(server.base_url(), &["tokens::"]).expect(1);
    let reports = finished.reports();
    let before = finished.report();
    let again = reproduce("logout.no-content", &reports, &[]).expect(1);
    again
        .says("logout.no-content: it fails again: expected status 204, got 200")
        .says(&format!(
            "curl -i -X POST '{}/api/auth/register'",
            server.base_url()
        ))
        .says(&format!("curl -i -X POST '{}{LOGOUT}'", server.base_url()));
    let lines: Vec<&str> = again.stdout.lines().collect();
    let last = lines
        .iter()
        .rposition(|line| line.starts_with("curl "))
        .unwrap();
    assert!(lines[last].contains(LOGOUT), "{}", again.stdout);
    assert_eq!(lines[last + 1], "  200");
    assert_eq!(finished.report(), before, "the last report stays");
    // Where it is mended, it is not.
    let mended = reference();
    reproduce(
        "logout.no-content",
        &reports,
        &["--base-url", mended.base_url()],
    )
    .expect(0)
    .says("logout.no-content: it does not fail again");
    let (_reserved, address) = closed_port();
    let nowhere = format!("http://{address}");
    reproduce("logout.no-content", &reports, &["--base-url", &nowhere]).expect(3);
    reproduce("logout.no-contents", &reports, &[])
        .expect(2)
        .says("did not fail in the last run")
        .says("logout.no-content");
    reproduce("logout.no-content", &reports.join("nowhere"), &[])
        .expect(2)
        .says("run the suite once");
}

/// What it does on a server, the tests of mutants try with Hurl itself.
#[test]
fn a_failure_leaves_a_file_for_hurl_until_the_next_run() {
    let server = Reference::replacing("POST", LOGOUT, 200, r#"{"message":"bye"}"#);
    let finished = run(server.base_url(), &["tokens::"]).expect(1);
    let folder = finished.reports().join("reproduce");
    let file = folder.join("logout.no-content.hurl");
    insta::assert_snapshot!(fs::read_to_string(&file).unwrap());
    let reports = finished.reports();
    let mended = reference();
    conform(["--base-url", mended.base_url(), "--report-dir"])
        .arg(&reports)
        .arg("tokens::")
        .run_as_is()
        .expect(0);
    assert!(!file.exists());
}

#[test]
fn the_curl_lines_make_the_same_calls_again() {
    let server = Reference::replacing("POST", LOGOUT, 200, r#"{"message":"bye"}"#);
    let finished = run(server.base_url(), &["tokens::"]).expect(1);
    let again = reproduce("logout.no-content", &finished.reports(), &[]).expect(1);
    let mut lines = again.stdout.lines();
    let line = lines.rfind(|line| line.starts_with("curl ")).unwrap();
    // The shell is asked what it would run, with a stand-in for the secret.
    let variable = line.split('$').nth(1).unwrap();
    let variable: String = variable
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}\n{line}");
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .env(&variable, "7|stand in")
        .output()
        .unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let url = format!("{}{LOGOUT}", server.base_url());
    assert!(words.lines().any(|word| word == url), "{words}");
    assert!(
        words.contains("authorization: Bearer 7|stand in"),
        "{words}"
    );
}
