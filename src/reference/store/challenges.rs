//! Logins that wait for a second factor.

use rusqlite::{Connection, OptionalExtension};

use crate::reference::secrets::SecretDigest;

#[derive(Debug, Clone, Copy)]
pub(in crate::reference) struct Challenge {
    pub(in crate::reference) account: i64,
    pub(in crate::reference) expires_at: i64,
    pub(in crate::reference) wrong_attempts: u32,
}

/// Stores a challenge, and clears away those that nobody can answer any more.
pub(in crate::reference) fn insert(
    connection: &Connection,
    digest: SecretDigest,
    account: i64,
    now: i64,
    expires_at: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM challenges WHERE expires_at <= ?1")?
        .execute([now])?;
    connection
        .prepare_cached("INSERT INTO challenges (digest, account, expires_at) VALUES (?1, ?2, ?3)")?
        .execute((digest.bytes(), account, expires_at))?;
    Ok(())
}

pub(in crate::reference) fn find(
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
pub(in crate::reference) fn is_open(
    connection: &Connection,
    account: i64,
    now: i64,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM challenges WHERE account = ?1 AND expires_at > ?2")?
        .exists((account, now))
}

pub(in crate::reference) fn count_wrong_attempt(
    connection: &Connection,
    digest: SecretDigest,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE challenges SET wrong_attempts = wrong_attempts + 1 WHERE digest = ?1",
        )?
        .execute([digest.bytes()])?;
    Ok(())
}

pub(in crate::reference) fn delete(
    connection: &Connection,
    digest: SecretDigest,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM challenges WHERE digest = ?1")?
        .execute([digest.bytes()])?;
    Ok(())
}
