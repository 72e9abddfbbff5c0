//! `conform init`: a target file that is right, and whose every setting is right once it is taken in.

use std::fs;

use crate::support::{conform, reference};

fn written() -> String {
    let finished = conform(["init"]).run_as_is().expect(0);
    finished.says("wrote conform.yaml: fill it in, then run `conform`\n");
    fs::read_to_string(finished.folder().join("conform.yaml")).unwrap()
}

#[test]
fn the_written_file_is_one_to_begin_with() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("staging.yaml");
    let finished = conform(["init"]).arg(&file).run_as_is().expect(0);
    finished.says(&format!("run `conform --target {}`", file.display()));
    let server = reference();
    let run = conform(["tokens::", "--base-url", server.base_url(), "--target"]);
    run.arg(&file).run().expect(0);
}

#[test]
fn every_setting_of_the_written_file_can_be_taken_in() {
    let text = written();
    let settings = text.lines().filter(|line| {
        let setting = line.strip_prefix('#');
        setting.is_some_and(|setting| !setting.starts_with(' ') || setting.starts_with("  "))
    });
    assert!(settings.count() > 20, "{text}");
    let taken_in: Vec<&str> = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') || setting.starts_with("  ") => setting,
            _ => line,
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("target.yaml");
    fs::write(&file, taken_in.join("\n")).unwrap();
    let run = conform(["--list", "--target"]).arg(&file);
    let run = run.env("GATEWAY_KEY", "k3y").env("PROXY_PASSWORD", "pass");
    let finished = run.run_as_is().expect(0);
    finished.says("login::");
}

#[test]
fn a_file_that_exists_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.yaml");
    fs::write(&file, "mine").unwrap();
    let finished = conform(["init"]).arg(&file).run_as_is().expect(2);
    finished.says("mine.yaml").says("left alone");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}
