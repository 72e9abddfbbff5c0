//! Each mutant is well-formed and breaks a clause that there is. That each is caught is what `conform mutants` says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use conform::contract::Level;
use conform::http::{BaseUrl, Target};
use conform::reference::Settings;
use conform::report::{BrokenServer, Matrix, Place, Reproduction, Story, hurl};
use conform::run::{Plan, Selection};
use conform::selftest::{Mutant, Server, TrialOutcome, try_server};
use conform::suite::Suite;
use conform::totp::Authenticator;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Clauses that a server can break in one way only, as far as we know.
const ONE_WAY: [&str; 7] = [
    "hardening.totp-code-once",
    "totp.trial-stays",
    "hardening.recovery-code-once",
    "hardening.rejects-structures",
    "concurrency.one-registration",
    "concurrency.loser-refused",
    "concurrency.one-session",
];

fn suite() -> Arc<Suite> {
    Arc::new(Suite::built_in().unwrap())
}

/// All of them: what is compiled in has no mistake.
fn mutants() -> Vec<Mutant> {
    conform::selftest::mutants(&suite()).unwrap()
}

/// What the pages of reports tell of the suite: the mutants that can be told from a conforming server, by the clauses that
/// they break.
fn matrix(suite: &Suite, mutants: &[Mutant]) -> Matrix {
    let mut clauses: BTreeMap<String, Vec<BrokenServer>> = BTreeMap::new();
    for mutant in mutants.iter().filter(|mutant| mutant.equivalent.is_none()) {
        let servers = clauses.entry(mutant.clause.value.clone()).or_default();
        servers.push(BrokenServer {
            id: mutant.id.value.clone(),
            what: mutant.text.value.clone(),
        });
    }
    Matrix {
        suite: suite.digest.clone(),
        clauses,
    }
}

/// `UPDATE_MATRIX=1 cargo test --test it the_matrix` writes it anew.
#[test]
fn the_matrix_on_the_page_of_a_report_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/matrix.json");
    let text = serde_json::to_string_pretty(&matrix(&suite(), &mutants())).unwrap() + "\n";
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == text,
        "templates/matrix.json is stale: run `UPDATE_MATRIX=1 cargo test --test it the_matrix`"
    );
}

#[test]
fn ids_have_one_form_and_texts_are_sentences() {
    let form = regex::Regex::new(r"^[a-z-]+\.[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    let mutants = mutants();
    for Mutant { id, text, .. } in &mutants {
        assert!(form.is_match(id), "{}", id.value);
        assert!(
            text.ends_with('.') && text.starts_with(char::is_uppercase),
            "{} is told by no sentence: {}",
            id.value,
            text.value
        );
    }
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("mutants")).unwrap();
    let written = files.map(|file| {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        text.lines()
            .filter(|line| line.starts_with("- id: "))
            .count()
    });
    assert_eq!(mutants.len(), written.sum::<usize>());
}

#[test]
fn each_clause_is_broken_and_each_that_must_hold_in_two_ways() {
    let mut ways: BTreeMap<String, usize> = BTreeMap::new();
    let all = mutants().into_iter();
    for mutant in all.filter(|mutant| mutant.equivalent.is_none()) {
        *ways.entry(mutant.clause.value).or_default() += 1;
    }
    let suite = suite();
    let lacking: Vec<(&str, usize)> = suite
        .contract
        .clauses
        .iter()
        .map(|clause| {
            let id = clause.id.value.as_str();
            let is_one_way = clause.level != Level::Must || ONE_WAY.contains(&id);
            (id, if is_one_way { 1 } else { 2 })
        })
        .filter(|(id, needed)| ways.get(*id).copied().unwrap_or(0) < *needed)
        .collect();
    assert_eq!(lacking, []);
}

#[test]
fn each_differs_from_the_reference() {
    let usual = Settings::default();
    for mutant in mutants() {
        let settings = mutant.server().settings;
        assert!(
            settings.behaviour != usual.behaviour || settings.limits != usual.limits,
            "{} changes nothing",
            mutant.id.value
        );
    }
}

#[test]
fn no_two_are_the_same_server() {
    let all = mutants().into_iter();
    let all: Vec<(String, Settings)> = all
        .map(|mutant| (mutant.id.value.clone(), mutant.server().settings))
        .collect();
    for (position, (one, of_one)) in all.iter().enumerate() {
        for (other, of_other) in &all[..position] {
            assert!(
                of_one.behaviour != of_other.behaviour || of_one.limits != of_other.limits,
                "{one} and {other} are the same"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_itself_is_blamed_for_nothing() {
    let tried = try_server(
        &Plan::new(&suite(), &Selection::everything()),
        Server::default(),
    )
    .await;
    let tried = tried.unwrap();
    assert_eq!(tried.failed().collect::<Vec<_>>(), Vec::<&str>::new());
    assert_eq!(tried.inconclusive().collect::<Vec<_>>(), Vec::<&str>::new());
}

/// So many are tried at a time: each takes a few scenarios on servers of its own.
const AT_ONCE: usize = 16;

/// What these servers do wrong shows only beside other accounts, or after scenarios that verify other clauses.
const NEED_OTHERS: [&str; 7] = [
    "login.describes-first-account",
    "me.is-first-account",
    "me.is-latest-login",
    "me.is-newest-account",
    "tokens.by-name",
    "totp.challenges-any-password-once-signed-in",
    "totp.fourth-ends-nothing",
];

/// Whether `clause` fails again in one of the attempts to see it on such servers, and how many calls that one takes.
async fn fails_again(
    suite: &Suite,
    clause: &str,
    place: &Place,
    server: impl Fn() -> Server,
) -> Option<usize> {
    for (suite, place) in place.attempts(suite) {
        let all = (0..suite.scenarios.len()).collect();
        let plan = Plan {
            scenarios: all,
            ..Plan::new(&Arc::new(suite), &Selection::everything())
        };
        let again = try_server(&plan, server()).await.unwrap();
        let fails = Reproduction::of(&again.results, clause, &place).fails_again;
        if fails == Some(true) {
            let scenarios = plan.scenarios.iter().map(|at| plan.scenario(*at));
            return Some(scenarios.map(|one| one.steps.len()).sum());
        }
    }
    None
}

/// What the scenarios that verify the clause of a mutant make of it.
async fn tried(suite: &Arc<Suite>, mutant: &Mutant) -> TrialOutcome {
    let plan = Plan::new(suite, &Selection::everything());
    let plan = plan.only_clauses([mutant.clause.value.clone()].into());
    try_server(&plan, mutant.server()).await.unwrap()
}

fn story<'a>(tried: &'a TrialOutcome, clause: &str) -> Option<Story<'a>> {
    let words = tried.verdicts.clauses.iter().find(|one| one.id == clause)?;
    Story::of(&tried.results, words.into())
}

/// What is wrong with the reproduction of the failure that a mutant shows, if anything; and the calls that it took.
async fn reproduced(suite: Arc<Suite>, mutant: Mutant) -> Result<usize, String> {
    let clause = &mutant.clause.value;
    let told = |what: &str| format!("{}: {what}", mutant.id.value);
    let tried = tried(&suite, &mutant).await;
    let place = Place::of(&story(&tried, clause).ok_or_else(|| told("no story"))?);
    let calls = fails_again(&suite, clause, &place, || mutant.server()).await;
    let calls = calls.ok_or_else(|| told("does not fail again"))?;
    match fails_again(&suite, clause, &place, Server::default).await {
        None => Ok(calls),
        Some(_) => Err(told("fails on the reference")),
    }
}

/// What these servers do wrong takes a longer history than the calls of their files.
const TOO_LONG_FOR_HURL: [&str; 5] = [
    "login.fifth-ends-all",
    "revoke.second-ends-nothing",
    "totp.dead-token-of-code-lists",
    "totp.revoking-spares-token-from-code",
    "totp.token-from-code-revokes-itself",
];

/// What came of each mutant whose failure a conversation shows.
async fn of_each<T: Send + 'static, F>(trial: fn(Arc<Suite>, Mutant) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let suite = suite();
    let needs_others = |id: &str| NEED_OTHERS.contains(&id);
    let shown = mutants()
        .into_iter()
        .filter(|one| one.equivalent.is_none() && !needs_others(&one.id));
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut trials = JoinSet::new();
    for mutant in shown {
        let (room, suite) = (Arc::clone(&room), Arc::clone(&suite));
        trials.spawn(async move {
            let _place = room.acquire().await.unwrap();
            Box::pin(trial(suite, mutant)).await
        });
    }
    trials.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_reproduced_by_the_calls_that_lead_to_it() {
    let outcomes = of_each(reproduced).await;
    let calls: usize = outcomes.iter().flatten().sum();
    assert!(
        calls < 8 * outcomes.len(),
        "{calls} calls for {} failures",
        outcomes.len()
    );
    let wrong: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

/// What Hurl says of a file on a server: nothing if it succeeds.
async fn run_by_hurl(text: &str, server: Server) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.hurl");
    fs::write(&path, text).unwrap();
    let server = server.start().await.unwrap();
    let mut variables = vec![format!("base_url={}", server.base_url())];
    for name in ["jane", "john"] {
        let account = server.reference().provision_account("example.com").await;
        let account = account.unwrap();
        variables.push(format!("{name}_email=\"{}\"", account.email));
        variables.push(format!("{name}_password=\"{}\"", account.password));
        for (number, code) in (1..).zip(&account.recovery_codes) {
            variables.push(format!("{name}_recovery_code_{number}=\"{code}\""));
        }
        let authenticator: Authenticator = account.totp_secret.parse().unwrap();
        let step = authenticator.step_at(jiff::Timestamp::now().as_second());
        // Each step of time has one code, and that of the next one is as good.
        for (number, step) in [(1, step), (2, step + 1)] {
            variables.push(format!(
                "{name}_code_{number}=\"{}\"",
                authenticator.code(step)
            ));
        }
    }
    let mut command = Command::new("hurl");
    command.arg("--test").arg(path);
    let flags = variables.iter().flat_map(|one| ["--variable", one]);
    let output = command.args(flags).output().await.unwrap();
    server.stop().await;
    let said = String::from_utf8(output.stderr).unwrap();
    (!output.status.success()).then_some(said)
}

/// Whether a failure has a file for Hurl, which fails on the server that shows it and succeeds on the reference.
async fn shown_by_hurl(suite: Arc<Suite>, mutant: Mutant) -> Result<bool, String> {
    if TOO_LONG_FOR_HURL.contains(&mutant.id.as_str()) {
        return Ok(false);
    }
    let tried = tried(&suite, &mutant).await;
    let story = story(&tried, &mutant.clause).unwrap();
    let target = Target::new(BaseUrl::parse("http://127.0.0.1").unwrap());
    let Some(text) = hurl(&suite, &target, &story) else {
        return Ok(false);
    };
    let told = |what: &str| Err(format!("{}: {what}\n{text}", mutant.id.value));
    match run_by_hurl(&text, mutant.server()).await {
        Some(said) if !said.contains("Undefined variable") => {}
        Some(said) => return told(&said),
        None => return told("does not fail"),
    }
    match run_by_hurl(&text, Server::default()).await {
        None => Ok(true),
        Some(said) => told(&said),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Hurl: cargo install hurl"]
async fn hurl_shows_what_fails_and_nothing_on_the_reference() {
    let outcomes = of_each(shown_by_hurl).await;
    let files = outcomes.iter().filter(|one| **one == Ok(true)).count();
    eprintln!("{files} of {}", outcomes.len());
    let wrong: Vec<&String> = outcomes
        .iter()
        .filter_map(|one| one.as_ref().err())
        .collect();
    for one in &wrong {
        eprintln!("{one}\n=======");
    }
    assert_eq!(wrong, Vec::<&String>::new());
    assert!(
        3 * files > 2 * outcomes.len(),
        "{files} of {}",
        outcomes.len()
    );
}
