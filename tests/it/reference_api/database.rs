use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use conform::reference::{Database, Hashing, ReferenceError, provision_account, router};
use rusqlite::Connection;
use serde_json::json;
use tokio::task::JoinSet;

use crate::reference_api::support::{Api, PASSWORD, api_with, settings};

/// A directory for one test, removed when it ends.
pub struct Directory {
    pub path: PathBuf,
}

pub fn directory() -> Directory {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!(
        "conform-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&path).unwrap();
    Directory { path }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.path));
    }
}

async fn on(path: &Path) -> Api {
    api_with(|settings| settings.database = Database::File(path.to_owned())).await
}

fn opening(path: &Path) -> Result<(), ReferenceError> {
    let (mut settings, _) = settings();
    settings.database = Database::File(path.to_owned());
    router(settings).map(drop)
}

#[tokio::test]
async fn a_file_keeps_everything_over_a_restart() {
    let directory = directory();
    let path = directory.path.join("api.db");
    let api = on(&path).await;
    let token = api.account("you@mail.example").await;
    let account = api.with_2fa().await;
    let challenge = api.challenge(&account).await;
    let code = api.code(&account, 0);
    api.answer(&api.challenge(&account).await, "code", &code)
        .await
        .expect(200);
    api.server.stop().await;

    let api = on(&path).await;
    assert_eq!(
        api.me(&token).await.expect(200).json()["email"],
        "you@mail.example"
    );
    api.login("you@mail.example", "cli").await.expect(200);
    api.answer(&challenge, "code", &code).await.expect(401);
    api.answer(&challenge, "recovery_code", &account.recovery_codes[0])
        .await
        .expect(200);
}

#[tokio::test]
async fn an_account_can_be_provisioned_beside_a_running_server_or_before_one() {
    let directory = directory();
    let path = directory.path.join("api.db");
    let before = provision_account(&path, Hashing::Cheap, "mail.example")
        .await
        .unwrap();
    let api = on(&path).await;
    let beside = provision_account(&path, Hashing::Cheap, "Mail.Example")
        .await
        .unwrap();
    assert_ne!(before.email, beside.email);
    for account in [before, beside] {
        assert!(account.email.ends_with("@mail.example"));
        let challenge = api.challenge(&account).await;
        api.answer(&challenge, "code", &api.code(&account, 0))
            .await
            .expect(200);
        assert_eq!(
            serde_json::to_value(&account).unwrap(),
            json!({
                "email": account.email, "password": account.password, "totp_secret": account.totp_secret,
                "recovery_codes": account.recovery_codes,
            })
        );
        assert!(!format!("{account:?}").contains(&account.password));
    }
    let error = provision_account(&path, Hashing::Cheap, "not a domain")
        .await
        .unwrap_err();
    assert!(
        matches!(error, ReferenceError::EmailDomain { .. }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_on_one_file_are_one() {
    let directory = directory();
    let path = directory.path.join("api.db");
    let (one, two) = (on(&path).await, on(&path).await);
    let token = one.account("you@mail.example").await;
    two.me(&token).await.expect(200);
    two.register("you@mail.example").await.expect(422);
    let logins = async |api: &Api| {
        for _ in 0..10 {
            api.login("you@mail.example", "cli").await.expect(200);
        }
    };
    tokio::join!(logins(&one), logins(&two));
    assert_eq!(two.names(&token).await, ["cli", "web"]);
    // The same address at once through both.
    for n in 0..10 {
        let mail = format!("a{n}@mail.example");
        let (a, b) = tokio::join!(one.register(&mail), two.register(&mail));
        assert_eq!([a.status.min(b.status), a.status.max(b.status)], [201, 422]);
    }
}

/// Recognising a caller reads and then writes: without the write lock from the start, two servers fail
/// each other's requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_on_one_file_do_not_fail_each_other() {
    let directory = directory();
    let path = directory.path.join("api.db");
    let apis = [Arc::new(on(&path).await), Arc::new(on(&path).await)];
    let account = apis[0].with_2fa().await;
    let token = apis[0].account("you@mail.example").await;
    let mut calls = JoinSet::new();
    for n in 0..100 {
        let (api, token) = (Arc::clone(&apis[n % 2]), token.clone());
        calls.spawn(async move { api.me(&token).await.status });
    }
    assert_eq!(calls.join_all().await, [200; 100]);
    for code in &account.recovery_codes {
        let challenges = (
            apis[0].challenge(&account).await,
            apis[1].challenge(&account).await,
        );
        let (one, two) = tokio::join!(
            apis[1].answer(&challenges.0, "recovery_code", code),
            apis[0].answer(&challenges.1, "recovery_code", code)
        );
        assert_eq!(one.status.min(two.status), 200);
        assert_eq!(one.status.max(two.status), 401);
    }
}

#[test]
fn a_new_file_can_be_opened_by_many_at_once() {
    for _ in 0..20 {
        let directory = directory();
        let path = directory.path.join("api.db");
        std::thread::scope(|scope| {
            let opened: Vec<_> = (0..8).map(|_| scope.spawn(|| opening(&path))).collect();
            for result in opened {
                result.join().unwrap().unwrap();
            }
        });
    }
}

#[tokio::test]
async fn no_secret_is_in_the_file() {
    let directory = directory();
    let path = directory.path.join("api.db");
    let api = on(&path).await;
    let token = api.account("you@mail.example").await;
    let account = api.with_2fa().await;
    let challenge = api.challenge(&account).await;
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend(std::fs::read(directory.path.join("api.db-wal")).unwrap());
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(holds("you@mail.example"), "the test reads the right bytes");
    let secret = token.split_once('|').unwrap().1;
    let code = &account.recovery_codes[0];
    let bare = code.replace('-', "");
    for hidden in [PASSWORD, secret, &challenge, &account.password, code, &bare] {
        assert!(!holds(hidden), "{hidden}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_a_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let directory = directory();
    let path = directory.path.join("api.db");
    opening(&path).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = directory();
    let path = directory.path.join("notes.txt");
    let text = "these are notes, and no database at all\n".repeat(200);
    std::fs::write(&path, &text).unwrap();
    let error = opening(&path).unwrap_err();
    assert!(
        matches!(error, ReferenceError::NotADatabase { .. }),
        "{error}"
    );
    assert!(
        error.to_string().contains("notes.txt") && error.to_string().contains("name another file")
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_damaged_database_is_refused() {
    let directory = directory();
    let path = directory.path.join("api.db");
    opening(&path).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100..].fill(0xaa);
    std::fs::write(&path, bytes).unwrap();
    let error = opening(&path).unwrap_err();
    assert!(
        matches!(error, ReferenceError::NotADatabase { .. }),
        "{error}"
    );
}

#[test]
fn the_database_of_another_program_is_refused_and_left_alone() {
    let directory = directory();
    for (name, setup) in [
        ("tables.db", "CREATE TABLE notes (text)"),
        (
            "versioned.db",
            "CREATE TABLE notes (text); PRAGMA user_version = 1",
        ),
        ("marked.db", "PRAGMA application_id = 7"),
    ] {
        let path = directory.path.join(name);
        Connection::open(&path)
            .unwrap()
            .execute_batch(setup)
            .unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = opening(&path).unwrap_err();
        assert!(
            matches!(error, ReferenceError::ForeignDatabase { .. }),
            "{error}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_database_of_a_later_version_is_refused() {
    let directory = directory();
    let path = directory.path.join("api.db");
    opening(&path).unwrap();
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 4)
        .unwrap();
    let error = opening(&path).unwrap_err();
    assert!(
        matches!(
            error,
            ReferenceError::NewerDatabase {
                found: 4,
                known: 3,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_file_in_no_directory_is_refused() {
    let directory = directory();
    let error = opening(&directory.path.join("missing").join("api.db")).unwrap_err();
    assert!(matches!(error, ReferenceError::Open { .. }), "{error}");
    assert!(error.to_string().contains("directory exists"), "{error}");
}

#[test]
fn an_empty_file_becomes_a_database() {
    let directory = directory();
    let path = directory.path.join("api.db");
    std::fs::write(&path, "").unwrap();
    opening(&path).unwrap();
    opening(&path).unwrap();
}
