//! The server's clock: what the report says of it, and when the summary does.

use axum::http::HeaderValue;
use axum::http::header::DATE;
use serde_json::json;

use crate::support::{Finished, RawServer, Reference, conform, http_answer};

fn ahead(finished: &Finished) -> f64 {
    let report = finished.report();
    assert!(report["clock_uncertainty_seconds"].as_f64().unwrap() <= 1.5);
    report["clock_ahead_seconds"].as_f64().unwrap()
}

/// A server whose `Date` is so many seconds ahead.
fn server(seconds: i64) -> Reference {
    Reference::answering(move |_, mut answer| {
        let there = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let date = there.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let date = HeaderValue::from_str(&date).unwrap();
        answer.headers_mut().insert(DATE, date);
        answer
    })
}

fn dated(seconds: i64) -> Finished {
    let server = server(seconds);
    conform(["register::new-account", "--base-url", server.base_url()])
        .run()
        .expect(0)
}

#[test]
fn a_clock_that_is_off_by_more_than_a_minute_is_noted() {
    let finished = dated(-600);
    finished.says(" s behind this machine's, give or take");
    assert!((ahead(&finished) + 600.0).abs() < 2.0);
    assert_eq!(finished.report()["clock_source"], "date");
    let finished = dated(20);
    finished.never_says("the server's clock is");
    assert!((ahead(&finished) - 20.0).abs() < 2.0);
}

/// Seconds in sixty years.
const SIXTY_YEARS: i64 = 60 * 366 * 24 * 60 * 60;

#[test]
fn a_time_that_no_server_has_is_unknown_and_nobody_waits_for_a_code_by_it() {
    let server = server(-SIXTY_YEARS);
    let account = server.provisioned_account();
    let run = conform(["--clause", "totp.code-completes", "--base-url"]).arg(server.base_url());
    let file = run.folder().join("account.json");
    std::fs::write(&file, serde_json::to_string(&account).unwrap()).unwrap();
    let provision = format!("cat '{}'", file.display());
    let finished = run.args(["--provision", &provision]).run().expect(0);
    let report = finished.report();
    assert_ne!(report["clock_source"], "date");
    assert_eq!(report["conclusion"], "conforms");
}

#[test]
fn a_clock_that_nobody_tells_is_as_the_user_says() {
    let server = RawServer::answering(http_answer("401 Unauthorized", "application/json", "{}"));
    let base_url = server.base_url();
    let run = || conform(["register::new-account", "--base-url", &base_url]);
    let finished = run().args(["--clock-offset", "-600"]).run();
    finished.says(
        "the server's clock is 600.0 s behind this machine's, give or take 1.0 s (--clock-offset",
    );
    assert!((ahead(&finished) + 600.0).abs() < f64::EPSILON);
    assert_eq!(finished.report()["clock_source"], "given");

    let run = run();
    let file = run.folder().join("target.yaml");
    std::fs::write(&file, "clock_offset: 90\n").unwrap();
    let finished = run.arg("--target").arg(file).run();
    assert!((ahead(&finished) - 90.0).abs() < f64::EPSILON);

    let unknown = conform(["register::new-account", "--base-url", &base_url]).run();
    let report = unknown.report();
    for member in [
        "clock_ahead_seconds",
        "clock_uncertainty_seconds",
        "clock_source",
    ] {
        assert_eq!(report[member], json!(null), "{member}");
    }
}
