//! Expectations in short, in the words of the files in which they stand.

use super::{Condition, Expectation, Scenario, Step, Test};

/// What is expected, on one line: `status 422, contains cannot_revoke_current`.
#[must_use]
pub fn expected<'a>(scenario: &Scenario, expectation: &'a Expectation) -> &'a str {
    // Asked for in every run of the step.
    expectation.in_words.get_or_init(|| {
        let conditions = expectation.conditions.iter();
        let words: Vec<String> = conditions
            .map(|(condition, span)| {
                let written = scenario.source.text.get(span.clone()).unwrap_or_default();
                one(
                    scenario,
                    condition,
                    written.lines().next().unwrap_or_default(),
                )
            })
            .collect();
        words.join(", ")
    })
}

fn one(scenario: &Scenario, condition: &Condition, written: &str) -> String {
    match condition {
        Condition::Status(statuses) => format!("status {statuses}"),
        Condition::Schema(name) => format!("schema {name}"),
        Condition::IsJson => "is_json".to_owned(),
        Condition::NotHtml => "not_html".to_owned(),
        Condition::EmptyBody => "body empty".to_owned(),
        Condition::Contains(_) => format!("contains {written}"),
        Condition::NoSecrets => "no_secrets".to_owned(),
        Condition::NoInternals => "no_internals".to_owned(),
        Condition::Header(name, None) => format!("header {name}"),
        Condition::Header(name, Some(word)) => format!("header {name} has {word}"),
        Condition::SameResponse(position) => {
            let step = scenario.steps.get(*position);
            let line = step
                .map(|step| step_line(scenario, step))
                .unwrap_or_default();
            format!("same_response_as line {line}")
        }
        Condition::Succeeded(count) => format!("succeeded {count}"),
        Condition::Others(statuses) => format!("others {statuses}"),
        Condition::At(path, test) => match key(test) {
            (key, true) => format!("at {path}: {key} {written}"),
            (key, false) => format!("at {path}: {key}"),
        },
    }
}

/// The key of a test, and whether its value says something.
fn key(test: &Test) -> (&'static str, bool) {
    match test {
        Test::Equals(_) => ("equals", true),
        Test::NotContains(_) => ("not_contains", true),
        Test::MinEntropyBits(_) => ("min_entropy_bits", true),
        Test::Count(_) => ("count", true),
        Test::Absent => ("absent", false),
        Test::Unique => ("unique", false),
        Test::Sorted(_) => ("sorted", true),
        Test::Approx { .. } => ("approx", true),
        Test::AllApprox { .. } => ("all_approx", true),
        Test::SameInstant(_) => ("same_instant", true),
        Test::SameEmail(_) => ("same_email", true),
    }
}

/// The line of a step in its file.
#[must_use]
pub fn step_line(scenario: &Scenario, step: &Step) -> usize {
    scenario.source.line(step.span.start)
}

/// The line of an expectation in its file.
#[must_use]
pub fn expectation_line(scenario: &Scenario, expectation: &Expectation) -> usize {
    scenario.source.line(expectation.span().start)
}
