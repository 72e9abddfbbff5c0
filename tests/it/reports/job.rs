//! What a CI job shows: a summary that stays short, and annotations that are commands and nothing else.

use conform::report::{annotations, job_summary};
use conform::verdict::{Conclusion, Verdict};

use crate::reports::support::{HOSTILE, file, hopeless, report};

#[tokio::test]
async fn the_summary_of_a_hopeless_run_has_sixty_lines_at_most() {
    for (status, body) in [(200, HOSTILE), (422, HOSTILE), (429, "{}"), (500, "")] {
        let report = hopeless(status, body).await;
        let undecided = report.count.fail + report.count.inconclusive;
        assert!(undecided > 60, "{undecided} clauses are not verified");
        let summary = job_summary(&report);
        let lines = summary.lines().count();
        assert!(lines <= 60, "{lines} lines:\n{summary}");
        assert!(!summary.contains("<script"), "{summary}");
    }
}

#[tokio::test]
async fn the_summary_names_what_is_violated_and_where() {
    let summary = job_summary(&report(true).await);
    for text in [
        "❌ the server violates the contract",
        "| core | fail |",
        "| <code>logout.no-content</code> | Logging out answers 204 without a body.<br><code>expected status 204, got 200</code> (specs/tokens/refuses-current.yaml",
        "no account has a second factor",
    ] {
        assert!(summary.contains(text), "`{text}` is not in:\n{summary}");
    }
}

#[tokio::test]
async fn a_server_that_was_never_tested_is_told_from_a_run_that_was_cut_short() {
    let mut untested = report(false).await;
    untested.complete = false;
    let mut cut_short = untested.clone();
    cut_short.conclusion = Conclusion::Inconclusive;
    untested.conclusion = Conclusion::NotTestable;
    untested.scenarios.clear();
    untested.not_testable = Some("nothing answers".to_owned());
    for (report, said, title) in [
        (
            untested,
            "the server could not be tested:",
            "The server could not be tested.",
        ),
        (
            cut_short,
            "the run was interrupted:",
            "The run was interrupted.",
        ),
    ] {
        let summary = job_summary(&report);
        assert!(summary.starts_with(&format!("## ❌ {said}")), "{summary}");
        let page = file(&report, "report.html");
        assert!(page.contains(&format!("<title>{title}")), "{title}");
        let text = annotations(&report);
        let is_untested = report.conclusion == Conclusion::NotTestable;
        assert_eq!(text.contains("::warning "), !is_untested, "{text}");
        assert_eq!(summary.contains("| inconclusive clauses |"), !is_untested);
        assert!(
            text.contains(&format!("::error title=conform::{said}"))
                || text.contains("::error title=conform::nothing answers"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_annotation_stands_at_the_place_in_a_suite_of_the_users_own() {
    let mut report = report(true).await;
    let text = annotations(&report);
    let of_logout = |text: &str| -> String {
        let mut lines = text.lines();
        let line = lines.find(|line| line.contains("logout.no-content"));
        line.unwrap().to_owned()
    };
    let line = of_logout(&text);
    let words = "title=fail%3A logout.no-content::Logging out answers 204 without a body.%0Aexpected status 204, got 200";
    let start = format!("::error {words}%0Aat specs/tokens/refuses-current.yaml:");
    assert!(line.starts_with(&start), "{line}");
    report.suite.built_in = false;
    let line = of_logout(&annotations(&report));
    let place = "::error file=specs/tokens/refuses-current.yaml,line=";
    assert!(line.starts_with(place) && line.ends_with(words), "{line}");
    assert!(
        text.contains(" clauses::because no account has a second factor"),
        "{text}"
    );
}

#[tokio::test]
async fn what_one_cause_keeps_from_being_verified_is_one_annotation() {
    let text = annotations(&hopeless(200, HOSTILE).await);
    let warnings = text.lines().filter(|line| line.starts_with("::warning "));
    let warnings: Vec<&str> = warnings.collect();
    assert!(warnings.len() < 10, "{text}");
    let folded = "because register.created failed: fix that first%0A";
    assert!(warnings.iter().any(|line| line.contains(folded)), "{text}");
    assert!(warnings.iter().all(|line| line.len() < 600), "{text}");
}

#[tokio::test]
async fn annotations_are_no_more_than_are_shown_and_each_is_one_command() {
    let mut report = hopeless(200, HOSTILE).await;
    for clause in &mut report.verdicts.clauses {
        clause.verdict = Verdict::Fail;
    }
    let text = annotations(&report);
    for kind in ["error", "warning", "notice"] {
        let command = format!("::{kind} ");
        let count = text.lines().filter(|line| line.starts_with(&command));
        assert!(count.count() <= 10, "{text}");
    }
    assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
    assert!(text.contains("more of these are in the report"), "{text}");
    let errors = text.lines().filter(|line| line.starts_with("::error "));
    assert_eq!(errors.count(), 10, "{text}");
}
