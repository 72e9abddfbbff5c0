//! The program as its users start it: listing the suite, and running all of it against the embedded reference.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::{Effort, Figure, Folder, Tried, median, milliseconds};

const LIST_RUNS: usize = 200;
const MEMORY_RUNS: usize = 20;
const SUITE_RUNS: usize = 5;
/// The program's exit code for wrong usage; what is higher up to here is a verdict on the server.
const WRONG_USAGE: i32 = 2;

/// `conform --list`: every editor and test runner that shows the suite waits for it.
pub(crate) fn list(effort: &Effort) -> Tried<Vec<Figure>> {
    let output = conform(&["--list"]).output()?;
    let scenarios = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| line.ends_with(": test"))
        .count();
    if !output.status.success() || scenarios == 0 {
        return Err(format!("`conform --list` ended with {}", output.status).into());
    }
    let (mut lists, mut versions) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds(LIST_RUNS) {
        lists.push(wall(&["--list"])?);
        // What it costs to start this program at all.
        versions.push(wall(&["--version"])?);
    }
    let mut peaks = Vec::new();
    for _ in 0..effort.rounds(MEMORY_RUNS) {
        peaks.extend(peak_kibibytes()?);
    }
    let runs = lists.len();
    let (start, slowest) = (median(versions), lists.iter().copied().fold(0.0, f64::max));
    let wall = Figure {
        name: format!("conform --list, wall, median of {runs}"),
        measured: Some(median(lists)),
        target: 6.0,
        unit: "ms",
        notes: vec![
            format!(
                "{scenarios} scenarios, standard output to nowhere; the slowest run: {slowest:.2} ms"
            ),
            format!("`conform --version`, in turns with it: median {start:.2} ms"),
        ],
    };
    let peak = peaks.iter().copied().reduce(f64::max);
    let memory = Figure {
        name: format!("conform --list, peak memory, highest of {}", peaks.len()),
        measured: peak.map(|kibibytes| kibibytes * 1024.0 / 1e6),
        target: 25.0,
        unit: "MB",
        notes: vec![
            "VmHWM in /proc/PID/status, read again and again until the process ended (Linux alone has it)"
                .to_owned(),
        ],
    };
    Ok(vec![wall, memory])
}

/// The whole suite against the embedded reference, reports included.
pub(crate) fn suite(effort: &Effort) -> Tried<Vec<Figure>> {
    let folder = Folder::new("suite")?;
    let dir = folder.path().display().to_string();
    let (mut walls, mut notes) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds(SUITE_RUNS) {
        let start = Instant::now();
        let status = conform(&["--report-dir", &dir])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        walls.push(start.elapsed().as_secs_f64());
        let code = status.code().ok_or("`conform` was killed")?;
        if code == WRONG_USAGE || code > 4 {
            return Err(format!("`conform` ended with {status}").into());
        }
        let report: Value = serde_json::from_slice(&fs::read(folder.path().join("report.json"))?)?;
        let scenarios = report["scenarios"].as_array().map_or(0, Vec::len);
        let run = report["milliseconds"].as_f64().unwrap_or_default();
        notes = vec![format!(
            "{scenarios} scenarios, exit code {code}; of the last wall time the run itself took {run:.0} ms"
        )];
    }
    Ok(vec![Figure {
        name: format!(
            "whole suite, embedded reference, wall, median of {}",
            walls.len()
        ),
        measured: Some(median(walls)),
        target: 3.0,
        unit: "s",
        notes,
    }])
}

fn conform(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conform"));
    command
        .args(arguments)
        .env_remove("CONFORM_BASE_URL")
        .stdin(Stdio::null());
    command
}

fn wall(arguments: &[&str]) -> Tried<f64> {
    let mut command = conform(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status()?;
    let wall = milliseconds(start.elapsed());
    if status.success() {
        Ok(wall)
    } else {
        Err(format!("`conform {}` ended with {status}", arguments.join(" ")).into())
    }
}

/// The most memory that one run had resident at a time. It only grows, so the last reading before the end
/// misses what little is taken after it.
fn peak_kibibytes() -> Tried<Option<f64>> {
    let mut child = conform(&["--list"]).stdout(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak: Option<f64> = None;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
        // Only ever more; nothing once the process has ended.
        peak = kibibytes.or(peak);
    }
    Ok(peak)
}
