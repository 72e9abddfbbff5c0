//! `junit.xml`: a test case a clause, a suite a profile, so that the history of a CI is one of clauses.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report as JUnit, TestCase, TestCaseStatus, TestSuite};

use super::Report;
use super::causes::{Causes, Root};
use crate::printable::printable;
use crate::verdict::{ClauseVerdict, Verdict};

/// Writes the report as JUnit XML.
pub(super) fn write(report: &Report, to: &mut impl io::Write) -> io::Result<()> {
    let mut junit = JUnit::new("conform");
    junit.set_time(duration(report.milliseconds));
    let causes = Causes::of(report);
    for profile in &report.verdicts.profiles {
        let mut suite = suite(report, &profile.profile.to_string());
        let clauses = report.verdicts.clauses.iter();
        let own = clauses.filter(|clause| clause.profile == profile.profile);
        for clause in own {
            suite.add_test_case(test_case(report, &causes, clause));
        }
        junit.add_test_suite(suite);
    }
    if !report.complete || report.not_testable.is_some() {
        let mut suite = suite(report, "run");
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let why = report.not_testable.as_deref();
        status.set_message(printable(
            why.unwrap_or("the run ended before every scenario had run"),
        ));
        if !report.not_run.is_empty() {
            let not_run = report.not_run.join("\n");
            status.set_description(printable(&format!("not run:\n{not_run}")));
        }
        suite.add_test_case(named("run", "complete", status));
        junit.add_test_suite(suite);
    }
    junit.serialize(to).map_err(io::Error::other)
}

fn suite(report: &Report, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(printable(name));
    suite.add_property(Property::new("target", printable(&report.target.base_url)));
    suite.add_property(Property::new("suite", report.suite.digest.as_str()));
    suite.add_property(Property::new("complete", report.complete.to_string()));
    suite
}

fn test_case(report: &Report, causes: &Causes<'_>, clause: &ClauseVerdict) -> TestCase {
    let status = match clause.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => failed(report, clause),
        Verdict::Inconclusive => inconclusive(causes, clause),
    };
    let (feature, name) = clause.id.split_once('.').unwrap_or(("", &clause.id));
    named(feature, name, status)
}

/// A failure if it fails the run; what is waived, or need not hold, is no more than told.
fn failed(report: &Report, clause: &ClauseVerdict) -> TestCaseStatus {
    let mut status = if clause.fails() {
        TestCaseStatus::non_success(NonSuccessKind::Failure)
    } else {
        TestCaseStatus::skipped()
    };
    let story = report.story(clause);
    let message = story
        .as_ref()
        .map_or(clause.text.as_str(), |story| &story.failure.message);
    match &clause.waived {
        Some(waived) => {
            let words = format!(
                "waived until {}: {} ({message})",
                waived.until, waived.reason
            );
            status.set_message(printable(&words));
            status.set_type("waived");
        }
        None if clause.binding => {
            status.set_message(printable(message));
            status.set_type("failed");
        }
        None => {
            status.set_message(printable(&format!("need not hold: {message}")));
            status.set_type("failed");
        }
    }
    if let Some(story) = story {
        status.set_description(story.text());
    }
    status
}

/// An error where nothing else in the file says why the run is not green; else it only follows.
fn inconclusive(causes: &Causes<'_>, clause: &ClauseVerdict) -> TestCaseStatus {
    let root = causes.root_of(&clause.id);
    let reason = clause.reason.as_deref().unwrap_or_default();
    let (mut status, message) = match root {
        Some(Root::Clause(id)) => (
            TestCaseStatus::skipped(),
            format!("not verified, because {id} failed"),
        ),
        Some(Root::Lack(lack)) => (TestCaseStatus::skipped(), (*lack).to_owned()),
        _ if !clause.binding => (TestCaseStatus::skipped(), reason.to_owned()),
        Some(Root::Precondition(what)) => (
            TestCaseStatus::non_success(NonSuccessKind::Error),
            format!("not verified, because {what}"),
        ),
        Some(Root::Reason(_)) | None => (
            TestCaseStatus::non_success(NonSuccessKind::Error),
            reason.to_owned(),
        ),
    };
    status.set_message(printable(&message));
    status.set_type("inconclusive");
    status
}

fn named(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(printable(name), status);
    case.set_classname(printable(class));
    case
}

fn duration(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or_default()
}
