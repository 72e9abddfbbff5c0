//! Reports are whole or absent, whatever becomes of the run or of the disk, and an old one never passes for a new one.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use conform::report::RUN_FILES;
use serde_json::Value;

use crate::hostile::front::{Server, silence};
use crate::support::{conform, reference, suite};

const LONGEST: Duration = Duration::from_mins(1);

/// The reports of an earlier run.
fn old_reports(dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    for name in RUN_FILES {
        fs::write(dir.join(name), "old").unwrap();
    }
}

fn files(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// The small suite, run by another program that takes something away from it first.
fn run_by(program: &[&str], base_url: &str, reports: &Path) -> Output {
    let suite = suite();
    let output = Command::new(program[0])
        .args(&program[1..])
        .arg(env!("CARGO_BIN_EXE_conform"))
        .args(["--base-url", base_url, "--suite"])
        .arg(suite.path())
        .arg("--report-dir")
        .arg(reports)
        .output();
    output.unwrap()
}

#[track_caller]
fn assert_refused(output: &Output, reports: &Path) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("--report-dir"), "{error}");
    assert!(error.contains(reports.to_str().unwrap()), "{error}");
    assert!(!error.contains("panicked"), "{error}");
}

#[test]
fn a_disk_without_room_for_the_reports() {
    let (folder, reference) = (tempfile::tempdir().unwrap(), reference());
    let reports = folder.path().join("reports");
    old_reports(&reports);
    // No file may be longer than two blocks, and whoever tries is told so.
    let script = r#"trap "" XFSZ; ulimit -f 2; exec "$0" "$@""#;
    let output = run_by(&["sh", "-c", script], reference.base_url(), &reports);
    assert_refused(&output, &reports);
    assert!(output.stdout.starts_with(b"test account::"));
    assert_eq!(files(&reports), Vec::<String>::new());
}

#[test]
fn a_folder_that_must_not_be_written_in() {
    let (folder, reference) = (tempfile::tempdir().unwrap(), reference());
    let reports = folder.path().join("reports");
    old_reports(&reports);
    fs::set_permissions(&reports, fs::Permissions::from_mode(0o555)).unwrap();
    // Whom no permission stops is stopped by giving up that power.
    let powerful = fs::write(reports.join("trial"), "").is_ok();
    let output = if powerful {
        fs::remove_file(reports.join("trial")).unwrap();
        let program = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
        run_by(&program, reference.base_url(), &reports)
    } else {
        run_by(&["env"], reference.base_url(), &reports)
    };
    assert_refused(&output, &reports);
    assert_eq!(output.stdout, b"", "no scenario is run");
    fs::set_permissions(&reports, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_run_that_is_killed_leaves_no_older_report() {
    let (sender, called) = channel();
    let server = Server::always(move |stream| {
        let _ = sender.send(());
        silence(stream)
    });
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("reports");
    old_reports(&reports);
    let mut child = Command::new(env!("CARGO_BIN_EXE_conform"))
        .args(["--timeout", "1h", "--base-url", &server.base_url()])
        .arg("--report-dir")
        .arg(&reports)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    called.recv_timeout(LONGEST).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(files(&reports), Vec::<String>::new());
}

#[test]
fn a_pipe_that_is_closed_costs_no_report() {
    let (reference, suite) = (reference(), suite());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = conform(["--base-url", reference.base_url(), "--suite"]).arg(suite.path());
    let finished = run.stdout(writer).run().expect(0);
    assert_eq!(finished.report()["complete"], true);
    assert!(
        finished
            .report_file("junit.xml")
            .trim_end()
            .ends_with("</testsuites>")
    );
}

#[test]
fn two_runs_into_one_folder_leave_the_reports_of_one() {
    let (folder, suite) = (tempfile::tempdir().unwrap(), suite());
    let reports = folder.path().join("reports");
    let servers = [reference(), reference(), reference()];
    let runs = servers.each_ref().map(|server| {
        Command::new(env!("CARGO_BIN_EXE_conform"))
            .args(["--base-url", server.base_url(), "--suite"])
            .arg(suite.path())
            .arg("--report-dir")
            .arg(&reports)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    });
    for mut run in runs {
        assert_eq!(run.wait().unwrap().code(), Some(0));
    }
    // A suite of its own has no page of broken servers.
    let mut whole = RUN_FILES.to_vec();
    whole.retain(|name| *name != "mutants.html");
    whole.sort_unstable();
    assert_eq!(files(&reports), whole);
    let report = fs::read_to_string(reports.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let target = report["target"]["base_url"].as_str().unwrap();
    let junit = fs::read_to_string(reports.join("junit.xml")).unwrap();
    assert!(junit.contains(target), "{target} is not in:\n{junit}");
}
