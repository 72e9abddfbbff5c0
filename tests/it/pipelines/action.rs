//! The action: what it gives to the program, and what it makes of its end.

use std::fs;

use serde_json::json;

use super::project::Project;
use super::runner::Runner;
use super::{examples, scripts, text, workflows, yaml};

/// In place of the program: writes down its arguments, a line each, and fails.
const RECORDER: &str = r#"printf '%s\n' "$@" >arguments; exit 7"#;

#[test]
fn each_input_is_one_argument_and_no_command() {
    let project = Project::broken();
    let recorder = project.script("recorder", RECORDER);
    fs::create_dir(project.path("below")).unwrap();
    let mut runner = Runner::with_program(&project, recorder);
    let (code, outputs) = runner.action(&json!({
        "base-url": "http://127.0.0.1:1",
        "target": "a file.yaml",
        "profile": "core",
        "provision": "make \"one\"; touch pwned",
        "args": "--clause\nlogout.no-content\n\n--skip=$(touch pwned) `touch pwned` *\n",
        "working-directory": "below",
        "report-dir": "of this run",
        "artifact": "",
    }));
    assert_eq!(code, 7, "{}", runner.output);
    let folder = project.path("below");
    let report_dir = folder.canonicalize().unwrap().join("of this run");
    let report_dir = report_dir.to_str().unwrap();
    assert_eq!(outputs["steps.action.outputs.exit-code"], "7");
    assert_eq!(outputs["steps.action.outputs.report-dir"], report_dir);
    let arguments = fs::read_to_string(folder.join("arguments")).unwrap();
    assert_eq!(
        arguments.lines().collect::<Vec<_>>(),
        [
            "--report-dir",
            "of this run",
            "--base-url",
            "http://127.0.0.1:1",
            "--target",
            "a file.yaml",
            "--profile",
            "core",
            "--provision",
            "make \"one\"; touch pwned",
            "--wait-ready",
            "60s",
            "--clause",
            "logout.no-content",
            "--skip=$(touch pwned) `touch pwned` *",
        ]
    );
    assert!(!folder.join("pwned").exists());
    assert!(runner.uploads.is_empty(), "no artifact was asked for");
}

#[test]
fn without_a_server_nothing_is_tested() {
    let project = Project::broken();
    let recorder = project.script("recorder", RECORDER);
    let mut runner = Runner::with_program(&project, recorder);
    let (code, outputs) = runner.action(&json!({}));
    assert_eq!(code, 2);
    assert_eq!(outputs["steps.action.outputs.exit-code"], "2");
    assert!(
        runner
            .output
            .starts_with("::error title=conform::Name the server")
    );
    assert!(!project.path("arguments").exists());
    let (code, _) = runner.action(&json!({ "install-only": "true" }));
    assert_eq!(code, 0, "{}", runner.output);
    assert!(!project.path("arguments").exists());
}

/// What GitHub puts into a script before the shell reads it could be commands.
#[test]
fn no_script_of_a_workflow_contains_an_expression() {
    let files = workflows().into_iter();
    let files = files.map(|path| fs::read_to_string(path).unwrap());
    let page = examples()
        .into_iter()
        .filter(|one| one.file.contains(".yml"));
    let all = files
        .chain(page.map(|one| one.text))
        .chain([text("action.yml")]);
    let scripts: Vec<String> = all.flat_map(|text| scripts(&yaml(&text))).collect();
    assert!(scripts.len() > 10, "{scripts:?}");
    for script in scripts {
        assert!(!script.contains("${{"), "{script}");
    }
}

#[test]
fn the_workflow_tests_with_the_oldest_rust_that_is_supported() {
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    let workflow = yaml(&text(".github/workflows/ci.yml"));
    let versions = &workflow["jobs"]["everything"]["strategy"]["matrix"]["rust"];
    assert_eq!(versions, &json!([oldest, "stable"]));
}
