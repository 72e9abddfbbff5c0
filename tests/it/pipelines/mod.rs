//! The action, the workflow of this project and the examples of `docs/ci.md`, run as far as a shell can run them.

mod action;
mod checked;
mod examples;
mod project;
mod runner;

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// An example of the page: a fenced block whose first line is a comment that names its file.
struct Example {
    file: String,
    text: String,
}

fn examples() -> Vec<Example> {
    let block = Regex::new(r"(?ms)^```(yaml|sh|groovy)\n((?:#|//) (\S+)\n.*?)^```$").unwrap();
    let page = text("docs/ci.md");
    let all = block.captures_iter(&page).map(|found| Example {
        file: found[3].to_owned(),
        text: found[2].to_owned(),
    });
    all.collect()
}

fn example(file: &str) -> String {
    let mut all = examples().into_iter();
    let found = all.find(|example| example.file == file);
    found.unwrap_or_else(|| panic!("no example {file}")).text
}

/// The workflows that lie in this repository.
fn workflows() -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join(".github/workflows")).unwrap();
    folder.map(|entry| entry.unwrap().path()).collect()
}

/// The scripts of an action or of a workflow, for GitHub or for GitLab.
fn scripts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let of_each = members.iter().flat_map(|(name, value)| match value {
                Value::String(script) if name == "run" => vec![script.clone()],
                Value::Array(lines) if name.ends_with("script") => {
                    vec![joined(lines)]
                }
                value => scripts(value),
            });
            of_each.collect()
        }
        Value::Array(items) => items.iter().flat_map(scripts).collect(),
        _ => Vec::new(),
    }
}

/// Lines of a script that GitLab runs in one shell.
fn joined(lines: &[Value]) -> String {
    let lines = lines.iter().map(|line| line.as_str().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// The script of a `sh` step of Jenkins.
fn of_jenkins(pipeline: &str) -> String {
    let step = Regex::new(r"(?s)\bsh '''(.*?)'''").unwrap();
    step.captures(pipeline).unwrap()[1].to_owned()
}
