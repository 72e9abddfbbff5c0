//! Accounts and their second factor.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::reference::behaviour::Described;
use crate::reference::secrets::SecretDigest;
use crate::totp::Secret;

const COLUMNS: &str =
    "id, public_id, email, name, password_hash, trial_ends_at, totp_secret, totp_last_step";

#[derive(Debug, Clone)]
pub(in crate::reference) struct Account {
    pub(in crate::reference) id: i64,
    pub(in crate::reference) public_id: String,
    pub(in crate::reference) email: String,
    pub(in crate::reference) name: String,
    pub(in crate::reference) password_hash: String,
    pub(in crate::reference) trial_ends_at: i64,
    pub(in crate::reference) totp: Option<Totp>,
}

/// The second factor of an account that has one.
#[derive(Debug, Clone)]
pub(in crate::reference) struct Totp {
    pub(in crate::reference) secret: Secret,
    /// The latest step whose code was accepted.
    pub(in crate::reference) last_step: Option<u64>,
}

/// What an account is created from.
#[derive(Debug)]
pub(in crate::reference) struct NewAccount {
    pub(in crate::reference) public_id: String,
    pub(in crate::reference) email: String,
    pub(in crate::reference) name: String,
    pub(in crate::reference) password_hash: String,
    pub(in crate::reference) created_at: i64,
    pub(in crate::reference) trial_ends_at: i64,
    pub(in crate::reference) totp_secret: Option<Secret>,
}

/// Stores the account; `None` when its address was taken meanwhile.
pub(in crate::reference) fn insert(
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

pub(in crate::reference) fn by_email(
    connection: &Connection,
    email: &str,
) -> rusqlite::Result<Option<Account>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE email = ?1"))?
        .query_row([email], read)
        .optional()
}

pub(in crate::reference) fn by_id(connection: &Connection, id: i64) -> rusqlite::Result<Account> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1"))?
        .query_row([id], read)
}

/// The account that an answer to one account describes.
pub(in crate::reference) fn described(
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
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE id = {id}"))?
        .query_row([owner], read)
}

/// All accounts, the latest first.
pub(in crate::reference) fn all(connection: &Connection) -> rusqlite::Result<Vec<Account>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts ORDER BY id DESC"))?
        .query_map([], read)?
        .collect()
}

pub(in crate::reference) fn set_name(
    connection: &Connection,
    id: i64,
    name: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE accounts SET name = ?2 WHERE id = ?1")?
        .execute((id, name))?;
    Ok(())
}

pub(in crate::reference) fn set_password_hash(
    connection: &Connection,
    id: i64,
    hash: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE accounts SET password_hash = ?2 WHERE id = ?1")?
        .execute((id, hash))?;
    Ok(())
}

pub(in crate::reference) fn set_trial_end(
    connection: &Connection,
    id: i64,
    ends_at: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE accounts SET trial_ends_at = ?2 WHERE id = ?1")?
        .execute((id, ends_at))?;
    Ok(())
}

pub(in crate::reference) fn set_last_step(
    connection: &Connection,
    id: i64,
    step: u64,
) -> rusqlite::Result<()> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    connection
        .prepare_cached("UPDATE accounts SET totp_last_step = ?2 WHERE id = ?1")?
        .execute((id, step))?;
    Ok(())
}

pub(in crate::reference) fn add_recovery_code(
    connection: &Connection,
    id: i64,
    digest: SecretDigest,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO recovery_codes (account, digest) VALUES (?1, ?2)")?
        .execute((id, digest.bytes()))?;
    Ok(())
}

/// Whether the account has the recovery code, unused if that is asked for.
pub(in crate::reference) fn has_recovery_code(
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
pub(in crate::reference) fn use_recovery_code(
    connection: &Connection,
    id: i64,
    digest: SecretDigest,
    now: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE recovery_codes SET used_at = ?3 WHERE account = ?1 AND digest = ?2",
        )?
        .execute((id, digest.bytes(), now))?;
    Ok(())
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
