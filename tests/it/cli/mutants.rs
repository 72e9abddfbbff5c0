//! `conform mutants`: what it tries, what it says of a suite that is sound, has gaps, or cannot be judged at all.
//!
//! The whole built-in suite takes its time, so most of these try small suites; `.ci/run` tries the whole.

use std::fs;
use std::sync::LazyLock;

use conform::selftest::{paired_variants, variants};
use serde_json::Value;

use crate::support::{Finished, Suite, closed_port, conform, reference, suite};

const LOGOUT: &str = "specs/account/logout.yaml";
const ME: &str = "specs/account/me.yaml";

/// Two mutants of the built-in suite, for all the tests that only look at them.
static TWO: LazyLock<Finished> =
    LazyLock::new(|| conform(["mutants", "logout.answers-2"]).run().expect(0));

/// A suite that notices everything that is wrong about its two clauses.
fn sound() -> Suite {
    let check = "    expect: { status: 200, schema: user }
    verifies: [me.describes]";
    let checks = r#"    expect:
      - { status: 200, schema: user, is_json: true }
      - { at: $.email, equals: "{{jane.email}}" }
    verifies: [me.describes]"#;
    suite().changed(ME, check, checks)
}

fn tried(suite: &Suite) -> Finished {
    conform(["mutants", "--suite"]).arg(suite.path()).run()
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.report_file("mutants.json")).unwrap()
}

fn list<'a>(report: &'a Value, member: &str) -> &'a Vec<Value> {
    report[member].as_array().unwrap()
}

#[test]
fn a_sound_suite_kills_every_mutant_and_blames_no_variant() {
    let finished = tried(&sound()).expect(0);
    finished.says("the suite is sound: ");
    let report = json(&finished);
    assert_eq!(report["sound"], true);
    assert_eq!(report["partial"], false);
    assert_eq!(report["suite"]["built_in"], false);
    // Mutants of clauses that this contract does not have break nothing.
    let statuses = &report["tally"]["behaviour"]["statuses"];
    assert_eq!(*statuses, serde_json::json!({ "killed": 2 }));
    let answers = &report["tally"]["answers"]["statuses"];
    assert_eq!(
        *answers,
        serde_json::json!({ "killed": 12, "equivalent": 3 })
    );
    let servers = Value::from(variants().count() + paired_variants().len());
    let tally = &report["tally"]["variants"];
    assert_eq!([&tally["servers"], &tally["clean"]], [&servers; 2]);
}

#[test]
fn a_survivor_is_told_and_fails_the_run() {
    let suite = sound().changed(LOGOUT, "status: 204,", "status: [204, 205],");
    let finished = tried(&suite).expect(1);
    finished
        .says("survived:\n  logout.answers-205 breaks logout.no-content\n    Logging out answers 205.")
        .says("the suite has gaps: ");
    let report = json(&finished);
    assert_eq!(report["sound"], false);
    let survivors = list(&report, "behaviour").iter();
    let survivors = survivors.filter(|finding| finding["status"] == "survived");
    let ids: Vec<&str> = survivors.map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["logout.answers-205"]);
}

#[test]
fn a_wrong_answer_that_nobody_notices_fails_the_run() {
    let finished = tried(&suite()).expect(1);
    finished.says("me alter-member $.email (survived)\n    tried at account/me:4");
}

#[test]
fn a_server_that_conforms_and_is_blamed_fails_the_run() {
    // No documentation says how an instant is written.
    let form = "      - { at: $.subscription.trial_ends_at, not_contains: \"+00:00\" }\n    verifies: [me.describes]";
    let suite = sound().changed(ME, "    verifies: [me.describes]", form);
    let finished = tried(&suite);
    let report = json(&finished);
    let failed = list(&report, "variants")
        .iter()
        .filter(|server| !list(server, "complaints").is_empty())
        .count();
    let clean = report["tally"]["variants"]["clean"].as_u64().unwrap();
    let servers = report["tally"]["variants"]["servers"].as_u64().unwrap();
    assert_eq!(servers - clean, u64::try_from(failed).unwrap());
    assert!(failed > 0);
    finished
        .expect(1)
        .says("false alarms, on servers that conform:")
        .says("me.describes: fail (account/me:");
}

#[test]
fn a_suite_that_blames_the_reference_cannot_be_judged() {
    let finished = tried(&suite().changed(ME, "status: 200", "status: 201")).expect(3);
    finished.says("the run is void").says("me.describes: fail");
    assert_eq!(finished.stdout, "");
    assert!(!finished.reports().join("mutants.json").exists());
}

#[test]
fn a_suite_that_misses_what_must_be_caught_cannot_be_judged() {
    let finished = tried(&suite().changed(LOGOUT, "status: 204,", "status: 2xx,")).expect(3);
    finished
        .says("the run is void")
        .says("a logout is answered by 200");
    assert!(!finished.reports().join("mutants.json").exists());
}

#[test]
fn a_filter_tries_the_mutants_that_it_names_and_nothing_else() {
    TWO.says("the suite is sound: 2 mutants, a part of all, in ")
        .never_says("servers that conform");
    let report = json(&TWO);
    assert_eq!(report["partial"], true);
    let ids: Vec<&Value> = list(&report, "behaviour")
        .iter()
        .map(|m| &m["id"])
        .collect();
    assert_eq!(ids, ["logout.answers-200", "logout.answers-205"]);
    for finding in list(&report, "behaviour") {
        assert_eq!(finding["status"], "killed");
        assert_eq!(finding["failed"], serde_json::json!(["logout.no-content"]));
    }
    assert_eq!(report["tally"]["behaviour"]["mean_blame"], 1.0);
    assert!(list(&report, "variants").is_empty() && list(&report, "answers").is_empty());
}

#[test]
fn the_bar_is_not_in_the_way_of_what_is_piped() {
    assert_eq!(TWO.stderr, "");
}

#[test]
fn the_json_satisfies_its_schema() {
    let schema = include_str!("../../../schemas/mutants.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let whole = tried(&suite());
    for finished in [&*TWO, &whole] {
        let report = json(finished);
        let mistakes = validator.iter_errors(&report);
        let mistakes: Vec<String> = mistakes.map(|error| error.to_string()).collect();
        assert_eq!(mistakes, [""; 0]);
        let last = report.as_object().unwrap().keys().next_back().unwrap();
        assert_eq!(
            (last.as_str(), &report["complete"]),
            ("complete", &Value::Bool(true))
        );
    }
    let mut less = json(&TWO);
    less.as_object_mut().unwrap().remove("complete");
    assert!(!validator.is_valid(&less));
}

#[test]
fn the_page_has_every_clause_and_every_mutant_that_was_tried() {
    let page = TWO.report_file("mutants.md");
    let report = json(&TWO);
    for clause in list(&report, "clauses") {
        let heading = format!("\n### {}\n", clause["id"].as_str().unwrap());
        assert_eq!(page.matches(&heading).count(), 1, "{heading}");
    }
    for finding in list(&report, "behaviour") {
        let row = format!(
            "\n| `{}` | {} | killed |\n",
            finding["id"].as_str().unwrap(),
            finding["what"].as_str().unwrap()
        );
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn two_runs_give_the_same_page() {
    let suite = sound();
    let page = || tried(&suite).report_file("mutants.md");
    assert_eq!(page(), page());
}

#[test]
fn a_name_that_no_mutant_has_is_wrong_usage() {
    conform(["mutants", "logout.answer-200"])
        .run()
        .expect_refusal()
        .says("no mutant has `logout.answer-200`")
        .says("did you mean `logout.answers-200`?");
}

#[test]
fn what_is_said_of_a_server_needs_one() {
    for arguments in [
        ["--profile", "core"],
        ["--provision", "true"],
        ["--email-domain", "example.com"],
        ["--wait-ready", "1s"],
        ["--cleanup", "true"],
    ] {
        conform(["mutants"])
            .args(arguments)
            .run()
            .expect_refusal()
            .says(&format!("{} says something of a server", arguments[0]));
    }
}

#[test]
fn on_a_server_only_its_answers_are_made_wrong() {
    let server = reference();
    let suite = sound();
    let finished = conform(["mutants", "--base-url", server.base_url(), "--suite"])
        .arg(suite.path())
        .run()
        .expect(0);
    finished.says(&format!("wrong answers of {}", server.base_url()));
    let report = json(&finished);
    assert_eq!(report["target"]["base_url"], server.base_url());
    assert!(list(&report, "behaviour").is_empty() && list(&report, "variants").is_empty());
    assert_eq!(list(&report, "answers").len(), 15);
    assert_eq!(report["not_passed"], serde_json::json!([]));
}

#[test]
fn a_server_of_a_target_file_is_left_as_after_a_run() {
    let (server, suite, folder) = (reference(), sound(), tempfile::tempdir().unwrap());
    let file = folder.path().join("target.yaml");
    let settings = format!("base_url: {}\ncleanup: cat; exit 7\n", server.base_url());
    fs::write(&file, settings).unwrap();
    let finished = conform(["mutants", "--target"])
        .arg(&file)
        .arg("--suite")
        .arg(suite.path())
        .run()
        .expect(0);
    finished.says(&format!("wrong answers of {}", server.base_url()));
    finished.says("warning: the cleanup command ended with exit status: 7");
    // No report of such a run lists them.
    assert!(finished.stderr.contains("; the e-mails are conform-"));
}

#[test]
fn what_a_server_does_not_pass_is_told() {
    let server = reference();
    let suite = sound().changed(LOGOUT, "status: 204,", "status: 200,");
    let finished = conform(["mutants", "--base-url", server.base_url(), "--suite"])
        .arg(suite.path())
        .run()
        .expect(1);
    finished.says("scenarios that the server itself does not pass: account/logout");
}

#[test]
fn a_filter_and_a_server_do_not_go_together() {
    conform(["mutants", "logout"])
        .env("CONFORM_BASE_URL", "http://127.0.0.1:1")
        .run()
        .expect_refusal()
        .says("`logout` selects mutants of the embedded reference");
}

#[test]
fn a_server_that_is_not_there_cannot_be_tested_and_leaves_no_older_report() {
    let (_reserved, address) = closed_port();
    let base_url = format!("http://{address}");
    let run = conform(["mutants", "--base-url", &base_url]);
    let reports = run.reports();
    fs::create_dir(&reports).unwrap();
    fs::write(reports.join("mutants.json"), "old").unwrap();
    let finished = run.run().expect(3);
    finished.says(&format!("nothing listens at {base_url}"));
    assert_eq!(fs::read_dir(&reports).unwrap().count(), 0);
}
