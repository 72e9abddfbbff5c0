//! Accounts and their second factor.

use rusqlite::{Connection, OptionalExtension, Params, Row, named_params};

use super::run;
use crate::reference::behaviour::Described;
use crate::reference::secrets::SecretDigest;
use crate::totp::Secret;

const COLUMNS: &str =
    "id, public_id, email, name, password_hash, trial_ends_at, totp_secret, totp_last_step";

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) public_id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) password_hash: String,
    pub(crate) trial_ends_at: i64,
    pub(crate) totp: Option<Totp>,
}

/// The second factor of an account that has one.
#[derive(Debug, Clone)]
pub(crate) struct Totp {
    pub(crate) secret: Secret,
    /// The latest step whose code was accepted.
    pub(crate) last_step: Option<u64>,
}

/// What an account is created from.
#[derive(Debug)]
pub(crate) struct NewAccount {
    pub(crate) public_id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) password_hash: String,
    pub(crate) created_at: i64,
    pub(crate) trial_ends_at: i64,
    pub(crate) totp_secret: Option<Secret>,
}

/// Stores the account; `None` when its address was taken meanwhile.
pub(crate) fn insert(
    connection: &Connection,
    new: NewAccount,
) -> rusqlite::Result<Option<Account>> {
    let inserted = connection
        .prepare_cached(
            "INSERT INTO accounts
             (public_id, email, name, password_hash, created_at, trial_ends_at, totp_secret)
         VALUES
             (:public_id, :email, :name, :password_hash, :created_at, :trial_ends_at, :totp_secret)
         ON CONFLICT (email) DO NOTHING",
        )?
        .execute(named_params! {
            ":public_id": new.public_id,
            ":email": new.email,
            ":name": new.name,
            ":password_hash": new.password_hash,
            ":created_at": new.created_at,
            ":trial_ends_at": new.trial_ends_at,
            ":totp_secret": new.totp_secret.as_ref().map(Secret::as_bytes),
        })?;
    Ok((inserted == 1).then(|| Account {
        id: connection.last_insert_rowid(),
        public_id: new.public_id,
        email: new.email,
        name: new.name,
        password_hash: new.password_hash,
        trial_ends_at: new.trial_ends_at,
        totp: new.totp_secret.map(|secret| Totp {
            secret,
            last_step: None,
        }),
    }))
}

pub(crate) fn by_email(connection: &Connection, email: &str) -> rusqlite::Result<Option<Account>> {
    found(connection, "email = ?1", [email]).optional()
}

pub(crate) fn by_id(connection: &Connection, id: i64) -> rusqlite::Result<Account> {
    found(connection, "id = ?1", [id])
}

/// The account that an answer to one account describes.
pub(crate) fn described(
    connection: &Connection,
    described: Described,
    owner: i64,
) -> rusqlite::Result<Account> {
    let id = match described {
        Described::Owner => "?1",
        Described::FirstAccount => "(SELECT min(id) FROM accounts WHERE ?1)",
        Described::NewestAccount => "(SELECT max(id) FROM accounts WHERE ?1)",
        Described::LatestLogin => {
            "coalesce((SELECT account FROM tokens WHERE issued_by = 'login' ORDER BY id DESC LIMIT 1), ?1)"
        }
    };
    found(connection, &format!("id = {id}"), [owner])
}

/// All accounts, the latest first.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Account>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts ORDER BY id DESC"))?
        .query_map([], read)?
        .collect()
}

pub(crate) fn set_name(connection: &Connection, id: i64, name: &str) -> rusqlite::Result<()> {
    run(
        connection,
        "UPDATE accounts SET name = ?2 WHERE id = ?1",
        (id, name),
    )
}

pub(crate) fn set_password_hash(
    connection: &Connection,
    id: i64,
    hash: &str,
) -> rusqlite::Result<()> {
    run(
        connection,
        "UPDATE accounts SET password_hash = ?2 WHERE id = ?1",
        (id, hash),
    )
}

pub(crate) fn set_trial_end(
    connection: &Connection,
    id: i64,
    ends_at: i64,
) -> rusqlite::Result<()> {
    run(
        connection,
        "UPDATE accounts SET trial_ends_at = ?2 WHERE id = ?1",
        (id, ends_at),
    )
}

pub(crate) fn set_last_step(connection: &Connection, id: i64, step: u64) -> rusqlite::Result<()> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    run(
        connection,
        "UPDATE accounts SET totp_last_step = ?2 WHERE id = ?1",
        (id, step),
    )
}

pub(crate) fn add_recovery_code(
    connection: &Connection,
    id: i64,
    digest: SecretDigest,
) -> rusqlite::Result<()> {
    run(
        connection,
        "INSERT INTO recovery_codes (account, digest) VALUES (?1, ?2)",
        (id, digest.bytes()),
    )
}

/// Whether the account has the recovery code, unused if that is asked for.
pub(crate) fn has_recovery_code(
    connection: &Connection,
    id: i64,
    digest: SecretDigest,
    unused_only: bool,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM recovery_codes
             WHERE account = ?1 AND digest = ?2 AND (used_at IS NULL OR NOT ?3)",
        )?
        .exists((id, digest.bytes(), unused_only))
}

/// Marks the recovery code as used.
pub(crate) fn use_recovery_code(
    connection: &Connection,
    id: i64,
    digest: SecretDigest,
    now: i64,
) -> rusqlite::Result<()> {
    run(
        connection,
        "UPDATE recovery_codes SET used_at = ?3 WHERE account = ?1 AND digest = ?2",
        (id, digest.bytes(), now),
    )
}

fn found(connection: &Connection, which: &str, of: impl Params) -> rusqlite::Result<Account> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE {which}"))?
        .query_row(of, read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let secret: Option<Vec<u8>> = row.get(6)?;
    let last_step: Option<i64> = row.get(7)?;
    Ok(Account {
        id: row.get(0)?,
        public_id: row.get(1)?,
        email: row.get(2)?,
        name: row.get(3)?,
        password_hash: row.get(4)?,
        trial_ends_at: row.get(5)?,
        totp: secret
            .and_then(|bytes| Secret::from_bytes(bytes).ok())
            .map(|secret| Totp {
                secret,
                last_step: last_step.and_then(|step| u64::try_from(step).ok()),
            }),
    })
}
