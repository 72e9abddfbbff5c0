//! What a step costs beyond its request: templates, sending, schema and expectations, then what is recorded
//! and reported of it, against a bare loop of the same requests by the same HTTP client.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use conform::accounts::TotpSource;
use conform::http::{BaseUrl, Call, Client, Exchange, SecretKind, Target};
use conform::report::{Report, RunFacts, write_reports};
use conform::run::{Outcome, Plan, ScenarioResult, Selection, Session, SessionSettings};
use conform::suite::Suite;
use jiff::Timestamp;
use reqwest::redirect;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::{Effort, Figure, Folder, Tried, median, milliseconds, server};

const ROUNDS: usize = 15;
/// A round is that many scenarios, one after another, each on an account of its own.
const SCENARIOS: u32 = 40;
/// Steps of one scenario: as many as a long one of the suite has.
const STEPS: u32 = 25;
/// What one scenario calls: the registration and its steps.
const CALLS: u32 = STEPS + 1;
/// Secrets that are known already: as many as the whole suite collects, because each is looked for in all
/// that is recorded.
const SECRETS: u32 = 256;
/// Far from the numbers of the tokens that are handed out.
const KNOWN_BEFORE: u32 = 1_000_000;
/// A registration makes a token and a password known, and so does what records as much again.
const AGAIN: u32 = 2_000_000;

const CONTRACT: &str = "\
title: Figures
client_header: X-Pionne-Client
production: https://figures.invalid
operations:
  register: { method: POST, path: /api/auth/register, known: documented }
  list-tokens: { method: GET, path: /api/auth/tokens, known: documented }
documentation:
  - { id: tokens.lists, section: Tokens, says: the call lists the tokens }
clauses:
  - { id: tokens.list, level: must, profile: core, source: documented, from: [tokens.lists], statement: it lists }
";

/// How long the parts took. Short blocks alternate, so that whatever else the machine does meets all alike.
#[derive(Default)]
struct Timings {
    /// The requests of one scenario by a bare loop.
    bare: Vec<Duration>,
    /// The scenario.
    run: Vec<Duration>,
    /// What it records, made again after requests of its own.
    record: Vec<Duration>,
    /// The reports of a whole round.
    reports: Vec<Duration>,
}

pub(crate) fn cost(effort: &Effort) -> Tried<Vec<Figure>> {
    let folder = Folder::new("steps")?;
    let suite = Arc::new(synthetic_suite(folder.path())?);
    // One thread for server and clients: see `server::start`.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let tasks = LocalSet::new();
    let address = tasks.block_on(&runtime, server::start())?;
    // Both clients expect that a provider of TLS is there, though nothing is encrypted.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut timings = Timings::default();
    // The first round pays for what is made once, such as the compiled schema.
    for number in 0..=effort.rounds(ROUNDS) {
        let round = round(&suite, &address, folder.path(), &mut timings);
        tasks.block_on(&runtime, round)?;
        if number == 0 {
            timings = Timings::default();
        }
    }
    Ok(figures(&timings))
}

fn figures(timings: &Timings) -> Vec<Figure> {
    let of = |durations: &[Duration], steps: u32| {
        let microseconds = median(durations.iter().map(|d| milliseconds(*d) * 1e3));
        microseconds / f64::from(steps)
    };
    let (bare, run) = (of(&timings.bare, CALLS), of(&timings.run, CALLS));
    let record = of(&timings.record, CALLS);
    let reports = of(&timings.reports, CALLS * SCENARIOS);
    vec![
        Figure {
            name: "a step with its checks, against a bare request".to_owned(),
            measured: Some((run - record) / bare),
            target: 1.3,
            unit: "×",
            notes: vec![
                format!(
                    "{} blocks in turns: bare requests, a scenario (registration and {STEPS} steps), its record; the \
                     registrations on connections of their own, all lists of a client on one; one thread for all and the server, {SECRETS} secrets known before",
                    timings.run.len()
                ),
                format!(
                    "medians for one step: bare {bare:.1} µs; as run {run:.1} µs, of it the record {record:.1} µs; \
                     reports {reports:.1} µs"
                ),
                "a run always records, secrets taken out: as much is recorded again, and the time of that taken off"
                    .to_owned(),
            ],
        },
        Figure {
            name: "the same, recorded without secrets and reported".to_owned(),
            measured: Some((run + reports) / bare),
            target: 2.0,
            unit: "×",
            notes: vec![format!(
                "nothing taken off; all reports of {SCENARIOS} scenarios, synced to disk"
            )],
        },
    ]
}

async fn round(suite: &Arc<Suite>, address: &str, dir: &Path, timings: &mut Timings) -> Tried<()> {
    let session = session(suite, address)?;
    let started = Timestamp::now();
    let results = blocks(&session, address, timings).await?;
    let facts = RunFacts {
        started,
        elapsed: Duration::ZERO,
        embedded: false,
        partial: false,
        not_testable: None,
    };
    let start = Instant::now();
    let report = Report::new(&session, &[0], results, facts);
    write_reports(&report, &dir.join("reports"))?;
    timings.reports.push(start.elapsed());
    Ok(())
}

async fn blocks(
    session: &Session,
    address: &str,
    timings: &mut Timings,
) -> Tried<Vec<ScenarioResult>> {
    let (mut results, mut records) = (Vec::new(), Vec::new());
    let clients = BareClients::new()?;
    let (harness, call) = call_to_record(session)?;
    for _ in 0..SCENARIOS {
        let start = Instant::now();
        bare_requests(&clients, address).await?;
        timings.bare.push(start.elapsed());

        let start = Instant::now();
        let result = session.run_scenario(session.plan.scenario(0)).await;
        timings.run.push(start.elapsed());
        if result.outcome != Outcome::Passed {
            let reason = result.reason.unwrap_or_default();
            return Err(format!("the scenario ended as {}: {reason}", result.outcome).into());
        }
        results.push(result);

        let start = Instant::now();
        let next = AGAIN + u32::try_from(results.len())?;
        session.secrets.add(SecretKind::Token, &server::token(next));
        session
            .secrets
            .add(SecretKind::Password, &format!("pw-{}", server::token(next)));
        let mut record = start.elapsed();
        for _ in 0..CALLS {
            // After a request, as in a run: what is at hand in a loop of records alone is not so there.
            let answer = harness.send(&call).await?;
            let start = Instant::now();
            let (answer, sent) = (Some(&answer), answer.sent);
            let exchange = Exchange::record(&harness, &call, answer, sent, &session.secrets);
            record += start.elapsed();
            // Kept, as those of the scenario are: fresh memory costs time, too.
            records.push(exchange);
        }
        timings.record.push(record);
    }
    Ok(results)
}

/// Set up as those of the harness are: what must not be made twice has a connection of its own.
struct BareClients {
    keeping: reqwest::Client,
    fresh: reqwest::Client,
}

impl BareClients {
    fn new() -> Result<Self, reqwest::Error> {
        let timeout = Duration::from_secs(10);
        let builder = || {
            reqwest::Client::builder()
                .redirect(redirect::Policy::none())
                .referer(false)
                .timeout(timeout)
                .connect_timeout(timeout)
                .no_proxy()
                .tls_certs_only([])
        };
        Ok(Self {
            keeping: builder()
                .pool_idle_timeout(Duration::from_secs(2))
                .build()?,
            fresh: builder().pool_max_idle_per_host(0).build()?,
        })
    }
}

/// The requests of one scenario, their answers read and nothing else.
async fn bare_requests(clients: &BareClients, address: &str) -> Result<(), reqwest::Error> {
    let body = r#"{"email":"jane@example.com","password":"correct horse","name":"Jane Doe"}"#;
    // The headers are those of the harness.
    let register = clients
        .fresh
        .post(format!("{address}/api/auth/register"))
        .header("accept", "application/json")
        .header("accept-encoding", "identity")
        .header("user-agent", "figures/1.0")
        .header("content-type", "application/json")
        .body(body);
    black_box(register.send().await?.error_for_status()?.bytes().await?);
    let bearer = format!("Bearer {}", server::token(1));
    for _ in 0..STEPS {
        let list = clients
            .keeping
            .get(format!("{address}/api/auth/tokens"))
            .header("accept", "application/json")
            .header("accept-encoding", "identity")
            .header("user-agent", "figures/1.0")
            .header("x-pionne-client", "web")
            .header("authorization", &bearer);
        black_box(list.send().await?.error_for_status()?.bytes().await?);
    }
    Ok(())
}

/// A call as the steps make it.
fn call_to_record(session: &Session) -> Tried<(Client, Call)> {
    let client = Client::new(&session.target, &session.secrets)?;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let token = server::token(1);
    session.secrets.add(SecretKind::Token, &token);
    let call = Call {
        role: None,
        operation: "list-tokens".to_owned(),
        method: "GET".to_owned(),
        url: session.target.base_url.join("/api/auth/tokens"),
        headers: vec![
            header("x-pionne-client", "web"),
            header("authorization", &format!("Bearer {token}")),
        ],
        body: None,
    };
    Ok((client, call))
}

fn session(suite: &Arc<Suite>, address: &str) -> Tried<Session> {
    let target = Target::new(BaseUrl::parse(address)?);
    let plan = Plan::new(suite, &Selection::default());
    let settings = SessionSettings {
        email_domain: "example.com".to_owned(),
        totp_source: TotpSource::None,
        plain_accounts: None,
        concurrency: 1,
        fail_fast: false,
    };
    let session = Session::new(target, plan, settings)?;
    for number in 0..SECRETS {
        let secret = server::token(KNOWN_BEFORE + number);
        session.secrets.add(SecretKind::Token, &secret);
    }
    Ok(session)
}

/// A suite of one scenario, whose steps use what a step commonly uses.
fn synthetic_suite(dir: &Path) -> Tried<Suite> {
    let mut scenario = String::from(
        "title: many lists of tokens\naccounts: { jane: {} }\nsteps:\n  - call: list-tokens\n    \
         token: \"{{jane.token}}\"\n    expect: { status: 200 }\n    capture: { id_0: \"$.tokens[0].id\" }\n",
    );
    for number in 1..STEPS {
        let before = number - 1;
        write!(
            scenario,
            "  - call: list-tokens
    client: web
    token: \"{{{{jane.token}}}}\"
    verifies: [tokens.list]
    expect:
      - {{ status: 200, schema: token-list }}
      - {{ at: \"$.tokens[?@.is_current == true]\", count: 1 }}
      - {{ at: \"$.tokens[0].id\", equals: \"{{{{id_{before}}}}}\" }}
    capture: {{ id_{number}: \"$.tokens[?@.name == 'auth'].id\" }}
"
        )?;
    }
    let specs = dir.join("specs");
    fs::create_dir_all(specs.join("figures"))?;
    fs::create_dir_all(dir.join("schemas"))?;
    fs::write(specs.join("contract.yaml"), CONTRACT)?;
    fs::write(specs.join("figures/steps.yaml"), scenario)?;
    fs::write(
        dir.join("schemas/token-list.json"),
        include_str!("../../schemas/token-list.json"),
    )?;
    Ok(Suite::from_dir(dir)?)
}
