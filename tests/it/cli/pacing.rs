//! A server that limits each address: the run keeps to its limits, and its verdict is as right as without them.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::header::RETRY_AFTER;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use conform::reference::{Limits, Quota};

use crate::support::{Conform, Finished, Reference, answer, conform, reference, reference_with};

/// As `conform check` counts them: `login`, `login-totp` and `register`.
const THROTTLED_CALLS: u32 = 60;
const LOGINS: u32 = 33;
/// Further logins that take a 429 for an answer, before the check that asks for one.
const REFUSED_LOGINS: u32 = 15;
const CODES: u32 = 11;
const ATTEMPTS: u32 = 10;
const THROTTLED_PATHS: [&str; 3] = [
    "/api/auth/register",
    "/api/auth/login",
    "/api/auth/login/totp",
];

/// Starts a server with windows of that length.
type Start = fn(Duration) -> (Reference, Arc<Mutex<Seen>>);

/// What a server has seen of its limits.
#[derive(Default)]
struct Seen {
    refused: u32,
    /// Windows that were opened, and the end and the calls of the last, where throttled calls are counted together.
    windows: u32,
    open: Option<(Instant, u32)>,
}

/// The reference with ten attempts to log in for each address and window.
fn limited(window: Duration) -> (Reference, Arc<Mutex<Seen>>) {
    let limits = Limits {
        per_address: Some(Quota {
            attempts: ATTEMPTS,
            window,
            lockout: None,
        }),
        ..Limits::default()
    };
    meeting(limits, |_, _| None)
}

/// The reference behind what a stock Laravel has: ten calls of guests for each address and window, whatever they are.
fn limited_together(window: Duration) -> (Reference, Arc<Mutex<Seen>>) {
    meeting(Limits::default(), move |seen, path| {
        if !THROTTLED_PATHS.contains(&path) {
            return None;
        }
        let now = Instant::now();
        let (end, used) = seen.open.filter(|(end, _)| now < *end).unwrap_or_else(|| {
            seen.windows += 1;
            (now + window, 0)
        });
        seen.open = Some((end, (used + 1).min(ATTEMPTS)));
        (used == ATTEMPTS).then(|| {
            let mut refusal = answer(
                429,
                "application/json",
                r#"{"message":"Too Many Attempts."}"#,
            );
            let headers = refusal.headers_mut();
            // Whole seconds, the rest cut off.
            headers.insert(RETRY_AFTER, (end - now).as_secs().into());
            headers.insert("x-ratelimit-limit", ATTEMPTS.into());
            refusal
        })
    })
}

/// The reference with these limits, behind something that may refuse calls of its own accord.
fn meeting(
    limits: Limits,
    refuse: impl Fn(&mut Seen, &str) -> Option<Response> + Clone + Send + Sync + 'static,
) -> (Reference, Arc<Mutex<Seen>>) {
    let seen = Arc::<Mutex<Seen>>::default();
    let reference = reference_with(limits, {
        let seen = Arc::clone(&seen);
        move |router| {
            router.layer(from_fn(move |request: Request, next: Next| {
                let refusal = refuse(&mut seen.lock().unwrap(), request.uri().path());
                let seen = Arc::clone(&seen);
                async move {
                    let response = match refusal {
                        Some(refusal) => refusal,
                        None => next.run(request).await,
                    };
                    seen.lock().unwrap().refused += u32::from(response.status().as_u16() == 429);
                    response
                }
            }))
        }
    });
    (reference, seen)
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
    let (reference, seen) = limited(Duration::from_secs(2));
    let finished = run(&reference, "--provision", &declared(2)).run().expect(0);
    finished
        .says(&format!(
            "\n{LOGINS} calls of `login` at 10/2s: about 7 s\n"
        ))
        .says("keeping to 10/2s: calls wait for")
        .says("to keep to the declared limits; the server throttled nothing");
    let throttling = finished.report()["throttling"].clone();
    assert_eq!(throttling["answers"], 0);
    // Only the check of 429 was refused: five calls at most that take any refusal, and the one that asks for it.
    assert!((1..=8).contains(&seen.lock().unwrap().refused));
    // Each window of logins and of codes but the first is waited for once; nothing is waited for that is not used.
    let windows = |calls: u32| f64::from(calls.div_ceil(ATTEMPTS) - 1);
    let windows = windows(LOGINS + REFUSED_LOGINS) + windows(CODES);
    let paced = waited(&finished, "paced_milliseconds");
    assert!(paced > 0.0 && paced <= windows * 2_250.0, "{paced}");
}

#[test]
fn a_run_that_knows_no_limit_waits_where_it_is_asked_to() {
    let (reference, _) = limited(Duration::from_secs(2));
    let finished = run(&reference, "--provision", "{}\n").run().expect(0);
    finished
        .says("the server throttles `login`: its calls wait for")
        .never_says("the server throttles `me`");
    let throttling = finished.report()["throttling"].clone();
    assert!(throttling["answers"].as_u64().unwrap() >= 1, "{throttling}");
    assert!(waited(&finished, "milliseconds") > 0.0);
}

#[test]
fn limits_beyond_the_patience_leave_clauses_unproven_and_nobody_blamed() {
    let (reference, _) = limited(Duration::from_mins(1));
    let target = format!("max_wait: 1s\n{}", declared(60));
    let finished = run(&reference, "--provision", &target).run().expect(4);
    finished.says("--max-wait 1 s");
    assert_eq!(finished.report()["count"]["fail"], 0);
    assert_eq!(finished.verdict("register.created"), "pass");
}

#[test]
fn a_limit_for_all_calls_without_a_token_costs_few_more_windows_than_it_has_to() {
    let (reference, seen) = limited_together(Duration::from_secs(2));
    run(&reference, "--provision", "{}\n").run().expect(0);
    // Nobody knows the limit: some windows begin before all that wait for one have heard of it.
    let windows = seen.lock().unwrap().windows;
    let needed = THROTTLED_CALLS.div_ceil(ATTEMPTS);
    assert!(
        (needed..=2 * needed).contains(&windows),
        "{windows} windows, of which {needed} are needed"
    );
}

#[test]
fn a_limit_of_all_calls_holds_back_all_of_them_and_one_by_account_hardly_any() {
    let reference = reference();
    let pace = |limits: &str| {
        let target = format!("capabilities: {{ rate_limits: {{ {limits} }} }}\n");
        let finished = run(&reference, "--provision", &target)
            .arg("tokens::")
            .run()
            .expect(0);
        waited(&finished, "paced_milliseconds")
    };
    // Of some forty calls twenty-five at a time.
    assert!(pace("all: 25/2s") > 1_000.0);
    assert!(pace("login: 10/min per account") < f64::EPSILON);
}

#[test]
#[ignore = "takes minutes: prints how near a run comes to the time that the limits ask for"]
fn the_time_of_a_run_is_that_of_the_limits() {
    const SECONDS: u64 = 12;
    let window = Duration::from_secs(SECONDS);
    let together = format!("capabilities: {{ rate_limits: {{ all: {ATTEMPTS}/{SECONDS}s }} }}\n");
    let unknown = || "{}\n".to_owned();
    for (start, calls, account, target) in [
        (limited as Start, LOGINS, "--provision", unknown()),
        (limited, LOGINS, "--provision", declared(SECONDS)),
        (limited, LOGINS, "--totp-account", declared(SECONDS)),
        (
            limited_together,
            THROTTLED_CALLS,
            "--totp-account",
            unknown(),
        ),
        (
            limited_together,
            THROTTLED_CALLS,
            "--totp-account",
            together,
        ),
    ] {
        let (reference, seen) = start(window);
        let run = run(&reference, account, &target);
        let begin = Instant::now();
        run.run().expect(0);
        let elapsed = begin.elapsed().as_secs_f64();
        let asked = f64::from(calls) / f64::from(ATTEMPTS) * window.as_secs_f64();
        println!(
            "{elapsed:.1} s, {:.2} of the {asked:.0} s of {calls} calls at {ATTEMPTS} in {SECONDS} s; {} refused \
             ({account}, {})",
            elapsed / asked,
            seen.lock().unwrap().refused,
            target.trim()
        );
        assert!(elapsed <= 1.15 * asked);
    }
}
