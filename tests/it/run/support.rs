//! A small contract, suites written for one test, and servers that answer as they are told.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use conform::accounts::{ProvisionedAccount, TotpSource, read_account_file};
use conform::http::{BaseUrl, DeclaredLimit, LimitedCalls, Target};
use conform::run::{
    ExpectationState, Failure, Plan, Run, ScenarioResult, Selection, Session, SessionSettings,
};
use conform::suite::Suite;
use conform::verdict::{Verdict, Verdicts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const CONTRACT: &str = r#"
title: Test API
client_header: X-Client
production: https://production.invalid
operations:
  register: { method: POST, path: /register, known: documented, role: register, throttled: true, usual_body: { email: "{{account.email}}", password: "{{account.password}}", name: "{{account.name}}" } }
  login: { method: POST, path: /login, known: documented, role: log-in, throttled: true, usual_body: { email: "{{account.email}}", password: "{{account.password}}" } }
  me: { method: GET, path: /me, known: documented, role: describe-caller }
  list-tokens: { method: GET, path: /tokens, known: documented, role: list-sessions }
  logout:
    method: POST
    path: /logout
    known: documented
    role: log-out
    effect: { ends: { caller: a.one }, spares: a.two }
  item: { method: GET, path: "/items/{id}", known: assumed }
look_around: { call: me, stays_ended: a.one }
documentation:
  - { id: s, section: Section, says: something }
clauses:
  - { id: a.one, level: must, profile: core, source: documented, sources: [s], text: One. }
  - { id: a.two, level: must, profile: core, source: documented, sources: [s], text: Two. }
  - { id: a.three, level: must, profile: core, source: documented, sources: [s], text: Three. }
  - { id: a.follows, level: must, profile: core, source: documented, sources: [s], masked_by: [a.one], text: Follows. }
  - { id: a.should, level: should, profile: core, source: documented, sources: [s], text: Should. }
  - { id: a.unclaimed, level: must, profile: hardening, source: documented, sources: [s], text: Unclaimed. }
"#;

/// One request as a test server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// What a test server answers: status, headers, body.
pub type Scripted = (u16, Vec<(&'static str, String)>, String);

/// An answer with a JSON body.
pub fn json(status: u16, body: &str) -> Scripted {
    let headers = vec![("content-type", "application/json".to_owned())];
    (status, headers, body.to_owned())
}

/// An answer with one header.
pub fn with(status: u16, name: &'static str, value: &str, body: &str) -> Scripted {
    (status, vec![(name, value.to_owned())], body.to_owned())
}

/// An answer for people.
pub fn page(status: u16) -> Scripted {
    with(status, "content-type", "text/html", "<p>Oh.</p>")
}

/// A server that answers by a function of the request and of how many came before on that path.
pub struct Server {
    pub base_url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub async fn start(answer: impl Fn(&Seen, usize) -> Scripted + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::<Seen>::new()));
        let answer = Arc::new(answer);
        let log = Arc::clone(&seen);
        let app = Router::new().fallback(move |request: Request| {
            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 21).await.unwrap();
                let one = Seen {
                    method: parts.method.to_string(),
                    path: parts.uri.path().to_owned(),
                    headers: parts.headers,
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                let before = {
                    let mut log = log.lock().unwrap();
                    let before = log.iter().filter(|other| other.path == one.path).count();
                    log.push(one.clone());
                    before
                };
                let (status, headers, body) = answer(&one, before);
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                response.body(Body::from(body)).unwrap()
            }
        });
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base_url, seen }
    }

    /// A server that writes the same bytes to everybody and hangs up.
    pub async fn raw(answer: impl Into<String>) -> Self {
        let answer = answer.into();
        Self::raw_to(move |_| answer.clone()).await
    }

    /// A server that writes what it makes of the first bytes of a request, and hangs up.
    pub async fn raw_to(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 8192];
                let length = stream.read(&mut request).await.unwrap_or(0);
                let answer = answer(&String::from_utf8_lossy(&request[..length]));
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self {
            base_url,
            seen: Arc::default(),
        }
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// A suite of scenarios, given as name and YAML.
pub fn suite(scenarios: &[(&str, &str)]) -> Arc<Suite> {
    let folder = tempfile::tempdir().unwrap();
    let specs = folder.path().join("specs");
    std::fs::create_dir_all(specs.join("test")).unwrap();
    std::fs::create_dir_all(folder.path().join("schemas")).unwrap();
    std::fs::write(specs.join("contract.yaml"), CONTRACT).unwrap();
    let schema = r#"{ "type": "object", "required": ["token"], "properties": { "token": { "type": "string" } } }"#;
    std::fs::write(folder.path().join("schemas/session.json"), schema).unwrap();
    let words = r#"{ "type": "array", "items": { "type": "string" } }"#;
    std::fs::write(folder.path().join("schemas/words.json"), words).unwrap();
    let counts = r#"{ "type": "object", "additionalProperties": { "type": "integer" } }"#;
    std::fs::write(folder.path().join("schemas/counts.json"), counts).unwrap();
    for (name, yaml) in scenarios {
        std::fs::write(specs.join(format!("test/{name}.yaml")), yaml).unwrap();
    }
    Arc::new(Suite::from_dir(folder.path()).unwrap_or_else(|error| panic!("{error}")))
}

/// A session of a suite against a server.
pub fn session(suite: &Arc<Suite>, server: &Server, max_wait: Duration) -> Arc<Session> {
    session_with(suite, server, max_wait, TotpSource::None)
}

/// A session of a single scenario against a server.
pub fn session_of_one(yaml: &str, server: &Server) -> Arc<Session> {
    session(&suite(&[("only", yaml)]), server, Duration::from_secs(30))
}

/// A session of a suite against a server that is declared to have a limit for calls without a token.
pub fn session_limited(suite: &Arc<Suite>, server: &Server, limit: &str) -> Arc<Session> {
    let mut target = target(server, Duration::from_secs(30));
    let limit = DeclaredLimit::parse(LimitedCalls::Guests, limit);
    target.rate_limits.push(limit.unwrap());
    session_to(
        target,
        Plan::new(suite, &Selection::default()),
        TotpSource::None,
    )
}

/// A session of a suite against a server whose clock is said to be so many seconds ahead.
pub fn session_at(suite: &Arc<Suite>, server: &Server, offset: Option<i64>) -> Arc<Session> {
    let mut target = target(server, Duration::from_secs(30));
    target.clock_offset = offset;
    session_to(
        target,
        Plan::new(suite, &Selection::default()),
        TotpSource::None,
    )
}

/// A session that runs one scenario at a time and ends with the first that fails.
pub fn strict_session(suite: &Arc<Suite>, server: &Server) -> Arc<Session> {
    let target = Target::new(BaseUrl::parse(&server.base_url).unwrap());
    let settings = SessionSettings {
        email_domain: "mail.example".to_owned(),
        totp_source: TotpSource::None,
        plain_accounts: None,
        concurrency: 1,
        fail_fast: true,
    };
    let plan = Plan::new(suite, &Selection::default());
    Arc::new(Session::new(target, plan, settings).unwrap())
}

fn session_with(
    suite: &Arc<Suite>,
    server: &Server,
    max_wait: Duration,
    totp_source: TotpSource,
) -> Arc<Session> {
    let plan = Plan::new(suite, &Selection::default());
    session_of(plan, server, max_wait, totp_source)
}

/// A session of all that the built-in suite has, with accounts that are said to have a second factor.
pub fn session_of_everything(server: &Server, max_wait: Duration) -> Arc<Session> {
    let suite = Arc::new(Suite::built_in().unwrap());
    let plan = Plan::new(&suite, &Selection::everything());
    session_of(plan, server, max_wait, totp_accounts())
}

fn session_of(
    plan: Plan,
    server: &Server,
    max_wait: Duration,
    totp_source: TotpSource,
) -> Arc<Session> {
    session_to(target(server, max_wait), plan, totp_source)
}

fn target(server: &Server, max_wait: Duration) -> Target {
    let mut target = Target::new(BaseUrl::parse(&server.base_url).unwrap());
    target.max_wait = Some(max_wait);
    target.timeout = Duration::from_secs(5);
    target
}

pub fn session_to(target: Target, plan: Plan, totp_source: TotpSource) -> Arc<Session> {
    let settings = SessionSettings {
        email_domain: "mail.example".to_owned(),
        totp_source,
        plain_accounts: None,
        concurrency: 8,
        fail_fast: false,
    };
    Arc::new(Session::new(target, plan, settings).unwrap())
}

/// Runs all scenarios of a session; the results in the order in which they came.
pub async fn run(session: &Arc<Session>) -> Vec<ScenarioResult> {
    let results = Mutex::new(Vec::new());
    let indices = session.plan.scenarios.clone();
    let done = |_, result| results.lock().unwrap().push(result);
    Run::new(session).scenarios(&indices, done).await;
    results.into_inner().unwrap()
}

/// Runs one scenario against a server.
pub async fn run_one(yaml: &str, server: &Server) -> ScenarioResult {
    run(&session_of_one(yaml, server)).await.remove(0)
}

/// The verdict of every clause that a single scenario verifies.
pub async fn verdicts(yaml: &str, server: &Server) -> BTreeMap<String, Verdict> {
    verdicts_from(yaml, server, TotpSource::None).await
}

/// The same with an account that has a second factor.
pub async fn verdicts_with_totp(yaml: &str, server: &Server) -> BTreeMap<String, Verdict> {
    verdicts_from(yaml, server, totp_accounts()).await
}

/// The same with one account that is there for all runs, as `--totp-account` brings it.
pub async fn verdicts_with_fixed_account(yaml: &str, server: &Server) -> BTreeMap<String, Verdict> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let account = serde_json::json!({
        "email": "jane@mail.example",
        "password": "a-good-password",
        // The code of the present step may be spent, and so that of the next one is waited for.
        "totp_secret": format!("otpauth://totp/Test?secret={TOTP_SECRET}&period=10"),
        "recovery_codes": ["recovery-code-1"],
    });
    std::fs::write(file.path(), account.to_string()).unwrap();
    let source = read_account_file(file.path()).unwrap();
    verdicts_from(yaml, server, source).await
}

const TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// Accounts with a second factor that no server knows, another one each time.
fn totp_accounts() -> TotpSource {
    let made = AtomicUsize::new(0);
    TotpSource::function(move || {
        let number = made.fetch_add(1, Ordering::Relaxed);
        let recovery_codes = (0..4).map(|n| format!("recovery-code-{n}"));
        let account = ProvisionedAccount {
            email: format!("jane-{number}@mail.example"),
            password: "a-good-password".to_owned(),
            totp_secret: TOTP_SECRET.to_owned(),
            recovery_codes: recovery_codes.collect(),
        };
        async { Ok(account) }
    })
}

pub async fn verdicts_from(
    yaml: &str,
    server: &Server,
    totp_source: TotpSource,
) -> BTreeMap<String, Verdict> {
    let suite = suite(&[("only", yaml)]);
    let session = session_with(&suite, server, Duration::from_secs(30), totp_source);
    let results = run(&session).await;
    let verdicts = Verdicts::of(&session.plan, &session.plan.scenarios, &results);
    let clauses = verdicts.clauses.into_iter();
    clauses.map(|clause| (clause.id, clause.verdict)).collect()
}

/// What became of the expectations of a step.
pub fn states(result: &ScenarioResult, position: usize) -> Vec<&ExpectationState> {
    let step = result
        .steps
        .iter()
        .find(|step| step.position == Some(position))
        .unwrap();
    step.expectations
        .iter()
        .map(|expectation| &expectation.state)
        .collect()
}

/// The failure of the one expectation (as YAML) of the first call.
pub async fn failure(call: &str, expectation: &str, server: &Server) -> Failure {
    let yaml = format!(
        r"
title: one failure
steps:
  - {{ {call}, expect: {{ {expectation} }} }}
  - {{ call: me, verifies: [a.one], expect: {{ status: 2xx }} }}
"
    );
    let result = run_one(&yaml, server).await;
    match states(&result, 0)[0] {
        ExpectationState::Failed { failure } => Failure::clone(failure),
        state => panic!("{expectation}: {state:?}"),
    }
}
