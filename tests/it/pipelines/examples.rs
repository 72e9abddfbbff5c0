//! The examples of `docs/ci.md`: each passes a server that conforms, and stops one that does not.

use serde_json::Value;

use super::project::{Ended, Project, ended};
use super::runner::{Context, Runner};
use super::{example, examples, joined, of_jenkins, yaml};

/// Both servers, with the exit code that each must end in.
fn projects() -> [(Project, i32); 2] {
    [(Project::conforming(), 0), (Project::broken(), 1)]
}

fn workflow(project: &Project, name: &str) -> Value {
    yaml(&project.adapted(&example(&format!(".github/workflows/{name}"))))
}

/// What is not in this list is run by no test.
#[test]
fn every_example_is_known() {
    let files: Vec<String> = examples().into_iter().map(|one| one.file).collect();
    assert_eq!(
        files,
        [
            ".github/workflows/conformance.yml",
            ".gitlab-ci.yml",
            "Jenkinsfile",
            "conformance.sh",
            "baseline.sh",
            ".github/workflows/conformance-weekly.yml",
            ".github/workflows/conformance-slices.yml",
        ]
    );
    let page = super::text("docs/ci.md");
    for language in ["yaml", "sh", "groovy"] {
        let unnamed = page.matches(&format!("\n```{language}\n")).count();
        let comment = if language == "groovy" { "//" } else { "#" };
        let named = page
            .matches(&format!("\n```{language}\n{comment} "))
            .count();
        assert_eq!(unnamed, named, "an example in {language} names no file");
    }
}

#[test]
fn a_pull_request_on_github_passes_or_fails() {
    for (project, code) in projects() {
        let workflow = workflow(&project, "conformance.yml");
        let mut runner = Runner::new(&project);
        let ended = runner.job(&workflow["jobs"]["conformance"], Context::new());
        assert_eq!(ended, code, "{}", runner.output);
        assert!(project.path("started").exists());
        let annotation = "::error title=fail%3A logout.no-content::";
        assert_eq!(runner.output.contains(annotation), code == 1);
        let mark = if code == 0 { "## ✅ " } else { "## ❌ " };
        assert!(runner.summary().starts_with(mark), "{}", runner.summary());
        assert!(runner.uploads["conform"].join("report.html").exists());
    }
}

#[test]
fn a_merge_request_on_gitlab_passes_or_fails() {
    let pipeline = yaml(&example(".gitlab-ci.yml"));
    let job = &pipeline["conformance"];
    let lines = |name: &str| joined(job[name].as_array().unwrap());
    let script = format!("{}\n{}", lines("before_script"), lines("script"));
    for (project, code) in projects() {
        let installed = project.installed();
        project.script(
            "tools/cargo",
            &format!(
                "[ \"$*\" = 'install --locked --root .conform --git https://git.example/conform.git conform' ] &&\n\
                 mkdir -p .conform/bin && ln -s {}/conform .conform/bin/conform",
                installed.display()
            ),
        );
        let mut command = project.command("bash", &[project.path("tools")]);
        command
            .args(["-eo", "pipefail", "-c", &project.adapted(&script)])
            .env("CONFORM_REPOSITORY", "https://git.example/conform.git");
        let Ended { code: met, output } = ended(&mut command);
        assert_eq!(met, code, "{output}");
        let artifacts = &job["artifacts"];
        for path in [&artifacts["paths"][0], &artifacts["reports"]["junit"]] {
            assert!(project.path(path.as_str().unwrap()).exists(), "{path}");
        }
        assert!(job["cache"]["paths"][0] == ".conform" && project.path(".conform").exists());
    }
}

#[test]
fn a_pipeline_of_jenkins_passes_or_fails() {
    let pipeline = example("Jenkinsfile");
    for (project, code) in projects() {
        let script = project.adapted(&of_jenkins(&pipeline));
        let mut command = project.command("sh", &[project.installed()]);
        let Ended { code: met, output } = ended(command.args(["-xec", &script]));
        assert_eq!(met, code, "{output}");
        let collected = "junit 'reports/latest/junit.xml'";
        assert!(pipeline.contains(collected) && project.path("reports/latest/junit.xml").exists());
    }
}

#[test]
fn a_shell_ends_with_the_exit_code_of_the_run() {
    for (project, code) in projects() {
        let script = project.adapted(&example("conformance.sh"));
        let mut command = project.command("sh", &[project.installed()]);
        let Ended { code: met, output } = ended(command.args(["-c", &script]));
        assert_eq!(met, code, "{output}");
        assert!(project.path("started").exists());
    }
}

#[test]
fn the_weekly_job_fails_when_something_got_worse() {
    let mut project = Project::conforming();
    let init = ended(project.command("git", &[]).args(["init", "--quiet"]));
    assert_eq!(init.code, 0, "{init:?}");
    let baseline = example("baseline.sh");
    let mut command = project.command("sh", &[project.installed()]);
    let kept = ended(command.args(["-ec", &baseline]));
    assert_eq!(kept.code, 0, "{kept:?}");
    for code in [0, 1] {
        let workflow = workflow(&project, "conformance-weekly.yml");
        let secret = Context::from([("secrets.GATEWAY_KEY".to_owned(), "key".to_owned())]);
        let mut runner = Runner::new(&project);
        let ended = runner.job(&workflow["jobs"]["weekly"], secret);
        assert_eq!(ended, code, "{}", runner.output);
        let worse = runner.output.contains("logout.no-content: pass, now fail");
        assert_eq!(worse, code == 1, "{}", runner.output);
        project.break_server();
    }
}

#[test]
fn slices_make_one_report() {
    let project = Project::conforming();
    let workflow = workflow(&project, "conformance-slices.yml");
    let slice = &workflow["jobs"]["slice"];
    let mut runner = Runner::new(&project);
    for number in slice["strategy"]["matrix"]["slice"].as_array().unwrap() {
        let matrix = Context::from([("matrix.slice".to_owned(), number.to_string())]);
        assert_eq!(runner.job(slice, matrix), 0, "{}", runner.output);
        // Each job has a machine of its own.
        let reports = runner.uploads.values_mut().next_back().unwrap();
        let moved = project.path(&format!("of-{number}"));
        std::fs::rename(&*reports, &moved).unwrap();
        *reports = moved;
    }
    let merge = &workflow["jobs"]["conformance"];
    assert_eq!(runner.job(merge, Context::new()), 0, "{}", runner.output);
    let said = "76 clauses pass; exit code 0: the server conforms";
    assert!(runner.output.contains(said), "{}", runner.output);
}
