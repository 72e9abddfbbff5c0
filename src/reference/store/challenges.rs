//! Logins that wait for a second factor.

use rusqlite::{Connection, OptionalExtension};

use super::run;
use crate::reference::secrets::SecretDigest;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Challenge {
    pub(crate) account: i64,
    pub(crate) expires_at: i64,
    pub(crate) wrong_attempts: u32,
}

/// Stores a challenge, and clears away those that nobody can answer any more.
pub(crate) fn insert(
    connection: &Connection,
    digest: SecretDigest,
    account: i64,
    now: i64,
    expires_at: i64,
) -> rusqlite::Result<()> {
    run(
        connection,
        "DELETE FROM challenges WHERE expires_at <= ?1",
        [now],
    )?;
    run(
        connection,
        "INSERT INTO challenges (digest, account, expires_at) VALUES (?1, ?2, ?3)",
        (digest.bytes(), account, expires_at),
    )
}

pub(crate) fn find(
    connection: &Connection,
    digest: SecretDigest,
) -> rusqlite::Result<Option<Challenge>> {
    connection
        .prepare_cached(
            "SELECT account, expires_at, wrong_attempts FROM challenges WHERE digest = ?1",
        )?
        .query_row([digest.bytes()], |row| {
            Ok(Challenge {
                account: row.get(0)?,
                expires_at: row.get(1)?,
                wrong_attempts: row.get(2)?,
            })
        })
        .optional()
}

/// Whether the account has a challenge that has not run out.
pub(crate) fn is_open(connection: &Connection, account: i64, now: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM challenges WHERE account = ?1 AND expires_at > ?2")?
        .exists((account, now))
}

pub(crate) fn count_wrong_attempt(
    connection: &Connection,
    digest: SecretDigest,
) -> rusqlite::Result<()> {
    run(
        connection,
        "UPDATE challenges SET wrong_attempts = wrong_attempts + 1 WHERE digest = ?1",
        [digest.bytes()],
    )
}

pub(crate) fn delete(connection: &Connection, digest: SecretDigest) -> rusqlite::Result<()> {
    run(
        connection,
        "DELETE FROM challenges WHERE digest = ?1",
        [digest.bytes()],
    )
}
