//! `--list`, and what selects scenarios.

use std::collections::BTreeSet;
use std::io;

use serde_json::Value;

use crate::support::{conform, reference, suite};

/// The names that `--list` prints with these arguments besides.
#[track_caller]
fn listed(arguments: &[&str]) -> Vec<String> {
    let finished = conform(["--list"]).args(arguments).run().expect(0);
    assert_eq!(finished.stderr, "");
    assert!(!finished.reports().exists());
    let names = finished.stdout.lines().map(|line| {
        let name = line.strip_suffix(": test");
        name.unwrap_or_else(|| panic!("`{line}` names no scenario"))
            .to_owned()
    });
    names.collect()
}

#[test]
fn a_list_names_every_scenario_and_starts_nothing() {
    let names = listed(&[]);
    assert!(
        names.contains(&"login::default-client-type".to_owned()),
        "{names:?}"
    );
    assert!(names.contains(&"rate-limit::login".to_owned()), "{names:?}");
    let different: BTreeSet<_> = names.iter().collect();
    assert_eq!(different.len(), names.len());
}

#[test]
fn all_profiles_are_claimed_in_one_word() {
    let every = "core,sessions,totp,rate-limit,hardening,concurrency";
    let all = listed(&["--profile", "all"]);
    assert_eq!(all, listed(&["--profile", every]));
    assert!(all.len() > listed(&[]).len(), "{all:?}");
}

#[test]
fn a_list_needs_no_server() {
    assert_eq!(listed(&["--base-url", "http://127.0.0.1:1"]), listed(&[]));
}

#[test]
fn a_filter_selects_by_a_part_of_the_name() {
    let all = listed(&[]);
    let chosen = listed(&["login::"]);
    let expected: Vec<_> = all.into_iter().filter(|n| n.contains("login::")).collect();
    assert!(!chosen.is_empty());
    assert_eq!(chosen, expected);
}

#[test]
fn an_exact_filter_selects_one() {
    assert_eq!(
        listed(&["login::default-client-type", "--exact"]),
        ["login::default-client-type"]
    );
    conform(["login::default-client", "--exact", "--list"])
        .run()
        .expect_refusal()
        .says("no scenario matches `login::default-client`");
}

#[test]
fn skip_leaves_out_what_it_names() {
    let all = listed(&[]);
    let kept = listed(&["--skip", "login", "--skip", "totp::"]);
    let expected: Vec<_> = all
        .into_iter()
        .filter(|name| !name.contains("login") && !name.contains("totp::"))
        .collect();
    assert!(!kept.is_empty());
    assert_eq!(kept, expected);
}

#[test]
fn the_slices_are_disjoint_and_together_everything() {
    let mut together = Vec::new();
    for slice in ["slice:1/3", "slice:2/3", "slice:3/3"] {
        let part = listed(&["--partition", slice]);
        assert!(!part.is_empty(), "{slice}");
        together.extend(part);
    }
    let mut all = listed(&[]);
    all.sort();
    together.sort();
    assert_eq!(together, all);
}

#[test]
fn a_profile_lists_the_scenarios_that_prove_it() {
    let names = listed(&["--profile", "rate-limit"]);
    assert_eq!(names, ["rate-limit::emails", "rate-limit::login"]);
}

#[test]
fn a_list_that_nobody_reads_to_its_end_is_no_error() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let finished = conform(["--list"]).stdout(writer).run().expect(0);
    assert_eq!(finished.stderr, "");
}

#[test]
fn a_run_that_nobody_reads_still_ends_with_its_verdict() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let suite = suite();
    let finished = conform(["--suite"]).arg(suite.path()).stdout(writer).run();
    let finished = finished.expect(0);
    assert_eq!(finished.verdict("me.describes"), "pass");
}

#[test]
fn a_terse_run_prints_a_character_a_scenario() {
    let suite = suite();
    let finished = conform(["--format", "terse", "--test-threads", "1", "--suite"])
        .arg(suite.path())
        .run()
        .expect(0);
    assert!(finished.stdout.lines().any(|line| line == ".."));
    finished.never_says("account::me ");
}

#[test]
fn a_json_run_leaves_standard_output_to_the_events() {
    let suite = suite();
    let finished = conform(["--format", "json", "--suite"])
        .arg(suite.path())
        .run()
        .expect(0);
    let events: Vec<Value> = finished
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let passed = |name: &str| {
        let mut events = events.iter();
        events.any(|event| event["name"] == name && event["event"] == "ok")
    };
    assert!(passed("account::me") && passed("account::logout"));
    assert!(
        finished.stderr.contains("exit code 0: the server conforms"),
        "{}",
        finished.stderr
    );
}

#[test]
fn the_events_of_libtest_never_say_ok_if_something_is_not_verified() {
    // Without an account that has a second factor.
    let server = reference();
    let arguments = [
        "--profile",
        "totp",
        "--base-url",
        server.base_url(),
        "--format",
    ];
    let json = conform(arguments).arg("json").run().expect(4);
    let last = json.stdout.lines().last().unwrap();
    assert!(last.contains(r#""event": "failed""#), "{last}");
    let terse = conform(arguments).arg("terse").run().expect(4);
    terse.says("test result: FAILED.");
}

#[test]
fn one_thread_runs_one_scenario_at_a_time() {
    let suite = suite();
    let finished = conform(["--format", "json", "--test-threads", "1", "--suite"])
        .arg(suite.path())
        .run()
        .expect(0);
    let report = finished.report();
    let spans: Vec<(jiff::Timestamp, f64)> = report["scenarios"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scenario| {
            let started = scenario["started"].as_str().unwrap().parse().unwrap();
            (started, scenario["milliseconds"].as_f64().unwrap())
        })
        .collect();
    let [first, second] = spans[..] else {
        panic!("{spans:?}");
    };
    let (first, second) = if first.0 < second.0 {
        (first, second)
    } else {
        (second, first)
    };
    let between = second.0.duration_since(first.0).as_secs_f64() * 1e3;
    assert!(between >= first.1, "{between} ms, {} ms", first.1);
}
