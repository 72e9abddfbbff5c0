//! In a workflow of GitHub a run shows what it has found where the workflow shows it.

use std::fs;

use crate::support::{Conform, Reference, Suite, conform, suite};

/// A run of the small suite on a server whose logout answers 200 in place of 204.
fn broken(arguments: &[&str]) -> (Reference, Suite, Conform) {
    let (server, suite) = (
        Reference::replacing("POST", "/api/auth/logout", 200, "{}"),
        suite(),
    );
    let run = conform(["--base-url", server.base_url(), "--suite"])
        .arg(suite.path())
        .args(arguments);
    (server, suite, run)
}

#[test]
fn annotations_are_printed_where_they_are_asked_for_or_read() {
    let place = "/specs/account/logout.yaml,line=";
    for (arguments, github, annotated) in [
        (&[][..], "true", true),
        (&["--annotations", "github"], "", true),
        (&["--annotations", "none"], "true", false),
        (&[], "", false),
    ] {
        let (_server, _suite, run) = broken(arguments);
        let finished = run.env("GITHUB_ACTIONS", github).run().expect(1);
        let commands = finished
            .stderr
            .lines()
            .filter(|line| line.starts_with("::"));
        let commands: Vec<&str> = commands.collect();
        assert_eq!(!commands.is_empty(), annotated, "{}", finished.stderr);
        assert!(
            commands
                .iter()
                .all(|line| line.starts_with("::error file=") && line.contains(place)),
            "{commands:?}"
        );
    }
}

#[test]
fn the_job_summary_is_added_to_what_is_there() {
    let (_server, _suite, run) = broken(&[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.md");
    fs::write(&path, "of an earlier step\n").unwrap();
    let finished = run
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", path.to_str().unwrap())
        .run()
        .expect(1);
    let expected = format!(
        "of an earlier step\n{}\n",
        finished.report_file("summary.md")
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn a_job_summary_that_cannot_be_written_is_a_warning() {
    let (_server, _suite, run) = broken(&[]);
    let folder = tempfile::tempdir().unwrap();
    let finished = run
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", folder.path().to_str().unwrap())
        .run()
        .expect(1);
    finished
        .says("warning: cannot add to ")
        .says("GITHUB_STEP_SUMMARY");
}

#[test]
fn events_are_alone_on_standard_output() {
    let (_server, _suite, run) = broken(&["--format", "json", "--annotations", "github"]);
    let finished = run.run().expect(1);
    assert!(!finished.stdout.contains("::error"), "{}", finished.stdout);
    assert!(finished.stderr.contains("::error"), "{}", finished.stderr);
}
