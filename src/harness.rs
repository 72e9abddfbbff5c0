//! The suite as trials of libtest-mimic: what the terminal run and a vendor's `cargo test` have in common.
//!
//! Scenarios run on a scheduler of their own; a trial only waits for its outcome.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::accounts::TotpSource;
use crate::http::Target;
use crate::printable::inert;
use crate::report::scenario_text;
use crate::run::{
    Outcome, Plan, Run, ScenarioResult, Selection, Session, SessionSettings, preflight,
    withdraw_consequences,
};
use crate::suite::Suite;
use crate::terminal;

/// Scenarios spend their time waiting for a server, not for a processor.
pub const DEFAULT_CONCURRENCY: usize = 16;

/// What a trial is told about its scenario.
type Message = Result<(), Failed>;

/// The positions in the suite of the scenarios that `arguments` select.
#[must_use]
pub fn selected(plan: &Plan, arguments: &Arguments) -> Vec<usize> {
    let chosen = |index: &&usize| {
        let trial = Trial::test(plan.scenario(**index).name(), || Ok(()));
        !arguments.is_filtered_out(&trial)
    };
    plan.scenarios.iter().filter(chosen).copied().collect()
}

/// Trials for a list alone: running one does nothing.
pub fn listed(names: impl IntoIterator<Item = String>) -> Vec<Trial> {
    let names = names.into_iter();
    names.map(|name| Trial::test(name, || Ok(()))).collect()
}

/// Scenarios under way.
pub struct RunningScenarios {
    /// The task that runs the scenarios; ends when all have.
    pub task: JoinHandle<()>,
    /// The results, to be read at the end.
    pub results: Results,
}

opaque_debug!(RunningScenarios);

/// What has come of scenarios so far.
#[derive(Debug, Clone)]
pub struct Results(Arc<Mutex<Vec<ScenarioResult>>>);

impl Results {
    /// Takes what is there.
    #[must_use]
    pub fn take(&self) -> Vec<ScenarioResult> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Starts the selected scenarios on `runtime`. `ended` is shown each result as it comes; `settled` each by its position in
/// the suite, and what did not pass only when all have ended: then it shows whose fault it is.
#[must_use]
pub fn start(
    runtime: &Runtime,
    session: &Arc<Session>,
    selected: &[usize],
    ended: impl Fn(&ScenarioResult) + Send + Sync + 'static,
    settled: impl Fn(usize, &ScenarioResult) + Send + Sync + 'static,
) -> RunningScenarios {
    let results = Arc::new(Mutex::new(Vec::new()));
    let task = runtime.spawn({
        let (session, selected) = (Arc::clone(session), selected.to_vec());
        let results = Arc::clone(&results);
        async move {
            let all = || results.lock().unwrap_or_else(PoisonError::into_inner);
            let held_back = Mutex::new(Vec::new());
            let done = |index: usize, result: ScenarioResult| {
                ended(&result);
                if result.outcome == Outcome::Passed {
                    settled(index, &result);
                } else {
                    let mut held_back = held_back.lock().unwrap_or_else(PoisonError::into_inner);
                    held_back.push((index, all().len()));
                }
                all().push(result);
            };
            Run::new(&session).scenarios(&selected, done).await;
            let mut judged = all().clone();
            withdraw_consequences(&session.plan, &mut judged);
            let held_back = held_back.into_inner();
            for (index, position) in held_back.unwrap_or_else(PoisonError::into_inner) {
                settled(index, &judged[position]);
            }
        }
    });
    RunningScenarios {
        task,
        results: Results(results),
    }
}

/// A trial for each scenario of a plan, in its order, and whoever tells them what has come of each; those not selected do
/// nothing.
pub fn trials(
    session: &Arc<Session>,
    selected: &[usize],
) -> (Vec<Trial>, impl Fn(usize, &ScenarioResult) + use<>) {
    let mut senders: HashMap<usize, Sender<Message>> = HashMap::new();
    let mut trials = Vec::new();
    for index in &session.plan.scenarios {
        let name = session.plan.scenario(*index).name();
        if selected.contains(index) {
            let (sender, receiver) = channel();
            senders.insert(*index, sender);
            trials.push(Trial::test(name, move || wait(&receiver)));
        } else {
            trials.push(Trial::test(name, || Ok(())));
        }
    }
    let session = Arc::clone(session);
    let tell = move |index: usize, result: &ScenarioResult| {
        if let Some(sender) = senders.get(&index) {
            // Nobody waits any more where the terminal is gone; the result is kept all the same.
            let _ = sender.send(message(&session.plan, result));
        }
    };
    (trials, tell)
}

fn wait(receiver: &Receiver<Message>) -> Message {
    receiver
        .recv()
        .unwrap_or_else(|_| Err(Failed::from("the run ended before it")))
}

/// A test runner knows nothing but passed and failed: what was not verified has not passed.
fn message(plan: &Plan, result: &ScenarioResult) -> Message {
    match result.outcome {
        Outcome::Passed => Ok(()),
        _ => Err(Failed::from(inert(&scenario_text(plan, result)))),
    }
}

/// A server for a vendor's own tests.
pub struct TestServer {
    /// How to reach it.
    pub target: Target,
    /// Where accounts with a second factor come from.
    pub totp_source: TotpSource,
    /// Whatever must live as long as the server is needed.
    pub keep: Box<dyn std::any::Any>,
}

opaque_debug!(TestServer: target);

/// The `main` of a vendor's `tests/conformance.rs` (with `harness = false`): the whole suite, a test a scenario.
///
/// It reads the arguments of the test runner. The server is started (or looked up) only when a scenario is
/// run, so that a list costs nothing. Whatever is not verified fails.
pub fn test_main<F, E>(start_server: impl FnOnce() -> F) -> ExitCode
where
    F: Future<Output = Result<TestServer, E>>,
    E: fmt::Display,
{
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(DEFAULT_CONCURRENCY));
    match run_tests(&arguments, start_server) {
        Ok(code) => code,
        Err(message) => {
            terminal::error(&message);
            ExitCode::from(2)
        }
    }
}

fn run_tests<F, E>(
    arguments: &Arguments,
    start_server: impl FnOnce() -> F,
) -> Result<ExitCode, String>
where
    F: Future<Output = Result<TestServer, E>>,
    E: fmt::Display,
{
    let suite = Arc::new(Suite::built_in().map_err(|error| error.to_string())?);
    let plan = Plan::new(&suite, &Selection::default());
    let selected = selected(&plan, arguments);
    if arguments.list || selected.is_empty() {
        return Ok(libtest_mimic::run(arguments, listed(plan.names())).exit_code());
    }
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let server = runtime
        .block_on(start_server())
        .map_err(|error| error.to_string())?;
    let settings = SessionSettings {
        email_domain: DEFAULT_EMAIL_DOMAIN.to_owned(),
        totp_source: server.totp_source,
        plain_accounts: None,
        concurrency: arguments.test_threads.unwrap_or(DEFAULT_CONCURRENCY),
        fail_fast: false,
    };
    let session = Session::new(server.target, plan, settings).map_err(|error| error.to_string())?;
    runtime
        .block_on(preflight(&session))
        .map_err(|error| error.to_string())?;
    let session = Arc::new(session);
    let (trials, tell) = trials(&session, &selected);
    let running = start(&runtime, &session, &selected, |_| {}, tell);
    let code = libtest_mimic::run(arguments, trials).exit_code();
    drop(running);
    Ok(code)
}

/// The domain of made-up e-mails where the user names none.
pub const DEFAULT_EMAIL_DOMAIN: &str = "example.com";
