//! What stands in answers, in files and in the output of other programs orders nothing: neither the terminal nor a CI.

use std::fs;
use std::io::Write;

use serde_json::{Value, json};

use crate::hostile::front::{Server, answer};
use crate::hostile::runs::run_against;
use crate::support::{Conform, Finished, conform, reference, suite};

/// Lines that would be commands, lines that would pass for the program's own, and what moves the cursor or hides.
const WORDS: &str = "x\n::error::forged\r::set-output name=a::b\n \u{a0}\t::add-mask::forged\n##[error]forged \
                     ##vso[task.complete]forged ##teamcity[message text='forged']\n##VSO[x]\u{2028}::warning::forged\n\
                     error: forged\nverified: forged\nnothing got worse\u{202e}\u{200b}\u{ad}\u{1b}[31m\u{9b}2J\u{85}\
                     ::debug::forged\u{7f}\u{fffe}\u{ffff} @team #1 https://forged `x`";

/// A line that GitHub Actions, Azure Pipelines or `TeamCity` takes for a command, as their runners read it.
fn is_command(line: &str) -> bool {
    let lower = line.to_lowercase();
    line.trim_start().starts_with("::")
        || ["##[", "##vso[", "##teamcity["]
            .iter()
            .any(|command| lower.contains(command))
}

/// The annotations of the program itself.
fn is_annotation(line: &str) -> bool {
    let kinds = ["::error ", "::warning ", "::notice "];
    let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) else {
        return false;
    };
    (rest.starts_with("file=") || rest.starts_with("title=")) && !is_command(rest)
}

fn is_invisible(c: char) -> bool {
    c.is_control() && c != '\t'
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{fffe}')
}

#[track_caller]
fn assert_orders_nothing(finished: &Finished) {
    let all = finished.all();
    for line in all.split(['\n', '\r']) {
        assert!(!is_command(line) || is_annotation(line), "{line}\n{all}");
        assert!(!line.contains(is_invisible), "{line:?}");
        let own = ["error: forged", "verified: forged", "nothing got worse"];
        assert!(!own.iter().any(|forged| line.starts_with(forged)), "{all}");
    }
}

/// A CI reads the one, and shows the other.
#[track_caller]
fn assert_readable(finished: &Finished) {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let junit = finished.report_file("junit.xml");
    assert!(junit.chars().all(allowed), "{junit}");
    let summary = finished.report_file("summary.md");
    // The last line is the program's own.
    let (summary, _) = summary.trim_end().rsplit_once('\n').unwrap();
    assert!(!summary.contains(['@', '`', '\u{202e}']), "{summary}");
    assert!(!summary.contains("://"), "{summary}");
}

fn words_everywhere() -> String {
    json!({
        "message": WORDS, WORDS: WORDS, "token": WORDS, "totp_token": WORDS,
        "errors": { "email": [WORDS], WORDS: [WORDS] },
        "user": { "id": WORDS, "email": WORDS, WORDS: 1, "trial_ends_at": WORDS },
        "tokens": [{ "id": WORDS, "name": WORDS, "created_at": WORDS, "is_current": WORDS }],
    })
    .to_string()
}

/// Answers everything alike.
fn server(status: &'static str, kind: &'static str, body: &'static str) -> Server {
    let body = if body.is_empty() {
        words_everywhere()
    } else {
        body.to_owned()
    };
    Server::always(move |stream| {
        let headers = [
            kind,
            "www-authenticate: Bearer realm=\"##[error]forged\"",
            "server: ##vso[task.complete]forged",
            "x-more: ::error::forged",
        ];
        stream.write_all(&answer(status, &headers, &body))
    })
}

const JSON: &str = "content-type: application/json; charset=##[error]forged";
const TEXT: &str = "content-type: text/##[set-output name=forged;]x; y=##vso[x]";

#[test]
fn whatever_a_server_answers() {
    let modes: [&[&str]; 5] = [
        &[],
        &["-vv"],
        &["--format", "json", "-v"],
        &["--format", "terse"],
        &["--annotations", "github", "--strict"],
    ];
    for (status, kind, body) in [
        ("200 ##[error]forged", JSON, ""),
        ("201 Created", JSON, ""),
        ("401 ::error::forged", JSON, ""),
        ("422 Unprocessable", JSON, ""),
        ("500 Error", JSON, ""),
        ("401 Unauthorized", TEXT, WORDS),
        ("200 OK", TEXT, WORDS),
        ("404 Not Found", TEXT, WORDS),
    ] {
        let server = server(status, kind, body);
        for mode in modes {
            let run = run_against(&server.base_url()).args(["--max-wait", "0s"]);
            let finished = run.args(mode).run();
            assert_orders_nothing(&finished);
            assert_readable(&finished);
        }
    }
}

#[test]
fn wherever_a_server_redirects() {
    for location in [
        "http://##[error]forged/",
        "/::error::forged/##vso[x]",
        "##[x]",
    ] {
        let location = format!("location: {location}");
        let server = Server::always(move |stream| {
            stream.write_all(&answer("302 Found", &[&location, JSON], "{}"))
        });
        let finished = run_against(&server.base_url()).run();
        assert_orders_nothing(&finished);
    }
}

/// A command that prints the words to standard error, and fails.
fn failing(run: &Conform) -> String {
    let file = run.folder().join("words");
    fs::write(&file, WORDS).unwrap();
    format!("cat '{}' >&2; exit 7", file.display())
}

#[test]
fn whatever_commands_of_the_user_print() {
    let reference = reference();
    let run = conform([
        "--base-url",
        reference.base_url(),
        "--clause",
        "totp.code-completes",
    ]);
    let command = failing(&run);
    let finished = run.args(["--provision", &command]).run().expect(3);
    assert_orders_nothing(&finished);
    finished.says("forged");
    let run = conform([
        "--base-url",
        reference.base_url(),
        "--clause",
        "me.describes-user",
    ]);
    let command = failing(&run);
    let finished = run.args(["--cleanup", &command]).run();
    assert_orders_nothing(&finished);
    finished
        .says("forged")
        .says("warning: the cleanup command ended with exit status: 7");
}

/// The report of a good run, with the words in place of everything that is text and not needed to read it.
fn forged(mut report: Value) -> Value {
    let texts = ["id", "reason", "text", "source", "base_url", "left_out"];
    let mut open = vec![&mut report];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    if value.is_string() && texts.contains(&name.as_str()) {
                        *value = json!(format!("{} {WORDS}", value.as_str().unwrap()));
                    }
                    open.push(value);
                }
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    report
}

#[test]
fn whatever_stands_in_a_report() {
    let (reference, suite) = (reference(), suite());
    let run = conform(["--base-url", reference.base_url(), "--suite"]).arg(suite.path());
    let finished = run.args(["--partition", "slice:1/1"]).run().expect(0);
    let mut forged = forged(finished.report());
    let file = finished.folder().join("forged.json");
    let own = finished.reports().join("report.json");
    fs::write(&file, forged.to_string()).unwrap();
    let diff = conform(["diff"]).arg(&own).arg(&file).run_as_is();
    diff.says("forged");
    assert_orders_nothing(&diff);
    let merge = conform(["merge"])
        .arg(&file)
        .arg("--suite")
        .arg(suite.path())
        .run();
    merge.says("forged");
    assert_orders_nothing(&merge);
    forged["suite"]["digest"] = json!(WORDS);
    forged["selection"] = json!(WORDS);
    fs::write(&file, forged.to_string()).unwrap();
    for command in [&["diff"][..], &["merge"]] {
        let finished = conform(command).arg(&file).arg(&file).run_as_is().expect(2);
        assert_orders_nothing(&finished);
    }
}

#[test]
fn whatever_stands_in_a_suite_and_in_its_name() {
    let name = "specs/account/me\n::error::forged\n##[error]\u{202e}.yaml";
    let yaml = serde_json::to_string(WORDS).unwrap();
    for (path, text) in [
        (
            "specs/account/me.yaml",
            format!("title: {yaml}\n{yaml}: {yaml}\n"),
        ),
        (
            "specs/account/me.yaml",
            format!("title: x\naccounts: {{ jane: {{}} }}\nsteps:\n  - call: {yaml}\n"),
        ),
        (
            "specs/account/me.yaml",
            "##[error]forged\n::error::forged: [\n".to_owned(),
        ),
        (name, "x".to_owned()),
    ] {
        let suite = suite().with(path, &text);
        let finished = conform(["check", "--suite"]).arg(suite.path()).run_as_is();
        assert_orders_nothing(&finished.expect(2));
    }
    for flag in [
        "--target",
        "--suite",
        "--totp-account",
        "--cacert",
        "--baseline",
    ] {
        let run = conform([
            "--base-url",
            "http://127.0.0.1:9",
            flag,
            &WORDS.replace('\0', ""),
        ]);
        assert_orders_nothing(&run.run_as_is().expect(2));
    }
}
