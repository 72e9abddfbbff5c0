//! The control: a replay without a change says what the run has said.

use std::time::Duration;

use conform::accounts::{TotpSource, read_account_file};
use conform::reference::Behaviour;
use conform::reference::behaviour::{TokenFilter, TrialPeriod};
use conform::run::{Outcome, Plan, Recording, ScenarioResult, Selection};
use serde_json::{Value, json};

use crate::answer_mutants::support::{Counted, built_in, built_in_but, recorded};

/// Everything that a result says, but when and how fast.
fn sayings(result: &ScenarioResult) -> Value {
    let mut value = serde_json::to_value(result).unwrap();
    value["started"] = Value::Null;
    value["milliseconds"] = Value::Null;
    for step in value["steps"].as_array_mut().unwrap() {
        step["timing"] = Value::Null;
    }
    value
}

async fn assert_same_again(recording: &Recording) -> Vec<Outcome> {
    let plan = recording.plan();
    let mut outcomes = Vec::new();
    for index in &plan.scenarios {
        let id = &plan.scenario(*index).id;
        let run = recording.result(id).unwrap();
        let replayed = recording.replay(plan, *index, None).await.unwrap();
        assert_eq!(sayings(&replayed), sayings(run), "{id}");
        outcomes.push(run.outcome);
    }
    outcomes
}

#[tokio::test]
async fn a_replay_of_a_conforming_server_passes_where_the_run_has_passed() {
    let recording = recorded().await;
    let outcomes = assert_same_again(recording).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Passed));
}

#[tokio::test]
async fn a_replay_of_a_broken_server_blames_it_for_the_same() {
    let mut broken = Behaviour::default();
    broken.registration.trial = TrialPeriod::Days(29);
    broken.login.ends = TokenFilter::Own;
    broken.sessions.refuses_to_revoke = TokenFilter::None;
    broken.sessions.logout_ends = TokenFilter::None;
    let server = Counted::start(broken).await;
    let recording = server.record(&built_in(), TotpSource::None).await;
    server.stop().await;
    let outcomes = assert_same_again(&recording).await;
    for wanted in [Outcome::Failed, Outcome::Skipped] {
        assert!(outcomes.contains(&wanted), "{wanted} is among {outcomes:?}");
    }
}

/// The run asked as a stranger; a replay cannot, and has to know what the stranger was told.
#[tokio::test]
async fn a_replay_knows_what_strangers_were_told() {
    let server = Counted::start_without("/api/auth/tokens", Behaviour::default()).await;
    let recording = server.record(&built_in(), TotpSource::None).await;
    server.stop().await;
    assert_same_again(&recording).await;
    let result = recording.result("tokens/lists").unwrap();
    let text = json!(result).to_string();
    assert!(
        text.contains("--operation 'list-tokens=METHOD /path'"),
        "{text}"
    );
}

/// What such an account is refused verifies nothing, then and now.
#[tokio::test]
async fn a_replay_knows_that_an_account_is_shared() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let account = json!({
        "email": "gone@mail.example",
        "password": "a-password-of-old",
        "totp_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    });
    std::fs::write(file.path(), account.to_string()).unwrap();
    let server = Counted::start(Behaviour::default()).await;
    let source = read_account_file(file.path()).unwrap();
    let recording = server.record(&built_in(), source).await;
    server.stop().await;
    let outcomes = assert_same_again(&recording).await;
    assert!(outcomes.contains(&Outcome::Blocked), "{outcomes:?}");
}

/// The clock of the runtime stands still but for sleeps, which it skips and counts.
#[tokio::test]
async fn nothing_is_waited_for_in_a_replay() {
    let recording = recorded().await;
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    assert_same_again(recording).await;
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_recording_shows_no_secret() {
    let recording = recorded().await;
    let shown = format!("{recording:?}");
    assert!(shown.contains("login/default-client-type"), "{shown}");
    let plan = recording.plan();
    let id = "register/new-account";
    let index = plan
        .scenarios
        .iter()
        .find(|index| plan.scenario(**index).id == id);
    let answer = recording.answer(id, 0).unwrap();
    let token = answer.json.as_ref().unwrap()["token"].as_str().unwrap();
    assert!(!shown.contains(token));
    assert!(!format!("{answer:?}").contains(token));
    let replayed = recording.replay(plan, *index.unwrap(), None).await.unwrap();
    assert!(!json!(replayed).to_string().contains(token));
}

#[tokio::test]
async fn an_answer_is_only_that_of_its_own_call() {
    let (old, new) = ("jane.password | swapped_case", "jane.password | shortened");
    let suite = built_in_but("login/failures", &[(old, new)]);
    let plan = Plan::new(&suite, &Selection::default());
    let id = "login/failures";
    let index = plan
        .scenarios
        .iter()
        .find(|index| plan.scenario(**index).id == id);
    let replayed = recorded()
        .await
        .replay(&plan, *index.unwrap(), None)
        .await
        .unwrap();
    let reasons = replayed
        .steps
        .iter()
        .filter_map(|step| step.reason.as_deref());
    let reasons: Vec<&str> = reasons.collect();
    let left_out = "left out, as no answer had a value for `web_used`";
    assert_eq!(
        reasons,
        ["the recorded answer is that of another call", left_out]
    );
}
