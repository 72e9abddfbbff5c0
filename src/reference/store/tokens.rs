//! Tokens: the sessions of an account.

use rusqlite::{Connection, OptionalExtension, Params, ToSql};

use super::condition::{Scene, sql};
use crate::reference::behaviour::{Action, CreatedAt, ListOrder, Sessions, TokenFilter, TokenIds};
use crate::reference::secrets::SecretDigest;

const COLUMNS: &str = "id, account, name, digest, created_at, last_used_at";
/// The id that callers see.
const SHOWN_ID: &str = "coalesce(shown_id, id)";

/// A token as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) id: i64,
    pub(crate) account: i64,
    pub(crate) name: String,
    pub(crate) digest: [u8; 32],
    pub(crate) created_at: i64,
    pub(crate) last_used_at: Option<i64>,
}

/// What a token is created from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewToken<'a> {
    pub(crate) account: i64,
    pub(crate) name: &'a str,
    pub(crate) digest: SecretDigest,
    pub(crate) created_at: i64,
    pub(crate) issued_by: Action,
}

/// Stores a token, and returns its id.
pub(crate) fn insert(connection: &Connection, new: NewToken<'_>) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO tokens (account, name, digest, created_at, issued_by)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            new.account,
            new.name,
            new.digest.bytes(),
            new.created_at,
            new.issued_by.word(),
        ))?;
    Ok(connection.last_insert_rowid())
}

/// Gives a token that was just stored the id that callers see.
pub(crate) fn show_as(connection: &Connection, id: i64, ids: TokenIds) -> rusqlite::Result<()> {
    let shown = match ids {
        TokenIds::NeverAgain => return Ok(()),
        TokenIds::OfSameName => {
            "(SELECT min(id) FROM tokens AS first
              WHERE first.account = tokens.account AND first.name = tokens.name)"
        }
        TokenIds::OfAccount => {
            "(SELECT count(*) FROM tokens AS own
              WHERE own.account = tokens.account AND own.id <= tokens.id)"
        }
        TokenIds::HighestAgain => {
            "(SELECT 1 + coalesce(max(coalesce(shown_id, id)), 0) FROM tokens AS other
              WHERE other.ended_by IS NULL AND other.id < tokens.id)"
        }
    };
    let statement = format!("UPDATE tokens SET shown_id = {shown} WHERE id = ?1");
    connection.prepare_cached(&statement)?.execute([id])?;
    Ok(())
}

/// The token that a caller means by an id: one of the caller's account, and a living one rather than one that had the id
/// before.
pub(crate) fn shown_as(
    connection: &Connection,
    shown: i64,
    account: i64,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(&format!(
            "SELECT id FROM tokens WHERE {SHOWN_ID} = ?1
             ORDER BY account = ?2 DESC, ended_by IS NULL DESC, id DESC LIMIT 1"
        ))?
        .query_row([shown, account], |row| row.get(0))
        .optional()
}

/// Ends the living tokens that are meant, and says how many.
pub(crate) fn end(
    connection: &Connection,
    which: &TokenFilter,
    scene: Scene<'_>,
) -> rusqlite::Result<usize> {
    if *which == TokenFilter::None {
        return Ok(0);
    }
    // The condition looks at other tokens too: it is answered for all before one of them ends.
    let statement = format!(
        "UPDATE tokens SET ended_by = :action
         WHERE id IN (SELECT id FROM tokens AS token WHERE ended_by IS NULL AND {})",
        sql(which)
    );
    with(&statement, scene, |parameters| {
        connection.prepare_cached(&statement)?.execute(parameters)
    })
}

/// Whether there is a token that is meant.
pub(crate) fn exists(
    connection: &Connection,
    which: &TokenFilter,
    scene: Scene<'_>,
) -> rusqlite::Result<bool> {
    exists_where(connection, "TRUE", which, scene)
}

/// Whether the token that the scene chooses is one that is meant.
pub(crate) fn is_meant(
    connection: &Connection,
    which: &TokenFilter,
    scene: Scene<'_>,
) -> rusqlite::Result<bool> {
    exists_where(connection, "id = :chosen", which, scene)
}

fn exists_where(
    connection: &Connection,
    condition: &str,
    which: &TokenFilter,
    scene: Scene<'_>,
) -> rusqlite::Result<bool> {
    if *which == TokenFilter::None {
        return Ok(false);
    }
    let query = format!(
        "SELECT 1 FROM tokens AS token WHERE {condition} AND {}",
        sql(which)
    );
    with(&query, scene, |parameters| {
        connection.prepare_cached(&query)?.exists(parameters)
    })
}

/// A token, living or dead.
pub(crate) fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<Token>> {
    found(connection, "id = ?1", [id])
}

/// The latest token with that digest, living or dead.
pub(crate) fn find_by_digest(
    connection: &Connection,
    digest: SecretDigest,
) -> rusqlite::Result<Option<Token>> {
    found(connection, "digest = ?1", [digest.bytes()])
}

/// The living token that was issued last to anybody.
pub(crate) fn newest(connection: &Connection) -> rusqlite::Result<Option<Token>> {
    found(connection, "ended_by IS NULL", [])
}

/// How many tokens are meant.
pub(crate) fn count(
    connection: &Connection,
    which: &TokenFilter,
    scene: Scene<'_>,
) -> rusqlite::Result<usize> {
    let query = format!("SELECT 1 FROM tokens AS token WHERE {}", sql(which));
    with(&query, scene, |parameters| {
        let mut statement = connection.prepare_cached(&query)?;
        Ok(statement.query_map(parameters, |_| Ok(()))?.count())
    })
}

/// The tokens that a list shows, each with whether it is marked as current.
pub(crate) fn list(
    connection: &Connection,
    rules: &Sessions,
    scene: Scene<'_>,
) -> rusqlite::Result<Vec<(Token, bool)>> {
    let query = format!(
        "SELECT {SHOWN_ID}, account, name, digest, {created_at}, last_used_at, coalesce({marked}, FALSE) \
         FROM tokens AS token WHERE {listed} ORDER BY {order} LIMIT {limit}",
        created_at = created_at(rules.created_at),
        marked = sql(&rules.marks),
        listed = sql(&rules.lists),
        order = order(rules.order),
        limit = rules.lists_at_most.map_or(-1, i64::from),
    );
    with(&query, scene, |parameters| {
        connection
            .prepare_cached(&query)?
            .query_map(parameters, |row| Ok((read(row)?, row.get(6)?)))?
            .collect()
    })
}

fn created_at(shown: CreatedAt) -> &'static str {
    match shown {
        CreatedAt::Issue => "token.created_at",
        CreatedAt::Registration => "(SELECT created_at FROM accounts WHERE id = token.account)",
        CreatedAt::LastUse => "coalesce(last_used_at, token.created_at)",
        // The calling token has just been used.
        CreatedAt::Now => "(SELECT last_used_at FROM tokens WHERE id = :current)",
    }
}

fn order(order: ListOrder) -> &'static str {
    match order {
        ListOrder::NewestFirst => "token.created_at DESC, id DESC",
        ListOrder::OldestFirst => "token.created_at, id",
        ListOrder::HighestIdFirst => "id DESC",
        ListOrder::LastUsedFirst => "last_used_at DESC, id DESC",
        ListOrder::Name => "name, id DESC",
        ListOrder::CurrentFirst => "id = :current DESC, token.created_at DESC, id DESC",
    }
}

/// Writes a use to the tokens that are meant.
pub(crate) fn record_use(
    connection: &Connection,
    which: &TokenFilter,
    scene: Scene<'_>,
    now: i64,
) -> rusqlite::Result<()> {
    if *which == TokenFilter::None {
        return Ok(());
    }
    let statement = format!(
        "UPDATE tokens SET last_used_at = {now} WHERE id IN (SELECT id FROM tokens AS token WHERE {})",
        sql(which)
    );
    with(&statement, scene, |parameters| {
        connection.prepare(&statement)?.execute(parameters)
    })?;
    Ok(())
}

/// The latest token of these.
fn found(connection: &Connection, which: &str, of: impl Params) -> rusqlite::Result<Option<Token>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM tokens WHERE {which} ORDER BY id DESC LIMIT 1"
        ))?
        .query_row(of, read)
        .optional()
}

/// Runs a statement with those parameters of the scene that it names.
fn with<T>(
    statement: &str,
    scene: Scene<'_>,
    run: impl FnOnce(&[(&str, &dyn ToSql)]) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let action = scene.action.word();
    let known = [
        (":action", &action as &dyn ToSql),
        (":account", &scene.account),
        (":current", &scene.current),
        (":chosen", &scene.chosen),
        (":name", &scene.name),
    ];
    let named: Vec<_> = known
        .into_iter()
        .filter(|(name, _)| statement.contains(name))
        .collect();
    run(&named)
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Token> {
    Ok(Token {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        digest: row.get(3)?,
        created_at: row.get(4)?,
        last_used_at: row.get(5)?,
    })
}
