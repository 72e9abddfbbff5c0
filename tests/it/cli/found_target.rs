//! `conform.yaml` in the current folder: the target file where none is named, and never for production.

use std::fs;
use std::path::Path;

use crate::support::{
    Conform, Finished, RawServer, Reference, conform, http_answer, reference, suite,
};

const FILE: &str = "conform.yaml";
const LOGOUT: &str = "/api/auth/logout";

/// A command in a folder with this file.
fn beside(text: &str, arguments: &[&str]) -> Conform {
    let run = conform(arguments);
    fs::write(run.folder().join(FILE), text).unwrap();
    run
}

fn first_line(finished: &Finished) -> &str {
    finished.stderr.lines().next().unwrap_or_default()
}

fn at(base_url: &str) -> String {
    format!("base_url: {base_url}\nemail_domain: found.example\n")
}

#[track_caller]
fn assert_used(finished: &Finished, base_url: &str) {
    let line = format!("testing {base_url} (target file conform.yaml)");
    assert_eq!(first_line(finished), line);
    let report = finished.report();
    assert_eq!(report["target"]["base_url"], base_url);
    let email = report["accounts"][0].as_str().unwrap();
    assert!(email.ends_with("@found.example"), "{email}");
}

#[test]
fn the_file_in_the_current_folder_is_the_target_file() {
    let (server, suite) = (reference(), suite());
    let run = beside(&at(server.base_url()), &["--suite"]).arg(suite.path());
    assert_used(&run.run().expect(0), server.base_url());
}

#[test]
fn flags_and_environment_override_a_file_that_was_found() {
    let (server, suite) = (reference(), suite());
    let text = at("http://127.0.0.1:1");
    let run = beside(&text, &["--base-url", server.base_url(), "--suite"]);
    assert_used(&run.arg(suite.path()).run().expect(0), server.base_url());
    let run = beside(&text, &["--suite"]).arg(suite.path());
    let run = run.env("CONFORM_BASE_URL", server.base_url());
    assert_used(&run.run().expect(0), server.base_url());
}

#[test]
fn a_file_that_is_named_takes_its_place() {
    let (server, suite) = (reference(), suite());
    let run = beside("nothing of this: [is read", &["--target", "named.yaml"]);
    let named = format!("base_url: {}\n", server.base_url());
    fs::write(run.folder().join("named.yaml"), named).unwrap();
    let finished = run.arg("--suite").arg(suite.path()).run().expect(0);
    let line = format!("testing {}", server.base_url());
    assert_eq!(first_line(&finished), line);
}

#[test]
fn a_file_that_was_found_and_cannot_be_used_never_tests_the_reference() {
    for (text, said) in [
        ("bas_url: http://127.0.0.1:1\n", "did you mean `base_url`?"),
        ("timeout: 5s\n", "conform.yaml names no server"),
    ] {
        beside(text, &["login::"]).run().expect_refusal().says(said);
        beside(text, &["--list"]).run().expect_refusal().says(said);
    }
    #[cfg(unix)]
    {
        let run = conform(["login::"]);
        std::os::unix::fs::symlink("nowhere", run.folder().join(FILE)).unwrap();
        let refused = run.run().expect_refusal();
        refused.says("cannot read the target file conform.yaml");
    }
}

#[test]
fn a_list_leaves_out_what_the_file_leaves_out() {
    let text = at("http://127.0.0.1:1") + "capabilities: { second_factor: false }\n";
    let finished = beside(&text, &["--list"]).run().expect(0);
    finished.says("login::").never_says("totp::");
}

#[test]
fn a_file_that_was_found_never_tests_production() {
    let proxy = RawServer::answering(http_answer("404 Not Found", "text/plain", "no way"));
    let (documented, listed) = ("http://api.pionne.app", "http://staging.example");
    let proxied = |base_url: &str| format!("{}proxy: {}\n", at(base_url), proxy.base_url());
    let files = [
        (proxied(documented), None),
        (proxied(listed) + "production: [staging.example]\n", None),
        (proxied("http://127.0.0.1:1"), Some(documented)),
    ];
    for (text, flag) in &files {
        let mut arguments = vec!["--allow-production"];
        arguments.extend(flag.iter().flat_map(|base_url| ["--base-url", *base_url]));
        let refused = beside(text, &arguments).run().expect_refusal();
        refused
            .says("is the production service")
            .says("name the file with --target conform.yaml");
        let mutants = [&["mutants", "--base-url", documented][..], &arguments[..1]].concat();
        let refused = beside(text, &mutants).run().expect_refusal();
        refused.says("name the file with --target conform.yaml");
    }
    assert_eq!(proxy.connections(), 0);
    let arguments = ["--allow-production", "--target", FILE];
    let finished = beside(&files[0].0, &arguments).run().expect(3);
    finished.never_says("is the production service");
    assert!(proxy.connections() > 0);
    let finished = beside(&files[0].0, &arguments[1..]).run();
    finished.expect_refusal().says("--allow-production if that");
}

#[test]
fn mutants_are_tried_in_process_unless_a_server_is_named() {
    let suite = suite();
    // On a server, a filter would be refused.
    let run = beside(
        &at("http://127.0.0.1:1"),
        &["mutants", "logout.answers-200"],
    );
    let finished = run.arg("--suite").arg(suite.path()).run().expect(0);
    finished.says("the suite is sound: 1 mutant");
    let server = reference();
    let run = beside(&at(server.base_url()), &["mutants", "--target", FILE]);
    let finished = run.arg("--suite").arg(suite.path()).run();
    finished.says(&format!("wrong answers of {}", server.base_url()));
}

/// `conform reproduce` on the reports in that folder.
#[track_caller]
fn reproduced(reports: &Path, text: &str) -> Finished {
    let run = beside(text, &["reproduce", "logout.no-content", "--report-dir"]);
    run.arg(reports).run_as_is()
}

#[test]
fn reproduce_keeps_to_the_server_of_the_last_run() {
    let broken = Reference::replacing("POST", LOGOUT, 200, "{}");
    let arguments = ["--base-url", broken.base_url(), "tokens::refuses-current"];
    let last = conform(arguments).run().expect(1);
    let elsewhere = at("http://127.0.0.1:1");
    let again = reproduced(&last.reports(), &elsewhere).expect(1);
    assert_eq!(first_line(&again), format!("testing {}", broken.base_url()));
    // A file that names no server, or this one, describes it.
    for text in [
        "email_domain: found.example\n".to_owned(),
        at(broken.base_url()),
    ] {
        let again = reproduced(&last.reports(), &text).expect(1);
        again.says("@found.example");
        let line = format!("testing {} (target file conform.yaml)", broken.base_url());
        assert_eq!(first_line(&again), line);
    }
}

#[test]
fn reproduce_finds_a_server_whose_address_is_from_the_environment() {
    let broken = Reference::replacing("POST", LOGOUT, 200, "{}");
    let (_, port) = broken.base_url().rsplit_once(':').unwrap();
    let text = "base_url: http://127.0.0.1:${PORT}\nheaders: { X-Key: '${KEY}' }\n";
    let run = beside(text, &["tokens::refuses-current"]);
    let run = run.env("KEY", "k3y-k3y-k3y").env("PORT", port);
    let last = run.run().expect(1);
    let run = beside(text, &["reproduce", "logout.no-content", "--report-dir"]);
    let run = run.arg(last.reports()).env("KEY", "k3y-k3y-k3y");
    let again = run.env("PORT", port).run_as_is().expect(1);
    again.says("it fails again");
}

#[test]
fn reproduce_keeps_to_the_embedded_reference() {
    let arguments = ["--operation", "logout=GET /api/auth/me"];
    let last = conform(arguments).arg("tokens::refuses-current").run();
    let last = last.expect(1);
    let again = reproduced(&last.reports(), &at("http://127.0.0.1:1")).expect(0);
    again.says("(the embedded reference implementation)");
}
