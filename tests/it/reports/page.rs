//! `report.html`: one file that loads nothing and obeys nothing that a server has sent.

use std::fs;
use std::path::Path;
use std::process::Command;

use conform::report::{Report, run_files};
use conform::selftest::mutants;
use conform::suite::Suite;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::reports::support::{HOSTILE, file, hopeless, report};

const LARGEST: usize = 1 << 20;

/// What stands between the first `before` and the next `after`.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

#[tokio::test]
async fn the_policy_lets_the_page_do_its_own_and_nothing_else() {
    let page = file(&report(true).await, "report.html");
    let policy = between(&page, r#"Content-Security-Policy" content=""#, "\"");
    let policy = policy.replace("&#39;", "'");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    for (directive, element) in [("style-src", "style"), ("script-src", "script")] {
        let text = between(&page, &format!("<{element}>"), &format!("</{element}>"));
        let hash = BASE64.encode(&Sha256::digest(text.as_bytes()));
        let allowed = format!("{directive} 'sha256-{hash}'");
        assert!(policy.contains(&allowed), "{allowed} is not in {policy}");
        assert_eq!(page.matches(&format!("<{element}")).count(), 1);
    }
    // Under this policy an attribute of that kind would have no effect.
    assert!(!page.contains(" style=\"") && !page.contains(" onclick="));
    let elsewhere = page.matches("src=").count() + page.matches("<link").count();
    assert_eq!(elsewhere, 0, "the page loads something");
}

#[tokio::test]
async fn what_a_server_sends_is_text() {
    let page = file(&hopeless(200, HOSTILE).await, "report.html");
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("&#60;script&#62;alert(1)") || page.contains("&lt;script&gt;alert(1)"));
    assert!(!page.contains('\u{1b}'));
}

#[tokio::test]
async fn the_page_tells_the_story_and_every_clause() {
    let report = report(true).await;
    let page = file(&report, "report.html");
    for text in [
        "The server violates the contract.",
        "expected status 204, got 200",
        "specs/tokens/refuses-current.yaml:",
        "<mark>204</mark>",
        "data-copy><code>curl -i -X GET",
        "no account has a second factor",
    ] {
        assert!(page.contains(text), "`{text}` is not on the page");
    }
    for clause in &report.verdicts.clauses {
        assert_eq!(
            page.matches(&format!("<tr id=\"c-{}\"", clause.id)).count(),
            1
        );
    }
    for result in &report.scenarios {
        assert_eq!(
            page.matches(&format!("<span class=\"name\">{}</span>", result.id))
                .count(),
            1
        );
    }
}

#[tokio::test]
async fn a_page_beside_it_shows_which_broken_servers_the_suite_catches_and_another_suite_has_none()
{
    const LINK: &str = "href=\"mutants.html\"";
    let mut report = report(false).await;
    assert!(file(&report, "report.html").contains(LINK));
    let page = file(&report, "mutants.html");
    assert!(page.contains("href=\"report.html\"") && !page.contains("<script"));
    let mutants = mutants(&Suite::built_in().unwrap()).unwrap();
    let mut shown = 0;
    for mutant in mutants.iter().filter(|one| one.equivalent.is_none()) {
        let ids = report.verdicts.clauses.iter().map(|clause| &clause.id);
        let is_shown = ids.into_iter().any(|id| *id == *mutant.clause);
        let code = format!("<code class=\"quiet\">{}</code>", mutant.id.value);
        assert_eq!(page.matches(&code).count(), usize::from(is_shown), "{code}");
        shown += usize::from(is_shown);
    }
    assert!(shown > 0 && page.contains(&format!("these {shown} servers")));
    report.suite.digest = "0".repeat(64);
    assert!(!file(&report, "report.html").contains(LINK));
    assert!(run_files(&report).all(|(name, _)| name != "mutants.html"));
}

#[tokio::test]
async fn the_page_of_the_whole_suite_is_small_however_bad_the_run() {
    for (status, body) in [(200, HOSTILE), (500, HOSTILE), (200, long_body())] {
        let size = file(&hopeless(status, body).await, "report.html").len();
        assert!(size <= LARGEST, "{size} bytes");
    }
}

/// A line of JSON far longer than anybody reads.
fn long_body() -> &'static str {
    let text = format!("{{\"message\":\"{}\"}}", "long ".repeat(20_000));
    Box::leak(text.into_boxed_str())
}

/// A run of so many scenarios, made from those of a short one.
fn long_run(mut report: Report, scenarios: usize) -> Report {
    let short = std::mem::take(&mut report.scenarios);
    let copies = short.iter().cycle().take(scenarios).enumerate();
    report.scenarios = copies
        .map(|(number, result)| {
            let mut copy = result.clone();
            copy.id = format!("{}-{number}", result.id);
            copy
        })
        .collect();
    report
}

/// Filters, links, both widths, both themes, no script, no request, and what axe-core says.
#[tokio::test]
#[ignore = "needs Node, Chromium (apt-get install chromium) and `npm ci` in tests/html"]
async fn a_browser_finds_nothing_wrong_with_the_page() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/html");
    let installed = tests.join("node_modules").is_dir();
    assert!(installed, "run `npm ci` in tests/html first");
    let folder = tempfile::tempdir().unwrap();
    let reports = [
        ("broken.html", report(true).await),
        ("hopeless.html", hopeless(200, HOSTILE).await),
        ("long.html", long_run(report(true).await, 2000)),
    ];
    let mut browser = Command::new("node");
    browser.arg(tests.join("page.mjs"));
    for (name, report) in reports {
        let path = folder.path().join(name);
        fs::write(&path, file(&report, "report.html")).unwrap();
        browser.arg(path);
    }
    let mutants = folder.path().join("mutants.html");
    fs::write(&mutants, file(&report(false).await, "mutants.html")).unwrap();
    browser.arg(mutants);
    let output = browser
        .output()
        .expect("node runs: install Node 20 or later");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    println!("{said}");
    assert!(output.status.success(), "{said}");
}
