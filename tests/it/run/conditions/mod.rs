//! Every condition with answers on which it holds and answers on which it does not.

mod calls;
mod cases;
mod kinds;

use conform::run::ExpectationState;

use crate::run::support::{Scripted, Server, json, run_one, states};

/// What an earlier step was answered.
const EARLIER: &str = r#"{ "token": "9|a-very-secret-token", "seven": 7, "moment": "2026-01-01T00:00:00Z", "list": [1, 2, 3] }"#;

/// Whether an expectation (as YAML) of a step with these further keys holds for an answer.
async fn holds(step: &str, expectation: &str, answer: Scripted) -> bool {
    let yaml = format!(
        r#"
title: one condition
steps:
  - id: earlier
    call: login
    expect: {{ status: 200 }}
    capture: {{ token: $.token, seven: $.seven, moment: $.moment, many: "count($.list[*])" }}
  - call: me
    {step}
    expect:
      # The first expectation must not hide the second: it is one that every answer satisfies.
      - {{ status: <599, verifies: [a.two] }}
      - {{ {expectation}, verifies: [a.one] }}
"#
    );
    let server = Server::start(move |seen, _| match seen.path.as_str() {
        "/login" => json(200, EARLIER),
        _ => answer.clone(),
    })
    .await;
    let result = run_one(&yaml, &server).await;
    match states(&result, 1)[1] {
        ExpectationState::Held => true,
        ExpectationState::Failed { .. } => false,
        ExpectationState::Untried { reason } | ExpectationState::Skipped { reason } => {
            panic!("{expectation} is untried: {reason}")
        }
    }
}
