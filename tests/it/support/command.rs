//! The program as a child process, bounded in time.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

/// No run of these tests comes near it, however busy the machine.
const LONGEST: Duration = Duration::from_mins(3);
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_conform");

/// A run of the program that has not begun: with no base URL in the environment, in a folder of its own that
/// takes the reports.
pub struct Conform {
    command: Command,
    folder: TempDir,
}

pub fn conform<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Conform {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .env_remove("CONFORM_BASE_URL")
        // These tests may themselves be a part of a workflow.
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Conform { command, folder }
}

impl Conform {
    pub fn arg(self, argument: impl AsRef<OsStr>) -> Self {
        self.args([argument])
    }

    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// The folder that it will run in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn stdout(mut self, to: impl Into<Stdio>) -> Self {
        self.command.stdout(to);
        self
    }

    /// Where the reports will be.
    pub fn reports(&self) -> PathBuf {
        self.folder.path().join("reports")
    }

    /// Writes the reports into `reports` of its folder.
    pub fn start(mut self) -> Started {
        let reports = self.reports();
        self.command.arg("--report-dir").arg(reports);
        self.start_as_is()
    }

    pub fn run(self) -> Finished {
        self.start().finish()
    }

    /// The same without `--report-dir`.
    pub fn run_as_is(self) -> Finished {
        self.start_as_is().finish()
    }

    /// The same without `--report-dir`.
    pub fn start_as_is(mut self) -> Started {
        let mut child = self.command.spawn().unwrap();
        Started {
            stdout: child.stdout.take().map(read_to_end),
            stderr: child.stderr.take().map(read_to_end),
            child,
            folder: self.folder,
        }
    }
}

/// Reads beside the test, so that a full pipe holds nobody up, and a wait for the end can be bounded.
fn read_to_end(mut from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is worth showing all the same.
        drop(from.read_to_end(&mut bytes));
        drop(sender.send(String::from_utf8_lossy(&bytes).into_owned()));
    });
    receiver
}

/// A run under way.
pub struct Started {
    child: Child,
    stdout: Option<Receiver<String>>,
    stderr: Option<Receiver<String>>,
    folder: TempDir,
}

impl Started {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.id().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    #[track_caller]
    pub fn finish(mut self) -> Finished {
        let read = |receiver: Option<Receiver<String>>| match receiver {
            Some(receiver) => receiver.recv_timeout(LONGEST).ok(),
            None => Some(String::new()),
        };
        let (stderr, stdout) = (read(self.stderr), read(self.stdout));
        let in_time = stderr.is_some() && stdout.is_some();
        if !in_time {
            drop(self.child.kill());
        }
        let status = self.child.wait().unwrap();
        assert!(in_time, "it did not end within {LONGEST:?}");
        Finished {
            code: status.code(),
            stdout: stdout.unwrap_or_default(),
            stderr: stderr.unwrap_or_default(),
            folder: self.folder,
        }
    }
}

/// A run that has ended.
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    folder: TempDir,
}

impl Finished {
    /// Asserts the exit code, and that nothing in the program broke.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        let all = self.all();
        assert_eq!(self.code, Some(code), "{all}");
        assert!(!all.contains("panicked"), "{all}");
        self
    }

    /// Asserts that it refused to run: one error, no scenario, no report.
    #[track_caller]
    pub fn expect_refusal(self) -> Self {
        let refused = self.expect(2);
        assert_eq!(refused.stdout, "");
        let errors = refused.stderr.matches("error:").count();
        assert_eq!(errors, 1, "{}", refused.stderr);
        assert!(!refused.reports().exists());
        refused
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        let all = self.all();
        let found = all.contains(text) || on_one_line(&all).contains(text);
        assert!(found, "`{text}` is not in:\n{all}");
        self
    }

    #[track_caller]
    pub fn never_says(&self, text: &str) -> &Self {
        let all = self.all();
        let found = all.contains(text) || on_one_line(&all).contains(text);
        assert!(!found, "`{text}` is in:\n{all}");
        self
    }

    /// Everything that it printed.
    pub fn all(&self) -> String {
        format!("{}\n{}", self.stderr, self.stdout)
    }

    /// The folder that it ran in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn reports(&self) -> PathBuf {
        self.folder.path().join("reports")
    }

    #[track_caller]
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.report_file("report.json")).unwrap()
    }

    #[track_caller]
    pub fn report_file(&self, name: &str) -> String {
        fs::read_to_string(self.reports().join(name)).unwrap()
    }

    /// The verdict on a clause.
    #[track_caller]
    pub fn verdict(&self, clause: &str) -> String {
        let report = self.report();
        let clauses = report["clauses"].as_array().unwrap();
        let found = clauses.iter().find(|found| found["id"] == clause);
        let found = found.unwrap_or_else(|| panic!("no verdict on {clause}"));
        found["verdict"].as_str().unwrap().to_owned()
    }
}

/// A text for a snapshot: what differs from run to run, or from system to system, has a name in it.
pub fn steady(text: &str) -> String {
    // Scenarios end in any order.
    let (mut trials, others): (Vec<&str>, Vec<&str>) = text
        .split_inclusive('\n')
        .partition(|line| line.starts_with("test "));
    trials.sort_unstable();
    let text: String = trials.into_iter().chain(others).collect();
    [
        (r#"[^\s`'"=(]*/\.tmp\w{6}"#, "<folder>"),
        // Where the line is broken depends on the length of that.
        (r"\sreports\sin\s<folder>", " reports in <folder>"),
        (r"127\.0\.0\.1:[1-6]\d{4}\b", "127.0.0.1:<port>"),
        (r"\(os error \d+\)", "(os error <number>)"),
        (r"\(\d+ ms\)", "(<time>)"),
        (r"\bin \d+(\.\d+)? ?s\b", "in <time>"),
    ]
    .into_iter()
    .fold(text, |text, (differs, name)| {
        let differs = Regex::new(differs).unwrap();
        differs.replace_all(&text, name).into_owned()
    })
}

/// A text as it was before it was broken into lines.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `conform serve` as a child; it ends with this value.
pub struct Served {
    pub child: Child,
    pub base_url: String,
}

impl Served {
    pub fn start<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--addr", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, receiver) = channel();
        thread::spawn(move || drop(sender.send(lines.next())));
        match receiver.recv_timeout(LONGEST) {
            Ok(Some(Ok(base_url))) => Self { child, base_url },
            other => {
                drop(child.kill());
                panic!("no line with the base URL: {other:?}");
            }
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What `conform serve --provision-account` prints for a database.
pub fn printed_account(database: &Path) -> String {
    let Output { status, stdout, .. } = Command::new(PROGRAM)
        .args(["serve", "--provision-account", "--db"])
        .arg(database)
        .output()
        .unwrap();
    assert!(status.success());
    String::from_utf8(stdout).unwrap()
}
