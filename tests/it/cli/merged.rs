//! `conform merge`: slices of one run, made one report.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Finished, Reference, conform, reference};

const PROFILES: [&str; 2] = ["--profile", "core,sessions"];

fn run(server: &Reference, arguments: &[&str]) -> Finished {
    conform(["--base-url", server.base_url()])
        .args(PROFILES)
        .args(arguments)
        .run()
}

fn slices(server: &Reference, count: usize) -> Vec<Finished> {
    let slice = |index| format!("slice:{index}/{count}");
    let runs = (1..=count).map(|index| run(server, &["--partition", &slice(index)]));
    runs.collect()
}

fn merge(reports: &[PathBuf]) -> Finished {
    conform(["merge"]).args(reports).run()
}

fn paths(runs: &[Finished]) -> Vec<PathBuf> {
    runs.iter().map(Finished::reports).collect()
}

/// What a report says, without what differs from run to run.
fn said(finished: &Finished) -> Value {
    let report = finished.report();
    let clauses = report["clauses"].as_array().unwrap().iter();
    let verdicts = clauses.map(|clause| (clause["id"].clone(), clause["verdict"].clone()));
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    let outcomes = scenarios.map(|scenario| (scenario["id"].clone(), scenario["outcome"].clone()));
    serde_json::json!({
        "clauses": verdicts.collect::<Vec<_>>(),
        "scenarios": outcomes.collect::<Vec<_>>(),
        "profiles": report["profiles"],
        "count": report["count"],
        "conclusion": report["conclusion"],
        "selection": { "slice": report["selection"]["slice"], "profiles": report["selection"]["profiles"] },
        "complete": report["complete"],
        "partial": report["partial"],
    })
}

#[test]
fn slices_make_the_report_of_the_whole_run() {
    let server = reference();
    let runs = slices(&server, 3);
    let merged = merge(&paths(&runs)).expect(0);
    let whole = run(&server, &[]);
    assert_eq!(said(&merged), said(&whole));
    let accounts = |finished: &Finished| finished.report()["accounts"].as_array().unwrap().len();
    assert_eq!(accounts(&merged), runs.iter().map(accounts).sum::<usize>());
    assert!(
        merged
            .report_file("junit.xml")
            .contains(r#"name="names-reason" classname="revoke""#)
    );
    // The order in which they are named makes no difference.
    let mut reversed = paths(&runs);
    reversed.reverse();
    assert_eq!(said(&merge(&reversed).expect(0)), said(&whole));
}

#[test]
fn a_violation_in_one_slice_is_one_of_the_whole_with_its_story() {
    let server = Reference::replacing("POST", "/api/auth/logout", 200, r#"{"message":"bye"}"#);
    let runs = slices(&server, 2);
    let merged = merge(&paths(&runs)).expect(1);
    assert_eq!(merged.verdict("logout.no-content"), "fail");
    let told = |finished: &Finished| {
        let junit = finished.report_file("junit.xml");
        let (_, case) = junit.split_once(r#"<testcase name="no-content" classname="logout">"#)?;
        let start = case.find("   at specs/")?;
        case[start..].lines().next().map(str::to_owned)
    };
    let in_slices: Vec<String> = runs.iter().filter_map(told).collect();
    assert!(in_slices.contains(&told(&merged).unwrap()));
}

#[test]
fn what_is_not_all_slices_of_one_run_is_refused() {
    let (server, other) = (reference(), reference());
    let runs = slices(&server, 3);
    let all = paths(&runs);
    let refused = |reports: &[&Path], message: &str| {
        let reports: Vec<PathBuf> = reports.iter().map(|path| path.to_path_buf()).collect();
        let finished = merge(&reports).expect(2);
        finished.says(message);
        assert!(!finished.reports().exists());
    };
    let [a, b, c] = [&all[0], &all[1], &all[2]].map(PathBuf::as_path);
    refused(&[a, c], "these are missing: 2");
    refused(&[a, b, b, c], "slice 2 of 3, which is there already");
    let whole = run(&other, &[]);
    refused(&[a, b, &whole.reports()], "is the report of no slice");
    let elsewhere = run(&other, &["--partition", "slice:3/3"]);
    refused(&[a, b, &elsewhere.reports()], "in the server");
    let of_two = run(&server, &["--partition", "slice:2/2"]);
    refused(&[a, &of_two.reports()], "in the number of slices");
    let strict = run(&server, &["--partition", "slice:3/3", "--strict"]);
    refused(&[a, b, &strict.reports()], "in what was to be verified");
    let file = c.join("report.json");
    let text = fs::read_to_string(&file).unwrap();
    let digest = runs[2].report()["suite"]["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    fs::write(&file, text.replace(&digest, &"0".repeat(64))).unwrap();
    refused(&[a, b, c], "in the suite");
    fs::write(&file, text.replace(r#""index": 3"#, r#""index": 9"#)).unwrap();
    refused(&[a, b, c], "it has no slice 9 of 3");
    fs::write(&file, &text[..text.len() / 2]).unwrap();
    refused(&[a, b, c], "is cut off");
}
