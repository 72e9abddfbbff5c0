//! A server that limits each address: the run keeps to its limits, and its verdict is as right as without them.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use conform::reference::{Limits, Quota};

use crate::support::{Conform, Finished, Reference, conform, reference_with};

/// As `conform check` counts them: `login`, `login-totp` and `register`.
const THROTTLED_CALLS: u32 = 60;
const LOGINS: u32 = 32;
const ATTEMPTS: u32 = 10;
/// Scenarios that may have a call under way as the first is refused.
const AT_ONCE: u64 = 16;

/// The reference with ten attempts to log in for each address and window, and how many it has refused.
fn limited(window: Duration) -> (Reference, Arc<AtomicUsize>) {
    let limits = Limits {
        per_address: Some(Quota {
            attempts: ATTEMPTS,
            window,
            lockout: None,
        }),
        ..Limits::default()
    };
    let refused = Arc::<AtomicUsize>::default();
    let reference = reference_with(limits, {
        let refused = Arc::clone(&refused);
        |router| {
            router.layer(from_fn(move |request: Request, next: Next| {
                let refused = Arc::clone(&refused);
                async move {
                    let response = next.run(request).await;
                    if response.status().as_u16() == 429 {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                    response
                }
            }))
        }
    });
    (reference, refused)
}

/// A run of all default profiles with one account that has a second factor, named by this flag, and maybe more in
/// the target file.
fn run(reference: &Reference, account: &str, target: &str) -> Conform {
    let run = conform(["--base-url", reference.base_url()]);
    let file = run.folder().join("account.json");
    let one = reference.provisioned_account();
    fs::write(&file, serde_json::to_string(&one).unwrap()).unwrap();
    let settings = run.folder().join("target.yaml");
    fs::write(&settings, target).unwrap();
    let source = match account {
        "--provision" => format!("cat '{}'", file.display()),
        _ => file.display().to_string(),
    };
    run.arg("--target").arg(settings).arg(account).arg(source)
}

fn declared(seconds: u64) -> String {
    format!(
        "capabilities: {{ rate_limits: {{ login: {ATTEMPTS}/{seconds}s, login-totp: {ATTEMPTS}/{seconds}s }} }}\n"
    )
}

fn waited(finished: &Finished, member: &str) -> f64 {
    finished.report()["throttling"][member].as_f64().unwrap()
}

#[test]
fn a_run_that_knows_the_limits_meets_none_before_it_means_to() {
    let (reference, refused) = limited(Duration::from_secs(2));
    let finished = run(&reference, "--provision", &declared(2)).run().expect(0);
    finished
        .says("\n32 calls of `login` at 10/2s: about 7 s\n")
        .says("keeping to 10/2s: throttled calls wait for")
        .says("to keep to the declared limits; the server throttled nothing");
    let throttling = finished.report()["throttling"].clone();
    assert_eq!(throttling["answers"], 0);
    assert_eq!(throttling["learnt_limits"], serde_json::json!([]));
    // Only the proof of 429 was refused: five calls at most that take any refusal, and the one that asks for it.
    assert!((1..=8).contains(&refused.load(Ordering::Relaxed)));
    // Each window but the first is waited for once; nothing is waited for that is not used.
    let windows = f64::from(LOGINS.div_ceil(ATTEMPTS) - 1);
    let paced = waited(&finished, "paced_milliseconds");
    assert!(paced > 0.0 && paced <= windows * 2_250.0, "{paced}");
}

#[test]
fn a_run_learns_the_limits_that_nobody_has_told_it() {
    let (reference, _) = limited(Duration::from_secs(2));
    let finished = run(&reference, "--provision", "{}\n").run().expect(0);
    finished
        .says("the server throttles: all calls wait for")
        .says("learnt: 10 calls of login in");
    let report = finished.report();
    let throttling = &report["throttling"];
    let met = throttling["answers"].as_u64().unwrap();
    assert!((1..=AT_ONCE).contains(&met), "{throttling}");
    let learnt = throttling["learnt_limits"].as_array().unwrap();
    let of_login = learnt.iter().find(|limit| limit["operation"] == "login");
    assert_eq!(of_login.unwrap()["calls"], 10);
    assert!(waited(&finished, "paced_milliseconds") > 0.0);
}

#[test]
fn limits_beyond_the_patience_leave_clauses_unproven_and_nobody_blamed() {
    let (reference, _) = limited(Duration::from_mins(1));
    let target = format!("max_wait: 1s\n{}", declared(60));
    let finished = run(&reference, "--provision", &target).run().expect(4);
    finished.says("--max-wait 1 s");
    assert_eq!(finished.report()["count"]["violated"], 0);
    assert_eq!(finished.verdict("register.created"), "holds");
}

#[test]
#[ignore = "takes minutes: prints how near a run comes to the time that the limits ask for"]
fn the_time_of_a_run_is_that_of_the_limits() {
    const WINDOW: u64 = 12;
    for (account, target) in [
        ("--provision", String::from("{}\n")),
        ("--provision", declared(WINDOW)),
        ("--totp-account", declared(WINDOW)),
    ] {
        let (reference, refused) = limited(Duration::from_secs(WINDOW));
        let run = run(&reference, account, &target);
        let start = Instant::now();
        run.run().expect(0);
        let elapsed = start.elapsed().as_secs_f64();
        let window = f64::from(u32::try_from(WINDOW).unwrap());
        let asked = f64::from(THROTTLED_CALLS) / f64::from(ATTEMPTS) * window;
        println!(
            "{account} {}: {elapsed:.1} s, {:.2} of {asked:.0} s ({THROTTLED_CALLS} calls at {ATTEMPTS} in {WINDOW} s); \
             {} refused",
            target.trim(),
            elapsed / asked,
            refused.load(Ordering::Relaxed)
        );
        assert!(elapsed <= 1.15 * asked);
    }
}
