//! Full runs against servers that keep every secret in mind that goes over the wire, and give it away in every way.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use conform::reference::TotpAccount;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::canary::encodings::written;
use crate::canary::hunt::{assert_keeps, assert_keeps_halves, outputs};
use crate::canary::wire::{Answer, Wire, listened_to};
use crate::support::{Conform, Reference, conform};

/// Secrets of the user: a header of a flag, one of the environment, user and password of a proxy.
pub const HEADER: &str = "kQ7-gateway/key+1";
pub const VARIABLE: &str = "s3cr3t \"hunter2\"<xyz>";
const PROXY_USER: &str = "jane-of-the-proxy";
pub const PROXY_PASSWORD: &str = "0pen|sesame+9";
const SETTINGS: [&str; 4] = [HEADER, VARIABLE, PROXY_USER, PROXY_PASSWORD];

/// The profiles that there are, those included that are asked for by name.
pub const PROFILES: &str = "core,sessions,totp,rate-limit,hardening,concurrency";

/// A server, what goes over its wire, and the accounts that it has for the run.
pub struct Canary {
    pub wire: Arc<Mutex<Wire>>,
    pub server: Reference,
    folder: TempDir,
}

impl Canary {
    pub fn new(
        change: impl Fn(&Answer) -> Option<Response> + Clone + Send + Sync + 'static,
    ) -> Self {
        let wire = Arc::<Mutex<Wire>>::default();
        for secret in SETTINGS {
            wire.lock().unwrap().add(secret);
        }
        let server = listened_to(&wire, change);
        let folder = tempfile::tempdir().unwrap();
        Self {
            wire,
            server,
            folder,
        }
    }

    /// An account with a second factor, and the file of that number that it stands in.
    pub fn account(&self, number: usize) -> (PathBuf, TotpAccount) {
        let runtime = self.server.runtime.as_ref().unwrap();
        let account = self.server.running.provision_account("example.com");
        let account = runtime.block_on(account).unwrap();
        let mut wire = self.wire.lock().unwrap();
        wire.add(&account.password);
        wire.add(&account.totp_secret);
        account
            .recovery_codes
            .iter()
            .for_each(|code| wire.add(code));
        let file = self.folder.path().join(format!("{number}.json"));
        fs::write(&file, serde_json::to_string(&account).unwrap()).unwrap();
        (file, account)
    }

    /// The flag with a command that hands out one account after the other.
    pub fn provision(&self) -> [String; 2] {
        for number in 0..130 {
            self.account(number);
        }
        let command = format!(
            "cd '{}' && for file in *.json; do mv $file $file.taken && exec cat $file.taken; done",
            self.folder.path().display()
        );
        ["--provision".to_owned(), command]
    }

    /// A command with secrets in everything that may hold some. The server is its own proxy.
    pub fn command(&self, subcommand: &[&str]) -> Conform {
        let file = self.folder.path().join("target.yaml");
        let settings =
            "headers: { X-Variable: 'a ${SECRET}' }\ncleanup: echo ${SECRET} >&2; exit 1\n";
        fs::write(&file, settings).unwrap();
        let user = PROXY_PASSWORD.replace('|', "%7C").replace('+', "%2B");
        let address = self.server.base_url().replace("http://", "");
        let proxy = format!("http://{PROXY_USER}:{user}@{address}");
        let header = format!("X-Gateway-Key: {HEADER}");
        conform(subcommand)
            .env("SECRET", VARIABLE)
            .arg("--target")
            .arg(file)
            .args(["--base-url", "http://canary.example.com", "--proxy", &proxy])
            .args(["--header", &header])
    }
}

/// All secrets of a call and its answer, and those of the user, in every way of writing.
fn given_away(answer: &Answer) -> Vec<String> {
    let mut seen = Wire::default();
    seen.add_exchange(answer.bearer.as_deref(), &answer.request, answer);
    let mut secrets: Vec<String> = seen.secrets.into_iter().chain(seen.codes).collect();
    secrets.extend(SETTINGS.map(str::to_owned));
    secrets.iter().flat_map(|secret| written(secret)).collect()
}

/// What may stand in a header.
fn printable(text: &str) -> String {
    text.chars().filter(|c| (' '..='~').contains(c)).collect()
}

/// The answer of the reference, with everything given away in a header and in a member of its own.
fn leaking(answer: &Answer) -> Response {
    let forms = given_away(answer);
    let mut response = Response::builder()
        .status(answer.status)
        .header("x-debug", printable(&forms.join(", ")));
    for (name, value) in &answer.headers {
        if name != header::CONTENT_LENGTH {
            response = response.header(name, value);
        }
    }
    let body = match serde_json::from_slice::<Value>(&answer.body) {
        Ok(Value::Object(mut members)) => {
            members.insert("debug".to_owned(), json!(forms));
            Body::from(Value::Object(members).to_string())
        }
        _ => Body::from(answer.body.clone()),
    };
    response.body(body).unwrap()
}

/// The same, and whoever is to be refused is let in: clauses fail, and their stories told.
fn leaking_and_wrong(answer: &Answer) -> Response {
    let refused = matches!(
        answer.status,
        StatusCode::UNAUTHORIZED | StatusCode::UNPROCESSABLE_ENTITY
    );
    // So it is asked, before a run, whether this is the API at all.
    let is_first_look = answer.bearer.is_none() && answer.request.is_empty();
    if is_first_look || !refused && answer.path != "/api/auth/logout" {
        return leaking(answer);
    }
    let response = Response::builder().header(header::CONTENT_TYPE, "text/plain");
    let body = Body::from(given_away(answer).join("\n"));
    response.body(body).unwrap()
}

#[test]
fn a_conforming_run_shows_no_secret() {
    let canary = Canary::new(|_| None);
    for flags in [&[][..], &["-vv", "--format", "json"]] {
        let run = canary
            .command(&["--profile", PROFILES])
            .args(canary.provision());
        let outputs = outputs(&run.args(flags).run().expect(0));
        let wire = canary.wire.lock().unwrap();
        assert!(!wire.codes.is_empty());
        assert_keeps(&outputs, &wire);
    }
}

#[test]
fn a_server_that_gives_secrets_away_gives_none_to_the_reader() {
    let canary = Canary::new(|answer| Some(leaking(answer)));
    let run = canary.command(&["--profile", PROFILES, "-vv"]);
    let finished = run.args(canary.provision()).run();
    finished
        .says("<token-")
        .says("<password-")
        .says("<totp-code-")
        .says("<recovery-code-")
        .says("<setting-");
    assert_keeps(&outputs(&finished), &canary.wire.lock().unwrap());
}

#[test]
fn the_stories_of_violations_show_no_secret() {
    let canary = Canary::new(|answer| Some(leaking_and_wrong(answer)));
    let run = canary.command(&["--profile", PROFILES, "--skip", "rate-limit", "-v"]);
    let finished = run.args(canary.provision()).run().expect(1);
    finished.says("<token-").says("<password-").says("<header-");
    assert_keeps(&outputs(&finished), &canary.wire.lock().unwrap());
}

#[test]
fn the_account_of_a_file_shows_no_secret() {
    let canary = Canary::new(|answer| Some(leaking_and_wrong(answer)));
    let (file, _) = canary.account(0);
    // What is wrong about this server ends the scenario before it waits for a second code.
    let run = canary.command(&["totp::completes-login", "-vv"]);
    let finished = run.arg("--totp-account").arg(file).run();
    finished.says("<password-");
    assert_keeps(&outputs(&finished), &canary.wire.lock().unwrap());
}

#[test]
fn what_is_made_wrong_of_the_answers_of_a_server_shows_no_secret() {
    let canary = Canary::new(|answer| Some(leaking(answer)));
    let finished = canary.command(&["mutants"]).args(canary.provision()).run();
    let outputs = outputs(&finished);
    assert!(
        outputs
            .iter()
            .any(|(place, _)| place.ends_with("mutants.json")),
        "{}",
        finished.all()
    );
    assert_keeps(&outputs, &canary.wire.lock().unwrap());
}

#[test]
fn a_secret_that_is_split_over_header_and_body_is_shown_in_no_part() {
    let canary = Canary::new(|answer| {
        let secret = answer.bearer.as_deref()?.strip_prefix("Bearer ")?;
        let (first, second) = secret.split_at(secret.len() / 2);
        (answer.path == "/api/auth/logout").then(|| {
            let response = Response::builder()
                .status(500)
                .header(header::CONTENT_TYPE, "application/json")
                .header("x-first-half", format!("{first};"));
            let body = json!({ "message": format!("and the rest is {second}.") });
            response.body(Body::from(body.to_string())).unwrap()
        })
    });
    let run = canary.command(&["tokens::refuses-current", "-vv"]);
    let finished = run.run().expect(1);
    finished
        .says("x-first-half: <token-")
        .says("and the rest is <token-");
    let wire = canary.wire.lock().unwrap();
    let outputs = outputs(&finished);
    assert_keeps(&outputs, &wire);
    let tokens = wire.secrets.iter().filter(|secret| secret.contains('|'));
    for token in tokens.filter(|token| token.as_str() != PROXY_PASSWORD) {
        assert_keeps_halves(&outputs, token);
    }
}

#[test]
fn a_token_in_a_body_that_is_no_json_as_a_whole_is_not_shown() {
    let canary = Canary::new(|answer| {
        let body = String::from_utf8_lossy(&answer.body);
        let broken =
            format!("Warning: {{$x}} is undefined in a.php on line 3\n{body}\n<!-- 2 ms -->");
        (answer.path == "/api/auth/login").then(|| Response::new(Body::from(broken)))
    });
    let run = canary.command(&["tokens::refuses-current", "-vv"]);
    let finished = run.run().expect(4);
    finished.says("Warning: {$x} is undefined").says("<token-");
    assert_keeps(&outputs(&finished), &canary.wire.lock().unwrap());
}
