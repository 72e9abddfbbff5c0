//! A clause: what it says and why, the expectations that prove it, the mutants that break it.

use std::fmt::Write as _;

use crate::contract::Clause;
use crate::mutation::mutants;
use crate::suite::{Expectation, Scenario, Step, Suite, expectation_line, expected, step_line};

pub(super) fn text(suite: &Suite, clause: &Clause) -> String {
    let mut text = String::new();
    let id = clause.id.as_str();
    let _ = writeln!(text, "{id} ({}, {})", clause.level, clause.profile);
    let _ = writeln!(text, "  {}", clause.statement);
    let _ = writeln!(text, "  {}", suite.contract.source_of(clause));
    for sentence in clause
        .from
        .iter()
        .filter_map(|id| suite.contract.sentence(id))
    {
        let _ = writeln!(text, "  {}: {}", sentence.section, sentence.says);
    }
    if !clause.unless.is_empty() {
        text.push_str("\nnot blamed where one of these is violated\n");
        for cause in &clause.unless {
            let _ = writeln!(text, "  {}", cause.as_str());
        }
    }
    text.push_str("\nproven by\n");
    let before = text.len();
    for scenario in &suite.scenarios {
        for step in &scenario.steps {
            let proofs = step.expectations.iter();
            proofs
                .filter(|one| one.proves.iter().any(|proven| proven == id))
                .for_each(|proof| tell_proof(&mut text, scenario, step, proof));
        }
    }
    or_nothing(&mut text, before);
    text.push_str("\nbroken by\n");
    let before = text.len();
    for mutant in mutants().filter(|mutant| mutant.breaks == id) {
        let _ = writeln!(text, "  {}\n    {}", mutant.id, mutant.what);
        if let Some(why) = mutant.equivalent {
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

fn tell_proof(text: &mut String, scenario: &Scenario, step: &Step, proof: &Expectation) {
    let _ = writeln!(
        text,
        "  {}:{} {}",
        scenario.source.path,
        expectation_line(scenario, proof),
        scenario.name()
    );
    let _ = writeln!(
        text,
        "    {}: {}",
        step.operation,
        expected(scenario, proof)
    );
    let twin = proof.twin.and_then(|position| scenario.steps.get(position));
    if let Some(twin) = twin {
        let ground = twin.expectations.iter().map(|one| expected(scenario, one));
        let _ = writeln!(
            text,
            "    twin at line {}, {}: {}",
            step_line(scenario, twin),
            twin.operation,
            ground.collect::<Vec<_>>().join("; ")
        );
    }
}
