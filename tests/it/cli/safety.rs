//! What a run does to a server of somebody else: refused, said beforehand, listed, undone as far as it can be.

use std::fs;
use std::sync::{Arc, Mutex};

use crate::support::{
    Finished, RawServer, Reference, answer, conform, http_answer, reference, suite,
};

/// What goes out goes to this proxy: no test reaches the host that it names.
fn proxy() -> RawServer {
    RawServer::answering(http_answer("404 Not Found", "text/plain", "no way"))
}

#[track_caller]
fn against(base_url: &str, settings: &str, arguments: &[&str]) -> Finished {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("target.yaml");
    fs::write(&file, format!("base_url: {base_url}\n{settings}")).unwrap();
    conform(["--target"]).arg(&file).args(arguments).run()
}

#[test]
fn a_host_that_is_listed_as_production_is_refused() {
    let proxy = proxy();
    let settings = |host: &str| format!("proxy: {}\nproduction: ['{host}']\n", proxy.base_url());
    for host in [
        "api.example.com",
        "API.example.com.",
        "https://api.example.com/v1",
    ] {
        let finished = against("http://api.example.com", &settings(host), &[]).expect_refusal();
        finished
            .says("is the production service")
            .says("--allow-production");
    }
    assert_eq!(proxy.connections(), 0);
    let allowed = ["--allow-production"];
    against(
        "http://api.example.com",
        &settings("api.example.com"),
        &allowed,
    )
    .expect(3);
    against("http://api.example.com", &settings("example.com"), &[]).expect(3);
    assert!(proxy.connections() > 0);
}

#[test]
fn what_a_run_will_do_is_said_before_it_does_it() {
    let proxy = proxy();
    let settings = format!(
        "proxy: {}\ncapabilities: {{ rate_limits: {{ register: 1/min }}, max_attempts: 7 }}\n",
        proxy.base_url()
    );
    let arguments = ["rate-limit::"];
    let finished = against("http://staging.example.com", &settings, &arguments).expect(3);
    finished
        .says(
            "this run registers up to 2 accounts at staging.example.com and makes 0 logins, then up to 31 failed \
             logins to verify a limit\n",
        )
        .says("\n2 calls of `register` at 1/min: about 2 min\n");
    let here = reference();
    against(here.base_url(), "", &["account"])
        .expect(0)
        .never_says("this run registers");
}

#[track_caller]
fn accounts(finished: &Finished) -> Vec<String> {
    let report = finished.report();
    let accounts = report["accounts"].as_array().unwrap().iter();
    accounts
        .map(|email| email.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_account_that_was_made_is_listed_and_no_other() {
    let made = Arc::<Mutex<usize>>::default();
    let server = Reference::answering({
        let made = Arc::clone(&made);
        move |seen, response| {
            if seen.is("POST", "/api/auth/register") && response.status().as_u16() == 201 {
                *made.lock().unwrap() += 1;
            }
            response
        }
    });
    // Its scenarios register anew, are refused, and make up accounts that they never register.
    let arguments = ["--base-url", server.base_url(), "register::"];
    let finished = conform(arguments).run().expect(0);
    let mut accounts = accounts(&finished);
    assert_eq!(accounts.len(), *made.lock().unwrap());
    accounts.sort();
    accounts.dedup();
    assert_eq!(accounts.len(), *made.lock().unwrap());
    assert!(accounts.iter().all(|email| email.starts_with("conform-")));
}

#[test]
fn an_account_that_may_have_been_made_is_listed() {
    for (status, listed) in [(500, 2), (422, 0)] {
        let server = Reference::replacing("POST", "/api/auth/register", status, "{}");
        let suite = suite();
        let run = conform(["--base-url", server.base_url(), "--suite"]).arg(suite.path());
        assert_eq!(accounts(&run.run().expect(4)).len(), listed, "{status}");
    }
}

#[test]
fn the_cleanup_command_gets_every_e_mail() {
    let (server, folder) = (reference(), tempfile::tempdir().unwrap());
    let file = folder.path().join("purged");
    let command = format!("cat > '{}'", file.display());
    let arguments = [
        "--base-url",
        server.base_url(),
        "--cleanup",
        &command,
        "tokens::",
    ];
    let finished = conform(arguments).run().expect(0);
    let purged = fs::read_to_string(&file).unwrap();
    let purged: Vec<&str> = purged.lines().collect();
    assert!(!purged.is_empty());
    assert_eq!(purged, accounts(&finished));
    finished.never_says("warning:");
    let settings = format!("cleanup: rm '{}'\n", file.display());
    against(server.base_url(), &settings, &["tokens::"]).expect(0);
    assert!(!file.exists());
}

#[test]
fn a_cleanup_that_fails_is_a_warning_and_no_more() {
    let server = reference();
    let base_url = ["--base-url", server.base_url(), "tokens::"];
    let run = conform(base_url).args(["--cleanup", "echo locked >&2; exit 7"]);
    let finished = run.run().expect(0);
    assert!(
        finished
            .stderr
            .contains("warning: the cleanup command ended with exit status: 7")
    );
    assert!(finished.stderr.contains("locked"));
}

#[test]
fn a_cleanup_without_accounts_is_not_run() {
    let proxy = proxy();
    let run = conform(["--base-url", &proxy.base_url(), "--cleanup", "exit 7"]);
    run.run().expect(3).never_says("cleanup");
}

/// Runs the small suite with these arguments; the statuses of all calls to end sessions, sorted.
fn ended_sessions(revoke_others: Option<u16>, arguments: &[&str]) -> (Vec<u16>, Vec<u16>) {
    let statuses = Arc::<Mutex<(Vec<u16>, Vec<u16>)>>::default();
    let server = Reference::answering({
        let statuses = Arc::clone(&statuses);
        move |seen, response| {
            let response = match revoke_others {
                Some(status) if seen.is("DELETE", "/api/auth/tokens") => {
                    answer(status, "application/json", "{}")
                }
                _ => response,
            };
            let mut statuses = statuses.lock().unwrap();
            let status = response.status().as_u16();
            if seen.is("DELETE", "/api/auth/tokens") {
                statuses.0.push(status);
            } else if seen.is("POST", "/api/auth/logout") {
                statuses.1.push(status);
            }
            response
        }
    });
    // The contract of the small suite lacks the operation that is needed here.
    let operation = "  revoke-token: { method";
    let with_others = format!(
        "  revoke-others: {{ method: DELETE, path: /api/auth/tokens, known: assumed, role: end-others }}\n{operation}"
    );
    let suite = suite().changed("specs/contract.yaml", operation, &with_others);
    let run = conform(["--base-url", server.base_url(), "--suite"]);
    run.arg(suite.path()).args(arguments).run().expect(0);
    let (mut others, mut logouts) = statuses.lock().unwrap().clone();
    others.sort_unstable();
    logouts.sort_unstable();
    (others, logouts)
}

#[test]
fn accounts_are_logged_out_of_everything_at_the_end() {
    // One of the two accounts has logged out by itself: its token is dead.
    assert_eq!(ended_sessions(None, &[]), (vec![200, 401], vec![204, 204]));
}

#[test]
fn accounts_are_logged_out_one_token_at_a_time_where_there_is_no_other_way() {
    let (others, logouts) = ended_sessions(Some(404), &[]);
    assert_eq!((others, logouts), (vec![404, 404], vec![204, 204, 401]));
}

#[test]
fn accounts_stay_logged_in_where_that_is_asked_for() {
    let left_alone = (Vec::new(), vec![204]);
    assert_eq!(ended_sessions(None, &["--no-logout"]), left_alone);
}

#[test]
fn a_server_that_fails_at_the_end_changes_no_verdict() {
    let (others, logouts) = ended_sessions(Some(500), &[]);
    assert_eq!((others.len(), logouts.len()), (2, 3));
}
