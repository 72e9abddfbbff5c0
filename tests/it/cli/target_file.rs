//! `--target`: what a file says of a server, and the flags that override it.

use std::fs;

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::support::{Conform, Reference, Suite, answer, conform, reference, steady, suite};

/// A folder with a target file, and the small suite.
struct Target {
    folder: TempDir,
    suite: Suite,
}

fn target(text: &str) -> Target {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("target.yaml"), text).unwrap();
    let suite = suite();
    Target { folder, suite }
}

impl Target {
    /// A run of the small suite against it.
    fn small_run(&self) -> Conform {
        self.conform([]).arg("--suite").arg(self.suite.path())
    }

    fn conform<const N: usize>(&self, arguments: [&str; N]) -> Conform {
        conform(arguments)
            .arg("--target")
            .arg(self.folder.path().join("target.yaml"))
    }
}

#[test]
fn a_target_file_names_the_server_and_what_it_has_elsewhere() {
    let server = Reference::answering(|seen, response| {
        if seen.is("POST", "/api/auth/logout") {
            answer(404, "application/json", "{}")
        } else if seen.is("DELETE", "/v2/session") {
            answer(204, "application/json", "")
        } else {
            response
        }
    });
    let file = |operations: &str| {
        let base_url = server.base_url();
        target(&format!("base_url: {base_url}\n{operations}"))
    };
    file("").small_run().run().expect(1);
    let elsewhere = "operations: { logout: delete /v2/session }\n";
    let finished = file(elsewhere).small_run().run().expect(0);
    assert_eq!(finished.report()["target"]["base_url"], server.base_url());
}

#[test]
fn flags_override_the_file() {
    let server = reference();
    let file = target("base_url: http://127.0.0.1:1\ntimeout: 1h\nemail_domain: file.example\n");
    let run = file
        .small_run()
        .args(["--base-url", server.base_url()])
        .args(["--email-domain", "flag.example"]);
    let finished = run.run().expect(0);
    let report = finished.report();
    let email = report["scenarios"][0]["accounts"][0].as_str().unwrap();
    assert!(email.ends_with("@flag.example"), "{email}");
    let environment = file.small_run().env("CONFORM_BASE_URL", server.base_url());
    environment.run().expect(0);
}

#[test]
fn a_file_without_a_server_never_tests_the_reference() {
    let finished = target("timeout: 5s\n").small_run().run();
    assert_snapshot!(steady(&finished.expect_refusal().stderr), @"error: <folder>/target.yaml names no server: add `base_url`, or name one with --base-url");
}

#[test]
fn a_file_that_cannot_be_read_says_how_to_write_one() {
    let finished = conform(["--target", "no/such/file.yaml"]).run();
    assert_snapshot!(finished.expect_refusal().stderr, @"error: cannot read the target file no/such/file.yaml: No such file or directory (os error 2) (`conform init no/such/file.yaml` writes one)");
}

#[test]
fn every_mistake_shows_in_one_go_with_its_place() {
    let file = target(
        r#"base_url: ftp://example.com
operatons: {}
operations:
  logot: POST /logout
  login: POST login
headers:
  Accept: text/html
timeout: soon
tls: { certificate: client.pem }
proxy: nowhere
capabilities:
  rate_limits: { login: many }
  max_attempts: 0
email_domain: nonsense
waivers:
  - { clause: me.describes, reason: "", until: 2026-13-01 }
production: ["a b"]
"#,
    );
    let finished = file.small_run().run().expect(2);
    assert_snapshot!(steady(&finished.stderr));
    assert!(!finished.reports().exists());
}

#[test]
fn every_wrong_value_shows_in_one_go_and_no_secret_does() {
    let file = target(
        r#"base_url: [http://127.0.0.1:1]
headers:
  X-Key: { hunter2: hunter2 }
  X-Other: hunter2
proxy: [hunter2]
timeout: 5s
timeout: 6s
clock_offset: soon
tls: { insecure: "maybe" }
capabilities:
  second_factor: yes
  rate_limits: [login]
  max_attempts: -1
accounts: ./provision
waivers:
  - { clause: me.describes, until: 2026-12-31 }
  - me.describes
waivrs: []
"#,
    );
    let finished = file.small_run().run().expect(2);
    finished.never_says("hunter2");
    assert_snapshot!(steady(&finished.stderr));
}

#[test]
fn an_excerpt_shows_no_literal_secret() {
    let file = target(
        "base_url: http://127.0.0.1:1\nheaders: { Accept: hunter2, 'X-Ü': hunter2, X-A: hunter2 }\n\
         proxy: ftp://jane:hunter2@127.0.0.1:1\n",
    );
    let finished = file.small_run().run().expect(2);
    finished.never_says("hunter2");
    assert_snapshot!(steady(&finished.stderr), @"
    error: `Accept` is set by the scenarios themselves, and what they verify rests on it
     --> <folder>/target.yaml:2:20
      |
    2 | headers: { Accept: *******, 'X-Ü': *******, X-A: ******* }
      |                    ^^^^^^^

    error: the header `X-Ü` cannot be sent: a name has letters, digits and hyphens, a value is one line
     --> <folder>/target.yaml:2:36
      |
    2 | headers: { Accept: *******, 'X-Ü': *******, X-A: ******* }
      |                                    ^^^^^^^

    error: the address of the proxy cannot be used: write one such as http://proxy.example:3128
     --> <folder>/target.yaml:3:8
      |
    3 | proxy: ******************************
      |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    the target file has 3 mistakes; nothing was run
    ");
}

#[test]
fn an_excerpt_of_a_file_that_cannot_be_read_shows_no_literal_secret() {
    let said = [
        "headers:\n  X-Key: \"hunter2\ntimeout: 5s\n",
        "headers:\n  X-Key: hunter2: x\n",
        "headers:\n  X-Key: [hunter2]\n",
        "headers: { X-Key: hunter2, Y }\n",
        "{ headers: { X-Key: hunter2 }, proxy: [hunter2] }\n",
        "proxy: { a: hunter2 }\n",
    ]
    .map(|text| {
        let text = format!("{text}# the end\n");
        let finished = target(&text).small_run().run().expect(2);
        finished.never_says("hunter2");
        steady(&finished.stderr)
    });
    assert_snapshot!(said.join("\n"));
}

#[test]
fn what_stands_in_two_places_is_a_mistake() {
    let said = [
        "accounts: { provision: ./a, totp_account: b.json }\n",
        "waivers:\n- &a { clause: me.describes, reason: r, until: 2026-01-01 }\n- *a\n",
        "timeout: 1s\ntimeout: 2s\n",
    ]
    .map(|text| {
        let text = format!("base_url: http://127.0.0.1:1\n{text}");
        steady(&target(&text).small_run().run().expect(2).stderr)
    });
    assert_snapshot!(said.join("\n"), @"
    error: accounts come from one source: a command, or a file with one account
     --> <folder>/target.yaml:2:43
      |
    2 | accounts: { provision: ./a, totp_account: b.json }
      |                                           ^^^^^^
      |
      = help: leave out `provision` or `totp_account`

    the target file has 1 mistake; nothing was run

    error: the clause `me.describes` is waived twice
     --> <folder>/target.yaml:4:3
      |
    4 | - *a
      |   ^^
      |
      = help: leave one of the waivers

    the target file has 1 mistake; nothing was run

    error: the key `timeout` stands twice
     --> <folder>/target.yaml:3:1
      |
    3 | timeout: 2s
      | ^^^^^^^
      |
      = help: leave one of them

    the target file has 1 mistake; nothing was run
    ");
}

#[test]
fn a_variable_of_the_environment_fills_in_a_value() {
    let server = reference();
    let file = target("base_url: ${SCHEME}://127.0.0.1:${PORT}\nheaders:\n  X-Plain: $${PLAIN}\n");
    let (_, port) = server.base_url().rsplit_once(':').unwrap();
    let run = file.small_run();
    let finished = run.env("SCHEME", "http").env("PORT", port).run().expect(0);
    // What it stands for may be a secret: the address is shown as it is written.
    let shown = &finished.report()["target"]["base_url"];
    assert_eq!(shown, "${SCHEME}://127.0.0.1:${PORT}");
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let file = target("base_url: http://127.0.0.1:1\nheaders: { X-Key: 'Key ${NO_SUCH_KEY}' }\n");
    let finished = file.small_run().run().expect(2);
    assert_snapshot!(steady(&finished.stderr), @"
    error: the environment variable `NO_SUCH_KEY` is not set: set it, or write `$${NO_SUCH_KEY}` for the text itself
     --> <folder>/target.yaml:2:19
      |
    2 | headers: { X-Key: ******************** }
      |                   ^^^^^^^^^^^^^^^^^^^^

    the target file has 1 mistake; nothing was run
    ");
}

#[test]
fn files_are_looked_for_beside_the_target_file() {
    let file = target("base_url: http://127.0.0.1:1\naccounts: { totp_account: mine.json }\n");
    let mine = file.folder.path().join("mine.json");
    let finished = file.small_run().run().expect_refusal();
    finished.says(mine.to_str().unwrap());
}

#[test]
fn a_server_without_a_second_factor_is_asked_for_none() {
    let server = reference();
    let base_url = server.base_url();
    let file = target(&format!(
        "base_url: {base_url}\ncapabilities: {{ second_factor: false }}\n"
    ));
    let finished = file.conform([]).run().expect(0);
    finished.says("left out: what takes a second factor");
    let report = finished.report();
    let mut clauses = report["clauses"].as_array().unwrap().iter();
    assert!(clauses.all(|clause| clause["profile"] != "totp"));
    assert_eq!(report["partial"], true);
    // Asked for by name, it is not left out.
    let finished = file.conform(["--profile", "totp"]).run().expect(4);
    finished.never_says("left out:");
}

#[test]
fn a_declared_number_of_attempts_bounds_the_proof_of_429() {
    // A server that never throttles.
    let server = Reference::replacing("POST", "/api/auth/login", 401, "{}");
    let base_url = server.base_url();
    for most in [3, 30] {
        let file = target(&format!(
            "base_url: {base_url}\ncapabilities: {{ max_attempts: {most} }}\n"
        ));
        let finished = file.conform(["rate-limit::login"]).run().expect(1);
        assert_eq!(finished.verdict("rate-limit.login"), "fail");
        let report = finished.report();
        let steps = report["scenarios"][0]["steps"].as_array().unwrap();
        let calls = steps.iter().filter_map(|step| step["calls"].as_u64());
        assert_eq!(calls.max(), Some(most));
    }
}

#[test]
fn a_client_certificate_that_cannot_be_used_is_refused_with_its_files() {
    let file = target("base_url: https://127.0.0.1:1\ntls: { certificate: c.pem, key: k.pem }\n");
    let missing = file.small_run().run().expect_refusal();
    assert_snapshot!(steady(&missing.stderr), @"
    testing https://127.0.0.1:1
    error: cannot use the certificate in <folder>/c.pem with the key in <folder>/k.pem: <folder>/c.pem: No such file or directory (os error <number>)
    ");
    for name in ["c.pem", "k.pem"] {
        fs::write(file.folder.path().join(name), "hunter2").unwrap();
    }
    let garbage = file.small_run().run().expect_refusal();
    garbage.never_says("hunter2");
    assert_snapshot!(steady(&garbage.stderr), @"
    testing https://127.0.0.1:1
    error: cannot use the certificate in <folder>/c.pem with the key in <folder>/k.pem: the one holds no certificate, or the other no private key, in PEM form
    ");
}

#[test]
fn a_target_without_checked_certificates_is_warned_of() {
    let server = reference();
    let base_url = server.base_url();
    let file = target(&format!(
        "base_url: {base_url}\ntls: {{ insecure: true }}\n"
    ));
    let finished = file.small_run().run().expect(0);
    finished.says("warning: no certificate is checked (insecure)");
}
