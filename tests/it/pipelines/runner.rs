//! A runner of GitHub, as far as the action and the examples need one: scripts are run, actions of others are played.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::{Captures, Regex};
use serde_json::Value;
use tempfile::TempDir;

use super::project::{Project, ended, install};
use super::{root, text, yaml};
use crate::support::PROGRAM;

/// What expressions name, such as `inputs.target`.
pub type Context = BTreeMap<String, String>;

pub struct Runner<'a> {
    project: &'a Project,
    /// What the action finds in the cache in place of the program.
    program: PathBuf,
    /// The folder of a job.
    temp: TempDir,
    /// What steps have put on the PATH.
    path: Vec<PathBuf>,
    /// All that was printed.
    pub output: String,
    /// The folders that were uploaded.
    pub uploads: BTreeMap<String, PathBuf>,
}

impl<'a> Runner<'a> {
    pub fn new(project: &'a Project) -> Self {
        Self {
            project,
            program: PROGRAM.into(),
            temp: tempfile::tempdir().unwrap(),
            path: Vec::new(),
            output: String::new(),
            uploads: BTreeMap::new(),
        }
    }

    pub fn with_program(project: &'a Project, program: PathBuf) -> Self {
        Self {
            program,
            ..Self::new(project)
        }
    }

    /// Runs a job; the exit code is that of the first step that failed.
    pub fn job(&mut self, job: &Value, mut context: Context) -> i32 {
        self.temp = tempfile::tempdir().unwrap();
        self.path.clear();
        self.steps(&job["steps"], &mut context, &Context::new())
    }

    /// Uses the action by itself; returns the exit code and the outputs.
    pub fn action(&mut self, with: &Value) -> (i32, Context) {
        let mut context = Context::new();
        let step = serde_json::json!({ "id": "action", "uses": "./", "with": with });
        let code = self.steps(&Value::from(vec![step]), &mut context, &Context::new());
        (code, context)
    }

    /// What the page of the job shows.
    pub fn summary(&self) -> String {
        fs::read_to_string(self.temp.path().join("summary")).unwrap_or_default()
    }

    fn steps(&mut self, steps: &Value, context: &mut Context, env: &Context) -> i32 {
        let mut failed = 0;
        for step in steps.as_array().unwrap() {
            let condition = step["if"].as_str().unwrap_or("success()");
            let runs = (failed == 0 || condition.contains("always()")) && holds(condition, context);
            let code = if runs {
                self.step(step, context, env)
            } else {
                0
            };
            if failed == 0 {
                failed = code;
            }
            let outcome = match (runs, code) {
                (false, _) => "skipped",
                (true, 0) => "success",
                (true, _) => "failure",
            };
            if let Some(id) = step["id"].as_str() {
                context.insert(format!("steps.{id}.outcome"), outcome.to_owned());
            }
        }
        failed
    }

    fn step(&mut self, step: &Value, context: &mut Context, env: &Context) -> i32 {
        let mut env = env.clone();
        env.extend(filled_members(&step["env"], context));
        let with = filled_members(&step["with"], context);
        let (code, outputs) = match (step["run"].as_str(), step["uses"].as_str()) {
            (Some(script), None) => self.script(step, script, context, &env),
            (None, Some("./" | "OWNER/conform@main")) => self.composite(with, &env),
            (None, Some(name)) => (0, self.foreign(name, &with)),
            _ => panic!("neither a script nor an action: {step}"),
        };
        if let Some(id) = step["id"].as_str() {
            let named = |(name, value)| (format!("steps.{id}.outputs.{name}"), value);
            context.extend(outputs.into_iter().map(named));
        }
        code
    }

    fn script(
        &mut self,
        step: &Value,
        script: &str,
        context: &Context,
        env: &Context,
    ) -> (i32, Context) {
        let temp = self.temp.path();
        let [output, path] = ["output", "path"].map(|name| temp.join(name));
        fs::write(&output, "").unwrap();
        fs::write(&path, "").unwrap();
        let mut command = self.project.command("bash", &self.path);
        let folder = filled(step["working-directory"].as_str().unwrap_or("."), context);
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(self.project.path(&folder))
            .envs(env)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_PATH", &path)
            .env("GITHUB_STEP_SUMMARY", temp.join("summary"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("RUNNER_TEMP", temp);
        let ended = ended(&mut command);
        self.output.push_str(&ended.output);
        let added = fs::read_to_string(&path).unwrap();
        let added = added.lines().map(PathBuf::from).rev();
        drop(self.path.splice(0..0, added));
        let outputs = fs::read_to_string(&output).unwrap();
        let pairs = outputs.lines().map(|line| line.split_once('=').unwrap());
        let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        (ended.code, owned.collect())
    }

    fn composite(&mut self, with: Context, env: &Context) -> (i32, Context) {
        let action = yaml(&text("action.yml"));
        let inputs = action["inputs"].as_object().unwrap();
        for name in with.keys() {
            assert!(inputs.contains_key(name), "the action has no input {name}");
        }
        let defaults = inputs.iter().map(|(name, input)| {
            let default = input["default"].as_str().unwrap();
            (name.clone(), default.to_owned())
        });
        let given = defaults.chain(with);
        let named = given.map(|(name, value)| (format!("inputs.{name}"), value));
        let mut context: Context = named.collect();
        let code = self.steps(&action["runs"]["steps"], &mut context, env);
        let outputs = action["outputs"].as_object().unwrap().iter();
        let outputs = outputs.map(|(name, output)| {
            let value = output["value"].as_str().unwrap();
            (name.clone(), filled(value, &context))
        });
        (code, outputs.collect())
    }

    /// Does what the action of somebody else would do.
    fn foreign(&mut self, name: &str, with: &Context) -> Context {
        match name.split_once('@').unwrap().0 {
            "actions/checkout" => {}
            "actions/cache/restore" => {
                install(&self.program, &Path::new(&with["path"]).join("bin"));
                return Context::from([("cache-hit".to_owned(), "true".to_owned())]);
            }
            "actions/upload-artifact" => {
                let (name, folder) = (&with["name"], PathBuf::from(&with["path"]));
                let earlier = self.uploads.insert(name.clone(), folder);
                assert!(earlier.is_none(), "there is an artifact {name}");
            }
            "actions/download-artifact" => {
                for (name, folder) in &self.uploads {
                    let to = self.project.path(name);
                    fs::create_dir(&to).unwrap();
                    for file in fs::read_dir(folder).unwrap() {
                        let file = file.unwrap();
                        if file.file_type().unwrap().is_file() {
                            fs::copy(file.path(), to.join(file.file_name())).unwrap();
                        }
                    }
                }
            }
            other => panic!("{other} is not played here"),
        }
        Context::new()
    }
}

fn filled_members(members: &Value, context: &Context) -> Context {
    let members = members.as_object().into_iter().flatten();
    let filled = members.map(|(name, value)| {
        let value = value.as_str().expect("a text: quote it");
        (name.clone(), filled(value, context))
    });
    filled.collect()
}

fn filled(text: &str, context: &Context) -> String {
    let expression = Regex::new(r"\$\{\{ (\S+) \}\}").unwrap();
    let value = |found: &Captures| value(&found[1], context);
    expression.replace_all(text, value).into_owned()
}

fn value(name: &str, context: &Context) -> String {
    match context.get(name) {
        Some(value) => value.clone(),
        // What a step did not say is empty; what is misspelled is a mistake of ours.
        None if name.starts_with("steps.") => String::new(),
        None => panic!("nothing is called {name}"),
    }
}

/// A condition of terms such as `inputs.artifact != ''`, joined by `&&`.
fn holds(condition: &str, context: &Context) -> bool {
    condition.split(" && ").all(|term| {
        if ["always()", "success()"].contains(&term) {
            return true;
        }
        let (name, literal) = term.split_once(" != ").unwrap();
        value(name, context) != literal.trim_matches('\'')
    })
}
