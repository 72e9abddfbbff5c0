//! A clause: what it says and why, the expectations that verify it, the mutants that break it.

use std::fmt::Write as _;

use crate::contract::Clause;
use crate::selftest::Mutant;
use crate::suite::{Expectation, Scenario, Step, Suite, expectation_line, expected, step_line};

pub(super) fn text(suite: &Suite, mutants: &[Mutant], clause: &Clause) -> String {
    let mut text = String::new();
    let id = clause.id.as_str();
    let _ = writeln!(text, "{id} ({}, {})", clause.level, clause.profile);
    let _ = writeln!(text, "  {}", clause.text);
    let _ = writeln!(text, "  {}", suite.contract.source_of(clause));
    for sentence in clause
        .sources
        .iter()
        .filter_map(|id| suite.contract.sentence(id))
    {
        let _ = writeln!(text, "  {}: {}", sentence.section, sentence.says);
    }
    if !clause.masked_by.is_empty() {
        text.push_str("\nnot reported if one of these fails\n");
        for cause in &clause.masked_by {
            let _ = writeln!(text, "  {}", cause.as_str());
        }
    }
    text.push_str("\nverified by\n");
    let before = text.len();
    for scenario in &suite.scenarios {
        for step in &scenario.steps {
            let checks = step.expectations.iter();
            checks
                .filter(|one| one.verifies.iter().any(|verified| verified == id))
                .for_each(|check| tell_check(&mut text, scenario, step, check));
        }
    }
    or_nothing(&mut text, before);
    text.push_str("\nbroken by\n");
    let before = text.len();
    for mutant in mutants.iter().filter(|mutant| *mutant.clause == id) {
        let _ = writeln!(text, "  {}\n    {}", mutant.id.value, mutant.text.value);
        if let Some(why) = &mutant.equivalent {
            let _ = writeln!(text, "    nobody can tell: {why}");
        }
    }
    or_nothing(&mut text, before);
    text
}

fn or_nothing(text: &mut String, before: usize) {
    if text.len() == before {
        text.push_str("  nothing\n");
    }
}

fn tell_check(text: &mut String, scenario: &Scenario, step: &Step, check: &Expectation) {
    let _ = writeln!(
        text,
        "  {}:{} {}",
        scenario.source.path,
        expectation_line(scenario, check),
        scenario.name()
    );
    let after = step.look.as_ref();
    let after = after.and_then(|look| scenario.steps.get(look.cause));
    let after = after.map_or_else(String::new, |cause| {
        format!("looking around after {}, ", cause.operation)
    });
    let _ = writeln!(
        text,
        "    {after}{}: {}",
        step.operation,
        expected(scenario, check)
    );
    let control = check
        .control
        .and_then(|position| scenario.steps.get(position));
    if let Some(control) = control {
        let expected = control
            .expectations
            .iter()
            .map(|one| expected(scenario, one));
        let _ = writeln!(
            text,
            "    control at line {}, {}: {}",
            step_line(scenario, control),
            control.operation,
            expected.collect::<Vec<_>>().join("; ")
        );
    }
}
