//! What a target file and its flags keep secret stands in nothing that a run leaves behind.

use std::fs;

use crate::support::{Finished, Reference, answer, conform, reference};

const SECRET: &str = "s3cr3t/hunter2+xyz";

#[track_caller]
fn assert_kept(finished: &Finished) {
    let report = finished.report_file("report.json");
    let junit = finished.report_file("junit.xml");
    let places = [finished.all(), report, junit];
    assert!(
        places.iter().all(|text| !text.contains("hunter2")),
        "{places:?}"
    );
}

#[track_caller]
fn with_settings(base_url: &str, settings: &str, arguments: &[&str]) -> Finished {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("target.yaml");
    fs::write(&file, format!("base_url: {base_url}\n{settings}")).unwrap();
    let run = conform(["--target"]).arg(&file).args(arguments);
    run.env("SECRET", SECRET).run()
}

#[test]
fn a_header_from_the_environment_is_not_shown_where_it_comes_back() {
    let server = Reference::answering(|seen, response| {
        if seen.is("POST", "/api/auth/logout") {
            answer(500, "application/json", format!(r#"{{"key":"{SECRET}"}}"#))
        } else {
            response
        }
    });
    let settings = "headers:\n  X-Key: a ${SECRET}\n";
    let finished = with_settings(server.base_url(), settings, &["tokens::", "-v"]);
    let finished = finished.expect(1);
    finished.says("\"key\": \"<");
    assert_kept(&finished);
}

#[test]
fn a_secret_in_a_command_is_not_shown_where_the_command_tells_it() {
    let server = reference();
    let settings =
        "accounts:\n  provision: echo ${SECRET} >&2; exit 1\ncleanup: echo ${SECRET} >&2; exit 1\n";
    let arguments = ["totp::completes-login", "register::new-account"];
    let finished = with_settings(server.base_url(), settings, &arguments[..1]).expect(3);
    finished.says("it printed: <setting-1>");
    assert_kept(&finished);
    let finished = with_settings(server.base_url(), settings, &arguments[1..]).expect(0);
    finished
        .says("the cleanup command ended")
        .says("<setting-1>");
    assert_kept(&finished);
}

#[test]
fn the_password_of_a_proxy_is_not_shown_where_it_comes_back() {
    let server = Reference::answering(|_, _| {
        answer(
            407,
            "text/plain",
            "jane-of-the-proxy and hunter2-p@ss are not welcome",
        )
    });
    let address = server.base_url().replace("http://", "");
    let settings = format!("proxy: http://jane-of-the-proxy:hunter2-p%40ss@{address}\n");
    let finished = with_settings("http://staging.example.com", &settings, &[]).expect(3);
    assert_kept(&finished);
    let proxy = format!("http://jane-of-the-proxy:hunter2-p%40ss@{address}");
    let arguments = [
        "--base-url",
        "http://staging.example.com",
        "--proxy",
        &proxy,
    ];
    assert_kept(&conform(arguments).run().expect(3));
}

#[test]
fn what_the_environment_puts_into_the_base_url_is_shown_by_its_name() {
    let server = Reference::answering(|seen, response| {
        if seen.path.starts_with("/s3cr3t/hunter2+xyz/") {
            answer(404, "text/html", format!("no /{SECRET}/ here"))
        } else {
            response
        }
    });
    let base_url = format!("{}/${{SECRET}}", server.base_url());
    let finished = with_settings(&base_url, "", &[]).expect(3);
    finished.says(&format!("testing {base_url}"));
    assert_kept(&finished);
    // Nothing answers there, or nothing of the kind can be called.
    for (base_url, code) in [
        ("http://127.0.0.1:1/${SECRET}", 3),
        ("http://${SECRET}.example.invalid", 3),
        ("${SECRET}", 2),
        ("http://127.0.0.1:1/?${SECRET}", 2),
    ] {
        let finished = with_settings(base_url, "", &[]).expect(code);
        finished.never_says("hunter2");
    }
    // A host is sent in small letters.
    let run = conform(["--target", "target.yaml"]).env("SECRET", "HUNTER2.Invalid");
    fs::write(
        run.folder().join("target.yaml"),
        "base_url: http://${SECRET}/api\n",
    )
    .unwrap();
    let finished = run.run().expect(3);
    assert_kept(&finished);
    finished.never_says("HUNTER2");
}

#[test]
fn a_base_url_with_credentials_is_refused_without_repeating_them() {
    let finished = with_settings("http://jane:${SECRET}@127.0.0.1:1", "", &[]).expect(2);
    finished.never_says("hunter2").never_says("jane:s3");
}

#[test]
fn a_header_that_may_be_any_word_is_hidden_where_it_is_sent() {
    let server = reference();
    let run = conform(["register::refusals", "-vv", "--header", "X-Stage: true"]);
    let finished = run.args(["--base-url", server.base_url()]).run().expect(0);
    finished
        .says("> x-stage: <header-1>")
        .never_says("x-stage: true");
    let report = finished.report_file("report.json");
    assert!(report.contains(r#""complete": true"#) && !report.contains(r#""value": "true""#));
}

#[test]
fn a_secret_is_not_cut_in_two_where_a_long_message_is() {
    let server = reference();
    // The message repeats 2,000 characters: the end falls into the secret.
    let settings = "accounts:\n  provision: printf '%01995d%s' 0 ${SECRET} >&2; exit 1\n";
    let finished = with_settings(server.base_url(), settings, &["totp::completes-login"]);
    finished.expect(3).says("00<sett").never_says("s3cr");
}

#[test]
fn a_secret_under_a_mistyped_key_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("target.yaml");
    for rest in ["", "timeout: [5]\n"] {
        let text = format!("base_url: http://localhost:1\nheadres: {{ X: {SECRET} }}\n{rest}");
        fs::write(&file, text).unwrap();
        let finished = conform(["--target"]).arg(&file).run().expect(2);
        finished
            .says("unknown key `headres`")
            .says("did you mean `headers`?");
        assert!(!finished.stderr.contains(SECRET), "{}", finished.stderr);
    }
}
