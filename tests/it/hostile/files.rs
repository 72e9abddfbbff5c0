//! Files that a pull request may bring: links that lead elsewhere, and what is no file at all.
#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::hostile::runs::bounded_as_is;
use crate::support::{Finished, conform, suite};

const GIB: u64 = 1024 * 1024 * 1024;
/// What a file outside holds; none of it may be shown.
const FOREIGN: &str = "root:x:0:0\nfirst: forbidden\n- second forbidden\n";

/// Refused within the bounds of time and memory, and nothing of what stands elsewhere is shown.
#[track_caller]
fn refused(arguments: &[&str], path: &Path) -> Finished {
    let finished = bounded_as_is(conform(arguments).arg(path)).expect(2);
    finished.never_says("forbidden").never_says("root:x");
    finished
}

/// A folder with something in it, and a file outside of it.
fn outside() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwords.yaml");
    fs::write(&file, FOREIGN).unwrap();
    (folder, file)
}

#[test]
fn a_link_that_leads_out_of_a_suite() {
    let (_outside, file) = outside();
    for place in [
        "specs/account/me.yaml",
        "schemas/user.json",
        "specs/contract.yaml",
    ] {
        let suite = suite();
        let link = suite.path().join(place);
        fs::remove_file(&link).unwrap();
        symlink(&file, &link).unwrap();
        let arguments = ["--base-url", "http://127.0.0.1:9", "--suite"];
        refused(&arguments, suite.path()).says("a link that leads out of");
        refused(&["check", "--suite"], suite.path()).says("a link that leads out of");
    }
    let [suite, other] = [suite(), suite()];
    let specs = other.path().join("specs");
    fs::remove_dir_all(&specs).unwrap();
    symlink(suite.path().join("specs"), &specs).unwrap();
    refused(&["check", "--suite"], other.path()).says("a link that leads out of");
}

#[test]
fn a_link_within_a_suite_is_followed() {
    let suite = suite();
    let file = suite.path().join("specs/account/me.yaml");
    let moved = suite.path().join("specs/account/me.txt");
    fs::rename(&file, &moved).unwrap();
    symlink("me.txt", &file).unwrap();
    conform(["--suite"]).arg(suite.path()).run().expect(0);
}

#[test]
fn a_target_file_that_is_a_link_out_of_its_folder() {
    let (_outside, file) = outside();
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("target.yaml");
    symlink(&file, &link).unwrap();
    refused(&["--target"], &link).says("a link that leads out of");
    fs::remove_file(&link).unwrap();
    // As a volume of Kubernetes has it.
    fs::create_dir(folder.path().join("..data")).unwrap();
    fs::write(folder.path().join("..data/target.yaml"), "bas_url: x\n").unwrap();
    symlink("..data/target.yaml", &link).unwrap();
    refused(&["--target"], &link).says("unknown key `bas_url`");
}

/// Everything that names a file to read.
const FLAGS: [&[&str]; 8] = [
    &["--base-url", "http://127.0.0.1:9", "--target"],
    &["--base-url", "http://127.0.0.1:9", "--totp-account"],
    &["--base-url", "https://127.0.0.1:9", "--cacert"],
    &["--base-url", "http://127.0.0.1:9", "--baseline"],
    &["diff"],
    &["merge"],
    &[
        "certify",
        "--vendor",
        "v",
        "--product",
        "p",
        "--version",
        "1",
        "--key",
    ],
    &["verify", "bundle", "--key"],
];

#[test]
fn what_is_no_regular_file_or_larger_than_memory() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let huge = folder.path().join("huge");
    File::create(&huge).unwrap().set_len(64 * GIB).unwrap();
    for flags in FLAGS {
        for (path, why) in [
            (Path::new("/dev/zero"), "it is no regular file"),
            (&fifo, "it is no regular file"),
            (&huge, "it has more than"),
        ] {
            // `diff` takes two.
            let again = flags.contains(&"diff").then_some(path);
            bounded_as_is(conform(flags).arg(path).args(again))
                .expect(2)
                .says(why);
        }
    }
}

#[test]
fn a_pipe_or_a_huge_file_among_those_of_a_suite() {
    let suite = suite();
    let huge = suite.path().join("specs/account/huge.yaml");
    File::create(&huge).unwrap().set_len(64 * GIB).unwrap();
    refused(&["check", "--suite"], suite.path()).says("huge.yaml: it has more than 1 MiB");
    fs::remove_file(&huge).unwrap();
    let text = format!("# {}\n", "x".repeat(1024 * 1000));
    for number in 0..70 {
        fs::write(
            suite.path().join(format!("specs/account/x{number}.yaml")),
            &text,
        )
        .unwrap();
    }
    refused(&["check", "--suite"], suite.path()).says("holds more than 32 MiB");
}
