//! Signals end a run at once, and what was found by then is written.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};

use crate::support::{
    Conform, Finished, Reference, Suite, answer, conform, reference_behind, suite,
};

const LONGEST: Duration = Duration::from_mins(2);

/// A server that never answers one call, and a word when it is made.
fn hangs_at(method: &'static str, path: &'static str) -> (Reference, Receiver<()>) {
    let (sender, receiver) = channel();
    let server = Reference::meeting(move |seen| {
        let hangs = seen.is(method, path);
        if hangs {
            let _ = sender.send(());
        }
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
        }
    });
    (server, receiver)
}

/// Starts a run, and sends the signal as soon as it hangs.
#[track_caller]
fn interrupted(run: Conform, hanging: &Receiver<()>, signal: &str) -> Finished {
    let started = run.start();
    hanging.recv_timeout(LONGEST).unwrap();
    started.signal(signal);
    started.finish()
}

/// The small suite, where a call may take longer than any test.
fn small_run(server: &Reference, suite: &Suite) -> Conform {
    conform([
        "--timeout",
        "1h",
        "--base-url",
        server.base_url(),
        "--suite",
    ])
    .arg(suite.path())
}

#[track_caller]
fn assert_incomplete(finished: &Finished) {
    let report = finished.report();
    assert_eq!(report["complete"], false);
    assert_eq!(report["conclusion"].as_str(), Some("inconclusive"));
    finished
        .says("the run was interrupted; reports in")
        .never_says("conforms");
    let junit = finished.report_file("junit.xml");
    assert!(
        junit.contains(r#"name="complete" value="false""#),
        "{junit}"
    );
}

#[test]
fn ctrl_c_ends_a_run_with_130_and_its_reports() {
    let (server, hanging) = hangs_at("GET", "/api/auth/me");
    let suite = suite();
    // The look before the run asks for the current user as well: here it hangs.
    let finished = interrupted(small_run(&server, &suite), &hanging, "INT").expect(130);
    assert_incomplete(&finished);
}

#[test]
fn the_longest_time_ends_a_run_with_4_and_its_reports() {
    let (server, _hanging) = hangs_at("POST", "/api/auth/logout");
    let suite = suite();
    let run = small_run(&server, &suite).args(["--max-time", "1s"]);
    let finished = run.run().expect(4);
    finished.says("the run ends here: it has taken 1 s, the longest time that it may (--max-time)");
    assert_incomplete(&finished);
}

#[test]
fn the_longest_time_ends_mutants_of_a_server() {
    let (server, _hanging) = hangs_at("POST", "/api/auth/logout");
    let (suite, run) = (
        suite(),
        conform(["mutants", "--timeout", "1h", "--max-time", "1s"]),
    );
    let run = run.args(["--base-url", server.base_url(), "--suite"]);
    let finished = run.arg(suite.path()).run().expect(4);
    finished.says("(--max-time)");
    assert_eq!(std::fs::read_dir(finished.reports()).unwrap().count(), 0);
}

#[test]
fn the_cleanup_command_is_run_after_ctrl_c_as_well() {
    let (server, hanging) = hangs_at("POST", "/api/auth/logout");
    let (suite, folder) = (suite(), tempfile::tempdir().unwrap());
    let file = folder.path().join("purged");
    let command = format!("cat > '{}'", file.display());
    let run = small_run(&server, &suite).args(["--cleanup", &command]);
    let finished = interrupted(run, &hanging, "INT").expect(130);
    let purged = std::fs::read_to_string(&file).unwrap();
    let report = finished.report();
    let accounts = report["accounts"].as_array().unwrap().iter();
    let accounts: Vec<&str> = accounts.map(|email| email.as_str().unwrap()).collect();
    assert!(!accounts.is_empty());
    assert_eq!(purged.lines().collect::<Vec<&str>>(), accounts);
}

#[test]
fn a_signal_ends_mutants_of_a_server_as_it_ends_a_run_and_leaves_no_report() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (server, hanging) = hangs_at("POST", "/api/auth/logout");
        let (suite, folder) = (suite(), tempfile::tempdir().unwrap());
        let file = folder.path().join("purged");
        let command = format!("cat > '{}'", file.display());
        let run = conform(["mutants", "--timeout", "1h", "--cleanup", &command]);
        let run = run.args(["--base-url", server.base_url(), "--suite"]);
        let finished = interrupted(run.arg(suite.path()), &hanging, signal).expect(code);
        finished.says("interrupted: no report is written");
        assert_eq!(std::fs::read_dir(finished.reports()).unwrap().count(), 0);
        let purged = std::fs::read_to_string(&file).unwrap();
        assert!(purged.starts_with("conform-"), "{purged}");
    }
}

/// The small suite, and after all of it a login.
fn suite_with_a_last_login() -> Suite {
    let login = r#"title: a login that comes last
exclusive: true
accounts: { jane: {} }
steps:
  - call: login
    body: { email: "{{jane.email}}", password: "{{jane.password}}" }
    expect: { status: 2xx }
    verifies: [me.describes]
"#;
    suite().with("specs/account/login.yaml", login)
}

#[test]
fn what_was_proven_before_the_signal_is_kept() {
    let (server, hanging) = hangs_at("POST", "/api/auth/login");
    let suite = suite_with_a_last_login();
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let finished = interrupted(small_run(&server, &suite), &hanging, signal).expect(code);
        assert_incomplete(&finished);
        assert_eq!(finished.verdict("logout.no-content"), "pass");
        assert_eq!(finished.verdict("me.describes"), "inconclusive");
    }
}

#[test]
fn a_polite_end_ends_a_run_with_143_and_its_reports() {
    let (server, hanging) = hangs_at("GET", "/api/auth/me");
    let suite = suite();
    let finished = interrupted(small_run(&server, &suite), &hanging, "TERM").expect(143);
    assert_incomplete(&finished);
}

#[test]
fn a_signal_goes_before_a_violation() {
    let (sender, hanging) = channel();
    let server = reference_behind(move |router| {
        router.layer(from_fn(move |request: Request, next: Next| {
            let sender = sender.clone();
            async move {
                match request.uri().path() {
                    "/api/auth/logout" => answer(200, "application/json", "{}"),
                    "/api/auth/login" => {
                        let _ = sender.send(());
                        std::future::pending().await
                    }
                    _ => next.run(request).await,
                }
            }
        }))
    });
    let suite = suite_with_a_last_login();
    let finished = interrupted(small_run(&server, &suite), &hanging, "INT").expect(130);
    assert_eq!(finished.verdict("logout.no-content"), "fail");
    assert_eq!(finished.report()["complete"], false);
}

#[test]
fn a_signal_ends_the_wait_for_a_throttling_server() {
    let (sender, waiting) = channel();
    let server = Reference::answering(move |seen, response| {
        if !seen.is("POST", "/api/auth/register") {
            return response;
        }
        let _ = sender.send(());
        let mut throttled = answer(429, "application/json", "{}");
        let seconds = "200".parse().unwrap();
        throttled.headers_mut().insert("retry-after", seconds);
        throttled
    });
    let suite = suite();
    let finished = interrupted(small_run(&server, &suite), &waiting, "INT").expect(130);
    assert_incomplete(&finished);
}
