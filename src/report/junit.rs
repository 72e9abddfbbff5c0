//! `junit.xml`: a test case a scenario, its clauses as properties.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report as JUnit, TestCase, TestCaseStatus, TestSuite};

use super::Report;
use crate::printable::printable;
use crate::run::{Outcome, ScenarioResult};
use crate::verdict::ClauseVerdict;

/// Writes the report as JUnit XML: a suite a scenario, because properties that every parser takes belong to a suite.
pub(super) fn write(report: &Report, to: &mut impl io::Write) -> io::Result<()> {
    let mut junit = JUnit::new("conform");
    junit.set_time(duration(report.milliseconds));
    for result in &report.scenarios {
        let mut suite = suite(report, &result.id, test_case(report, result));
        suite.set_time(duration(result.milliseconds));
        let mut clauses: Vec<&str> = result.checks().map(|check| check.clause).collect();
        clauses.sort_unstable();
        clauses.dedup();
        for clause in clauses {
            suite.add_property(Property::new("clause", printable(clause)));
        }
        junit.add_test_suite(suite);
    }
    for id in &report.not_run {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let why = report.not_testable.as_deref();
        status.set_message(printable(why.unwrap_or("the run ended before it")));
        junit.add_test_suite(suite(report, id, named(id, status)));
    }
    junit.serialize(to).map_err(io::Error::other)
}

fn suite(report: &Report, id: &str, case: TestCase) -> TestSuite {
    let mut suite = TestSuite::new(printable(id));
    suite.add_property(Property::new("target", printable(&report.target.base_url)));
    suite.add_property(Property::new("suite", report.suite.digest.as_str()));
    suite.add_property(Property::new("complete", report.complete.to_string()));
    suite.add_test_case(case);
    suite
}

/// The waived clauses that a scenario violates, each with the reason.
fn waived(report: &Report, result: &ScenarioResult) -> Vec<String> {
    let failed = |clause: &&ClauseVerdict| {
        let mut checks = clause.checks.iter();
        checks.any(|check| check.scenario == result.id && check.state == "failed")
    };
    let clauses = report.verdicts.clauses.iter().filter(failed);
    let waived = clauses.filter_map(|clause| Some((clause, clause.waived.as_ref()?)));
    waived
        .map(|(clause, waived)| format!("{} until {}: {}", clause.id, waived.until, waived.reason))
        .collect()
}

fn test_case(report: &Report, result: &ScenarioResult) -> TestCase {
    let (told, waived) = (report.story(result), waived(report, result));
    let mut status = match result.outcome {
        Outcome::Passed if !waived.is_empty() => TestCaseStatus::skipped(),
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        // No clause fails, and yet it is not green.
        Outcome::Blocked | Outcome::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Skipped => TestCaseStatus::skipped(),
    };
    if let Some(told) = &told {
        status.set_message(told.headline.as_str());
        status.set_type(result.outcome.to_string());
        status.set_description(told.text());
    }
    if let (Outcome::Passed, false) = (result.outcome, waived.is_empty()) {
        status.set_message(printable(&format!("waived: {}", waived.join("; "))));
        status.set_type("waived");
    }
    let mut case = named(&result.id, status);
    case.set_time(duration(result.milliseconds));
    if let (Outcome::Passed, Some(told)) = (result.outcome, told) {
        case.set_system_out(told.text());
    }
    case
}

fn named(id: &str, status: TestCaseStatus) -> TestCase {
    let (feature, name) = id.split_once('/').unwrap_or(("", id));
    let mut case = TestCase::new(printable(name), status);
    case.set_classname(printable(feature));
    case
}

fn duration(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or_default()
}
