//! Recordings of the reference, whole and broken, and suites with a change.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use conform::accounts::TotpSource;
use conform::embedded;
use conform::http::{BaseUrl, Target};
use conform::reference::{self, Behaviour, Hashing, Running, Settings};
use conform::run::{Plan, Recording, Run, Selection, Session, SessionSettings};
use conform::selftest::answers::{AnswerMutant, examine};
use conform::suite::Suite;
use tokio::sync::OnceCell;

/// A reference that counts what it is asked.
pub struct Counted {
    running: Arc<Running>,
    requests: Arc<AtomicUsize>,
}

impl Counted {
    pub async fn start(behaviour: Behaviour) -> Self {
        Self::start_without("", behaviour).await
    }

    /// One that has nothing at a path, whoever asks.
    pub async fn start_without(path: &'static str, behaviour: Behaviour) -> Self {
        let settings = Settings {
            hashing: Hashing::Cheap,
            behaviour,
            ..Settings::default()
        };
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let counting = from_fn(move |request: Request, next: Next| {
            count.fetch_add(1, Ordering::Relaxed);
            async move {
                if request.uri().path() == path {
                    return StatusCode::NOT_FOUND.into_response();
                }
                next.run(request).await
            }
        });
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = reference::start_with(address, settings, |router| router.layer(counting));
        Self {
            running: Arc::new(running.await.unwrap()),
            requests,
        }
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Accounts with a second factor, made by this server.
    pub fn totp_source(&self) -> TotpSource {
        embedded::totp_source(&self.running, "mail.example")
    }

    /// A run of the whole suite.
    pub async fn record(&self, suite: &Arc<Suite>, totp_source: TotpSource) -> Recording {
        let settings = SessionSettings {
            email_domain: "mail.example".to_owned(),
            totp_source,
            plain_accounts: None,
            concurrency: 16,
            fail_fast: false,
        };
        let plan = Plan::new(suite, &Selection::default());
        let target = Target::new(BaseUrl::parse(self.running.base_url()).unwrap());
        let session = Session::new(target, plan, settings).unwrap().recording();
        let session = Arc::new(session);
        let run = Run::new(&session);
        run.scenarios(&session.plan.scenarios, |_, _| {}).await;
        Recording::of(&session).unwrap()
    }

    pub async fn stop(self) {
        Arc::into_inner(self.running).unwrap().stop().await;
    }
}

/// A run of the built-in suite against the reference, which is stopped; one for all tests of a process.
pub async fn recorded() -> &'static Recording {
    static RECORDED: OnceCell<Recording> = OnceCell::const_new();
    let record = || async {
        let server = Counted::start(Behaviour::default()).await;
        let recording = server.record(&built_in(), server.totp_source()).await;
        server.stop().await;
        recording
    };
    RECORDED.get_or_init(record).await
}

/// What the built-in suite makes of the wrong answers of that run.
pub async fn examined() -> &'static [AnswerMutant] {
    static EXAMINED: OnceCell<Vec<AnswerMutant>> = OnceCell::const_new();
    let examine = || async { examine(&built_in(), recorded().await).await };
    EXAMINED.get_or_init(examine).await
}

/// The suite that the program brings.
pub fn built_in() -> Arc<Suite> {
    Arc::new(Suite::built_in().unwrap())
}

/// The same with other text in one of its scenarios.
pub fn built_in_but(scenario: &str, changes: &[(&str, &str)]) -> Arc<Suite> {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["specs", "schemas"] {
        copy(&root.join(part), &folder.path().join(part));
    }
    let path = folder.path().join(format!("specs/{scenario}.yaml"));
    let mut text = fs::read_to_string(&path).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{scenario} holds no `{old}`");
        text = text.replace(old, new);
    }
    fs::write(&path, text).unwrap();
    Arc::new(Suite::from_dir(folder.path()).unwrap_or_else(|error| panic!("{error}")))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}
