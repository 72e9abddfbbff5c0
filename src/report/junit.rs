//! `junit.xml`: a test case a scenario, its clauses as properties.

use std::time::Duration;

use quick_junit::{
    NonSuccessKind, Property, Report as JUnit, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use super::{Report, story};
use crate::engine::{Outcome, Plan, ScenarioResult};
use crate::verdict::ClauseVerdict;

/// The report as JUnit XML.
///
/// # Errors
/// The library cannot write it.
pub fn junit(report: &Report, plan: &Plan) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new("conform");
    suite.add_property(Property::new("target", report.target.base_url.as_str()));
    suite.add_property(Property::new("suite", report.suite.digest.as_str()));
    suite.add_property(Property::new("complete", report.complete.to_string()));
    suite.set_time(duration(report.milliseconds));
    for result in &report.scenarios {
        let waived = waived(report, result);
        suite.add_test_case(test_case(result, plan, &waived));
    }
    for id in &report.not_run {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("the run ended before it");
        suite.add_test_case(named(id, status));
    }
    let mut junit = JUnit::new("conform");
    junit.set_time(duration(report.milliseconds));
    junit.add_test_suite(suite);
    junit.to_string()
}

/// The waived clauses that a scenario violates, each with the reason.
fn waived(report: &Report, result: &ScenarioResult) -> Vec<String> {
    let violated = |clause: &&ClauseVerdict| {
        let mut proofs = clause.proofs.iter();
        proofs.any(|proof| proof.scenario == result.id && proof.state == "failed")
    };
    let clauses = report.verdicts.clauses.iter().filter(violated);
    let waived = clauses.filter_map(|clause| Some((clause, clause.waived.as_ref()?)));
    waived
        .map(|(clause, waived)| format!("{} until {}: {}", clause.id, waived.until, waived.reason))
        .collect()
}

fn test_case(result: &ScenarioResult, plan: &Plan, waived: &[String]) -> TestCase {
    let told = story(plan, result);
    let mut status = match result.outcome {
        Outcome::Passed if !waived.is_empty() => TestCaseStatus::skipped(),
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        // Nobody is blamed, and yet it is not green.
        Outcome::Blocked | Outcome::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Unproven => TestCaseStatus::skipped(),
    };
    if let Some(told) = &told {
        status.set_message(told.headline.as_str());
        status.set_type(result.outcome.to_string());
        status.set_description(told.text.as_str());
    }
    if let (Outcome::Passed, false) = (result.outcome, waived.is_empty()) {
        status.set_message(format!("waived: {}", waived.join("; ")));
        status.set_type("waived");
    }
    let mut case = named(&result.id, status);
    case.set_time(duration(result.milliseconds));
    let mut clauses: Vec<&str> = result.proofs().map(|proof| proof.clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    for clause in clauses {
        case.add_property(Property::new("clause", clause));
    }
    if let (Outcome::Passed, Some(told)) = (result.outcome, told) {
        case.set_system_out(told.text);
    }
    case
}

fn named(id: &str, status: TestCaseStatus) -> TestCase {
    let (feature, name) = id.split_once('/').unwrap_or(("", id));
    let mut case = TestCase::new(name, status);
    case.set_classname(feature);
    case
}

fn duration(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or_default()
}
