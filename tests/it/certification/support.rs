//! Bundles of the reference, and of a server that violates a clause.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use conform::certify::{
    Bundle, Digest, Envelope, KeyPair, PAYLOAD_TYPE, Product, PublicKey, Verification, verify,
};
use conform::contract::Profile;
use conform::embedded;
use conform::http::{BaseUrl, Target};
use conform::report::{Assessment, Report, RunFacts};
use conform::run::{Plan, Run, Selection, Session, SessionSettings};
use conform::suite::Suite;
use data_encoding::BASE64;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

pub const STATEMENT: &str = "statement.dsse.json";
/// A clause that the broken server violates.
pub const VIOLATED: &str = "logout.no-content";

pub static SUITE: LazyLock<Arc<Suite>> = LazyLock::new(|| Arc::new(Suite::built_in().unwrap()));
pub static GOOD: LazyLock<Runs> = LazyLock::new(|| Runs::of(&[], None));
/// Runs of one scenario: their bundle has every file, and is checked in no time.
pub static BRIEF: LazyLock<Runs> = LazyLock::new(|| Runs::of(&[Profile::RateLimit], None));
pub static BROKEN: LazyLock<Runs> =
    LazyLock::new(|| Runs::of(&[], Some("logout=GET /api/auth/me")));

/// Two runs in a row.
pub struct Runs {
    pub plan: Plan,
    pub reports: [Report; 2],
}

impl Runs {
    /// Without a profile, of those that are the default.
    fn of(profiles: &[Profile], operation: Option<&str>) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let running = embedded::start().await.unwrap();
            let mut selection = Selection::default();
            if !profiles.is_empty() {
                selection.profiles = profiles.iter().copied().collect();
            }
            let plan = Plan::new(&SUITE, &selection);
            let mut reports = Vec::new();
            for _ in 0..2 {
                let mut target = Target::new(BaseUrl::parse(running.base_url()).unwrap());
                if let Some(operation) = operation {
                    target.set_operation(operation, &SUITE.contract).unwrap();
                }
                let settings = SessionSettings {
                    email_domain: "mail.example".to_owned(),
                    totp_source: embedded::totp_source(&running, "mail.example"),
                    plain_accounts: None,
                    concurrency: 8,
                    fail_fast: false,
                };
                let session = Arc::new(Session::new(target, plan.clone(), settings).unwrap());
                let results = Mutex::new(Vec::new());
                let done = |_, result| results.lock().unwrap().push(result);
                Run::new(&session).scenarios(&plan.scenarios, done).await;
                let facts = RunFacts {
                    started: Timestamp::UNIX_EPOCH,
                    elapsed: Duration::from_secs(1),
                    embedded: true,
                    partial: false,
                    not_testable: None,
                };
                let results = results.into_inner().unwrap();
                reports.push(Report::new(&session, &plan.scenarios, results, facts));
            }
            let reports = reports.try_into().ok().unwrap();
            Self { plan, reports }
        })
    }

    /// A bundle of one scenario of them, which is checked in no time. It does not conform.
    pub fn small_bundle(&self) -> Signed {
        let reports = self.reports.each_ref().map(small);
        Signed::of(&self.plan, reports.each_ref())
    }

    /// A bundle of these runs, signed.
    pub fn bundle(&self) -> Signed {
        Signed::of(&self.plan, [&self.reports[0], &self.reports[1]])
    }
}

/// Lets everything follow from the recorded steps again.
pub fn settle(report: &mut Report) {
    let selected = report.selected(&SUITE).unwrap();
    let judged = Assessment::of(&report.plan(&SUITE), &selected, &report.scenarios, true);
    report.conclusion = judged.conclusion;
    report.count = judged.verdicts.count();
    report.verdicts = judged.verdicts;
}

/// A report of one scenario alone: it says little, and is checked in no time.
pub fn small(report: &Report) -> Report {
    let mut report = report.clone();
    report
        .scenarios
        .sort_by_key(|scenario| scenario.steps.len());
    report.scenarios.truncate(1);
    report.selection.narrowed = true;
    settle(&mut report);
    report
}

/// A bundle and the keys of its vendor.
pub struct Signed {
    pub key: PublicKey,
    private: KeyPair,
    pub folder: PathBuf,
    temporary: TempDir,
}

impl Signed {
    pub fn of(plan: &Plan, reports: [&Report; 2]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let [private, public] = KeyPair::generate(&temporary.path().join("vendor")).unwrap();
        let key = KeyPair::read(&private).unwrap();
        let names = ["Acme", "auth", "1.2.0"].map(|name| Some(name.to_owned()));
        let artefact = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        let product = Product::new(names, Some(artefact)).unwrap();
        let bundle = Bundle::prepare(temporary.path(), &product).unwrap();
        let folder = bundle.write(plan, product, reports, &key).unwrap().folder;
        Self {
            key: PublicKey::read(&public).unwrap(),
            private: key,
            folder,
            temporary,
        }
    }

    pub fn verify(&self) -> Verification {
        verify(&self.folder, &self.key, &SUITE).unwrap()
    }

    /// Everything that is wrong, as the user is told it.
    pub fn wrong(&self) -> Vec<String> {
        let wrong = self.verify().wrong;
        wrong.iter().map(ToString::to_string).collect()
    }

    /// The paths of its files below the folder, as the file system has them.
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&self.folder).unwrap();
                    files.push(name.to_str().unwrap().to_owned());
                }
            }
        }
        files.sort();
        files
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What is signed.
    pub fn statement(&self) -> Value {
        let envelope = fs::read(self.path(STATEMENT)).unwrap();
        let envelope: Value = serde_json::from_slice(&envelope).unwrap();
        let payload = BASE64.decode(envelope["payload"].as_str().unwrap().as_bytes());
        serde_json::from_slice(&payload.unwrap()).unwrap()
    }

    /// Signs another payload, as whoever holds the key can.
    pub fn sign(&self, payload: &str) {
        let envelope = Envelope::sign(PAYLOAD_TYPE, payload.as_bytes(), &self.private);
        let text = serde_json::to_string_pretty(&envelope).unwrap() + "\n";
        fs::write(self.path(STATEMENT), text).unwrap();
    }

    pub fn sign_value(&self, statement: &Value) {
        self.sign(&serde_json::to_string_pretty(statement).unwrap());
    }

    /// Signs what lies in the folder now.
    pub fn sign_anew(&self) {
        let mut statement = self.statement();
        let subjects = statement["subject"].as_array().unwrap();
        let artefact = subjects.last().unwrap().clone();
        let files = self.files().into_iter().filter(|name| name != STATEMENT);
        let files = files.map(|name| {
            let digest = Digest::of(&fs::read(self.path(&name)).unwrap());
            json!({ "name": name, "digest": digest })
        });
        statement["subject"] = files.chain([artefact]).collect();
        self.sign_value(&statement);
    }

    /// Changes the text of a file, and signs what comes of it.
    pub fn forge(&self, name: &str, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        fs::write(self.path(name), change(text)).unwrap();
        self.sign_anew();
    }

    /// A folder beside the bundle.
    pub fn beside(&self) -> &Path {
        self.temporary.path()
    }
}
