//! A record, tried again: as much of it as the kept answers tell, and what they contradict.

use std::sync::Arc;

use conform::run::{
    ExpectationState, Outcome, Reevaluation, ScenarioResult, Session, StepOutcome, StepResult,
    reevaluate,
};
use serde_json::{Value, json};

use crate::run::support::{self, Scripted, Seen, Server, run, session_of_one};

/// A scenario that was run, and what the run has kept of it.
struct Recorded {
    session: Arc<Session>,
    result: ScenarioResult,
}

impl Recorded {
    async fn of(
        yaml: &str,
        answer: impl Fn(&Seen, usize) -> Scripted + Send + Sync + 'static,
    ) -> Self {
        let server = Server::start(answer).await;
        let session = session_of_one(yaml, &server);
        let result = run(&session).await.remove(0);
        Self { session, result }
    }

    fn again(&self) -> Reevaluation {
        let plan = &self.session.plan;
        reevaluate(plan, plan.scenario(0), &self.result)
    }

    /// How many expectations were borne out, and of how many the record says too little; nothing contradicts.
    #[track_caller]
    fn counts(&self) -> [usize; 2] {
        let again = self.again();
        assert_eq!(again.contradictions, []);
        [again.rechecked, again.undecided]
    }

    /// The same record with one change, and what cannot be in it.
    fn forged(&self, forge: impl FnOnce(&mut ScenarioResult)) -> Vec<String> {
        let mut result = self.result.clone();
        forge(&mut result);
        let forged = Self {
            session: Arc::clone(&self.session),
            result,
        };
        let contradictions = forged.again().contradictions.into_iter();
        contradictions.map(|what| what.what).collect()
    }
}

fn scripted(status: u16, body: &Value) -> Scripted {
    support::json(status, &body.to_string())
}

/// Registers everybody; sends any other body back, under `sent`.
fn echo(seen: &Seen, _: usize) -> Scripted {
    if seen.path == "/register" {
        return scripted(201, &json!({ "token": "a-token-of-some-length" }));
    }
    let sent: Value = serde_json::from_str(&seen.body).unwrap_or_default();
    scripted(200, &json!({ "sent": sent }))
}

const CAPTURED: &str = r#"
title: what was captured is captured again
steps:
  - { call: login, expect: { status: 200 }, capture: { kept: $.word, many: "count($.items[*])" } }
  - call: me
    expect:
      - { status: 200 }
      - { at: $.word, equals: "{{kept}}", verifies: [a.one] }
      - { at: "$.items[*]", count: "{{many + 1}}", verifies: [a.two] }
      - { at: $.nothing, equals: "{{kept}}", verifies: [a.three] }
"#;

#[tokio::test]
async fn all_of_a_record_that_hides_nothing_is_borne_out() {
    let words = |seen: &Seen, _| {
        let items = if seen.path == "/login" { 1 } else { 2 };
        scripted(200, &json!({ "word": "apples", "items": vec![0; items] }))
    };
    let recorded = Recorded::of(CAPTURED, words).await;
    assert_eq!(recorded.result.outcome, Outcome::Failed);
    assert_eq!(recorded.counts(), [5, 0]);
    let forged = recorded.forged(|result| {
        result.steps[1].expectations[3].state = ExpectationState::Held;
        result.steps[1].outcome = StepOutcome::Passed;
        result.outcome = Outcome::Passed;
    });
    assert_eq!(forged.len(), 1, "{forged:?}");
    assert!(forged[0].starts_with("it is said to hold, but in the kept answer"));
}

#[tokio::test]
async fn what_was_not_tried_or_cannot_be_told_is_beyond_the_record() {
    let yaml = r#"
title: a value is missing, and the absence of secrets cannot be seen
steps:
  - { call: login, expect: [{ status: 200, verifies: [a.one] }, { no_secrets: true }], capture: { gone: $.gone } }
  - { call: me, token: "{{gone}}", expect: [{ status: 200, verifies: [a.two] }, { is_json: true }, { body: empty }] }
  - { call: me, expect: { status: 200, verifies: [a.three] } }
"#;
    let recorded = Recorded::of(yaml, |_, _| scripted(200, &json!({}))).await;
    assert_eq!(recorded.counts(), [2, 4]);
    let unfounded = recorded.forged(|result| {
        result.steps[1].expectations[1].state = ExpectationState::Held;
    });
    assert_eq!(unfounded, ["no answer is kept that it could rest on"]);
}

const ALIKE: &str = r"
title: two calls are answered alike
steps:
  - { id: first, call: login, body: { word: apples }, expect: { status: 200, verifies: [a.one] } }
  - { call: login, body: { word: pears }, expect: { status: 200, same_response_as: first, verifies: [a.two] } }
  - { id: item, call: item, path: { id: apples }, expect: { status: 200, verifies: [a.one] } }
  - { call: item, path: { id: pears }, expect: { status: 200, same_response_as: item, verifies: [a.three] } }
";

#[tokio::test]
async fn answers_are_alike_again_whatever_the_calls_said() {
    let repeats = |seen: &Seen, _| {
        let sent: Value = serde_json::from_str(&seen.body).unwrap_or_default();
        let said = sent["word"].as_str();
        let said = said.or(seen.path.rsplit('/').next()).unwrap();
        scripted(200, &json!({ "message": format!("There are no {said}.") }))
    };
    let recorded = Recorded::of(ALIKE, repeats).await;
    assert_eq!(recorded.result.outcome, Outcome::Passed);
    assert_eq!(recorded.counts(), [4, 0]);
}

#[tokio::test]
async fn whether_answers_are_alike_cannot_be_told_where_one_was_changed() {
    let shown = |_: &Seen, before| {
        let token = if before == 0 { "a-token-of-length" } else { "" };
        scripted(200, &json!({ "token": token }))
    };
    let recorded = Recorded::of(ALIKE, shown).await;
    assert_eq!(recorded.result.outcome, Outcome::Failed);
    assert_eq!(recorded.counts(), [2, 2]);
}

#[tokio::test]
async fn a_secret_that_was_shown_is_known_by_its_name() {
    let yaml = r#"
title: a token is shown
steps:
  - { call: login, expect: { status: 200 }, capture: { token: $.token } }
  - { call: me, token: "{{token}}", expect: { status: 200, no_secrets: true, verifies: [a.one] } }
"#;
    let shows = |_: &Seen, _| scripted(200, &json!({ "token": "a-token-of-some-length" }));
    let recorded = Recorded::of(yaml, shows).await;
    assert_eq!(recorded.result.outcome, Outcome::Failed);
    assert_eq!(recorded.counts(), [2, 0]);
    let forged = recorded.forged(|result| {
        result.steps[1].expectations[0].state = ExpectationState::Held;
        result.steps[1].outcome = StepOutcome::Passed;
        result.outcome = Outcome::Passed;
    });
    let told = "it is said to hold, but in the kept answer the body shows a secret";
    assert_eq!(forged, [told]);
}

#[tokio::test]
async fn accounts_are_known_again_by_what_was_said_of_them() {
    let yaml = r#"
title: two accounts, one of them made up
accounts: { jo: { registered: false }, jane: {} }
steps:
  - call: login
    body: { of: [{ name: "{{jo.name}}" }], email: "{{jo.email}}", twice: "{{jane.name}} {{jane.name}}" }
    expect:
      - { status: 200 }
      - { at: "$.sent.of[0].name", equals: "{{jo.name}}", verifies: [a.one] }
      - { at: $.sent.email, equals: "{{jo.email}}", verifies: [a.two] }
      - { at: $.sent.twice, equals: "{{jane.name}} {{jane.name}}", verifies: [a.three] }
  - { call: login, body: { email: "{{jane.email}}" }, expect: { status: 200, at: $.sent.email, equals: "{{jane.email}}", verifies: [a.one] } }
"#;
    let recorded = Recorded::of(yaml, echo).await;
    assert_eq!(recorded.result.outcome, Outcome::Passed);
    assert_eq!(recorded.counts(), [5, 0]);
}

#[tokio::test]
async fn accounts_that_were_never_registered_are_told_apart() {
    let yaml = r#"
title: two accounts that are made up
accounts: { jo: { registered: false }, al: { registered: false } }
steps:
  - call: login
    body: { one: "{{jo.name}}", other: "{{al.name}}", mail: "to {{al.email}}" }
    expect:
      - { status: 200 }
      - { at: $.sent.one, equals: "{{jo.name}}", verifies: [a.one] }
      - { at: $.sent.other, equals: "{{al.name}}", verifies: [a.two] }
      - { at: $.sent.mail, equals: "to {{al.email}}", verifies: [a.three] }
"#;
    let recorded = Recorded::of(yaml, echo).await;
    assert_eq!(recorded.result.outcome, Outcome::Passed);
    assert_eq!(recorded.counts(), [4, 0]);
}

#[tokio::test]
async fn an_account_that_was_refused_leaves_a_record_of_that() {
    let yaml = r#"
title: an account cannot be registered
accounts: { jane: {} }
steps:
  - { call: me, token: "{{jane.token}}", expect: { status: 200, verifies: [a.one] } }
"#;
    let recorded = Recorded::of(yaml, |_, _| scripted(500, &json!({}))).await;
    assert!(recorded.result.steps[0].exchange.is_some());
    assert_eq!(recorded.result.steps[0].outcome, StepOutcome::Failed);
    assert_eq!(recorded.counts(), [0, 1]);
}

#[tokio::test]
async fn only_a_failure_of_this_program_has_no_steps() {
    let recorded = Recorded::of(CAPTURED, |_, _| scripted(200, &json!({}))).await;
    let missing = ["steps of the suite are missing"];
    for outcome in [Outcome::Passed, Outcome::Blocked] {
        let forged = recorded.forged(|result| {
            result.outcome = outcome;
            result.steps.clear();
        });
        assert_eq!(forged, missing, "{outcome}");
    }
    let crashed = recorded.forged(|result| {
        result.outcome = Outcome::Error;
        result.steps.clear();
    });
    assert_eq!(crashed, [""; 0]);
    let cut = recorded.forged(|result| {
        result.outcome = Outcome::Error;
        result.steps.truncate(1);
    });
    assert_eq!(cut, missing);
}

#[tokio::test]
async fn a_record_of_other_steps_is_none_of_the_suite() {
    let recorded = Recorded::of(CAPTURED, |_, _| scripted(200, &json!({}))).await;
    let forgeries: [fn(&mut StepResult); 4] = [
        |step| step.position = Some(7),
        |step| step.operation = "item".to_owned(),
        |step| step.line += 1,
        |step| step.expectations.truncate(1),
    ];
    for (number, forge) in forgeries.into_iter().enumerate() {
        let forged = recorded.forged(|result| forge(&mut result.steps[1]));
        assert_eq!(forged, ["the suite has another step there"], "{number}");
    }
}

const TWINS: &str = r"
title: a refusal and its control
steps:
  - { call: me, expect: { status: 401 }, verifies: [a.one], control: works }
  - { id: works, call: login, expect: { status: 200 }, verifies: [a.two] }
";

/// Refuses everybody.
fn refused(_: &Seen, _: usize) -> Scripted {
    scripted(401, &json!({}))
}

#[tokio::test]
async fn what_became_of_a_step_follows_from_its_expectations() {
    let told = "the outcome of the step does not follow from what became of its expectations";
    let recorded = Recorded::of(TWINS, refused).await;
    let forged = recorded.forged(|result| result.steps[1].outcome = StepOutcome::Passed);
    assert_eq!(forged, [told]);
    let passing = |seen: &Seen, _| {
        let status = if seen.path == "/me" { 401 } else { 200 };
        scripted(status, &json!({}))
    };
    let recorded = Recorded::of(TWINS, passing).await;
    let forged = recorded.forged(|result| result.steps[1].outcome = StepOutcome::Blocked);
    assert_eq!(forged, [told]);
}

#[tokio::test]
async fn a_refusal_counts_only_where_its_twin_was_not_refused() {
    let recorded = Recorded::of(TWINS, refused).await;
    assert_eq!(recorded.counts(), [1, 1]);
    let forged = recorded.forged(|result| {
        result.steps[0].expectations[0].state = ExpectationState::Held;
        result.steps[0].outcome = StepOutcome::Passed;
    });
    assert_eq!(
        forged,
        ["it counts, though another step makes it inconclusive"]
    );
}

#[tokio::test]
async fn what_became_of_a_scenario_follows_from_its_proofs() {
    let recorded = Recorded::of(TWINS, refused).await;
    assert_eq!(recorded.result.outcome, Outcome::Failed);
    for outcome in [Outcome::Passed, Outcome::Blocked, Outcome::Skipped] {
        let forged = recorded.forged(|result| result.outcome = outcome);
        let told = format!("the scenario is said to have {outcome}, which does not follow");
        assert_eq!(forged, [told]);
    }
    let yaml = r#"
title: a value is missing
steps:
  - { call: login, expect: { status: 200 }, capture: { gone: $.gone } }
  - { call: me, token: "{{gone}}", expect: { status: 200, verifies: [a.one] } }
"#;
    let recorded = Recorded::of(yaml, |_, _| scripted(200, &json!({}))).await;
    assert_eq!(recorded.result.outcome, Outcome::Blocked);
    let forged = recorded.forged(|result| result.outcome = Outcome::Passed);
    assert_eq!(
        forged,
        ["the scenario is said to have passed, which does not follow"]
    );
    let forged = recorded.forged(|result| result.outcome = Outcome::Failed);
    assert_eq!(
        forged,
        ["the scenario is said to have failed, which does not follow"]
    );
}
