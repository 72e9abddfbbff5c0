//! Reports of small runs, and of runs on servers that are beyond hope.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use conform::accounts::TotpSource;
use conform::embedded;
use conform::http::{BaseUrl, Target};
use conform::report::{Report, RunFacts};
use conform::run::{Plan, Run, Selection, Session, SessionSettings};
use conform::suite::Suite;
use jiff::Timestamp;

/// What a hopeless server answers: every format has something in it that it must not obey.
pub const HOSTILE: &str = r#"{"message": "</script><script>alert(1)</script> | `x` ]]> ::error::x \u001b[31m & \"quoted\""}"#;

/// The report of a run of three scenarios; `broken` sends the logout to another operation.
pub async fn report(broken: bool) -> Report {
    let running = embedded::start().await.unwrap();
    let suite = Arc::new(Suite::built_in().unwrap());
    let mut target = Target::new(BaseUrl::parse(running.base_url()).unwrap());
    if broken {
        target
            .set_operation("logout=GET /api/auth/me", &suite.contract)
            .unwrap();
    }
    let plan = Plan::new(&suite, &Selection::default());
    let wanted = [
        "tokens/refuses-current",
        "register/new-account",
        "totp/completes-login",
    ];
    let positions = plan.scenarios.iter().copied();
    let ran = positions.filter(|index| wanted.contains(&plan.scenario(*index).id.as_str()));
    let ran = ran.collect();
    run(target, plan, ran).await
}

/// The report of all profiles on a server that answers everybody the same.
pub async fn hopeless(status: u16, body: &'static str) -> Report {
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    let answer = move || async move { (status, [(CONTENT_TYPE, "application/json")], body) };
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listener = listener.await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = axum::serve(listener, Router::new().fallback(answer));
    tokio::spawn(server.into_future());
    let suite = Arc::new(Suite::built_in().unwrap());
    let plan = Plan::new(&suite, &Selection::everything());
    let mut target = Target::new(BaseUrl::parse(&base_url).unwrap());
    target.max_wait = Some(Duration::ZERO);
    let ran = plan.scenarios.clone();
    run(target, plan, ran).await
}

async fn run(target: Target, plan: Plan, ran: Vec<usize>) -> Report {
    let settings = SessionSettings {
        email_domain: "mail.example".to_owned(),
        totp_source: TotpSource::None,
        plain_accounts: None,
        concurrency: 8,
        fail_fast: false,
    };
    let session = Arc::new(Session::new(target, plan, settings).unwrap());
    let results = Mutex::new(Vec::new());
    let done = |_, result| results.lock().unwrap().push(result);
    Run::new(&session).scenarios(&ran, done).await;
    let facts = RunFacts {
        started: Timestamp::UNIX_EPOCH,
        elapsed: Duration::from_secs(1),
        embedded: true,
        partial: true,
        not_testable: None,
    };
    Report::new(&session, &ran, results.into_inner().unwrap(), facts)
}

/// One file of a report, as it is written.
pub fn file(report: &Report, name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    conform::report::write_reports(report, folder.path()).unwrap();
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}
