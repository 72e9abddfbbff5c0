//! Tokens: the sessions of an account.

use rusqlite::{Connection, OptionalExtension};

use crate::reference::behaviour::{Ends, Lists, Order, Reaches};
use crate::reference::secrets::{self, Digest};

const COLUMNS: &str = "id, account, name, digest, created_at, last_used_at";

/// A token as it is stored.
#[derive(Debug, Clone)]
pub(in crate::reference) struct Token {
    pub(in crate::reference) id: i64,
    pub(in crate::reference) account: i64,
    pub(in crate::reference) name: String,
    pub(in crate::reference) digest: [u8; 32],
    pub(in crate::reference) created_at: i64,
    pub(in crate::reference) last_used_at: Option<i64>,
}

/// The tokens that an action may mean, seen from where it happens.
#[derive(Debug, Clone, Copy)]
pub(in crate::reference) struct Scene<'a> {
    pub(in crate::reference) account: i64,
    /// The token that makes the call, if one does.
    pub(in crate::reference) current: Option<i64>,
    /// The token that the call names.
    pub(in crate::reference) chosen: Option<i64>,
    /// The name that a new token is about to get.
    pub(in crate::reference) name: Option<&'a str>,
}

/// Creates a token and returns its text, which is known here for the only time.
pub(in crate::reference) fn issue(
    connection: &Connection,
    account: i64,
    name: &str,
    now: i64,
) -> rusqlite::Result<String> {
    let secret = secrets::token_secret();
    connection
        .prepare_cached(
            "INSERT INTO tokens (account, name, digest, created_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((account, name, Digest::of(&secret).bytes(), now))?;
    Ok(format!("{}|{secret}", connection.last_insert_rowid()))
}

/// Deletes tokens and says how many.
pub(in crate::reference) fn end(
    connection: &Connection,
    ends: Ends,
    scene: Scene<'_>,
) -> rusqlite::Result<usize> {
    // A comparison with an absent (NULL) id or name is never true, so an action without the one
    // that it means ends none.
    let condition = match ends {
        Ends::Nothing => return Ok(0),
        Ends::Current => "account = :account AND id = :current",
        Ends::Chosen => "account = :account AND id = :chosen",
        Ends::SameName => "account = :account AND name = :name",
        Ends::Others => "account = :account AND id <> :current",
    };
    let known = [
        (":account", &scene.account as &dyn rusqlite::ToSql),
        (":current", &scene.current),
        (":chosen", &scene.chosen),
        (":name", &scene.name),
    ];
    let parameters: Vec<_> = known
        .into_iter()
        .filter(|(name, _)| condition.contains(name))
        .collect();
    connection
        .prepare_cached(&format!("DELETE FROM tokens WHERE {condition}"))?
        .execute(parameters.as_slice())
}

pub(in crate::reference) fn find(
    connection: &Connection,
    id: i64,
) -> rusqlite::Result<Option<Token>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM tokens WHERE id = ?1"))?
        .query_row([id], read)
        .optional()
}

/// The tokens that the list of an account shows.
pub(in crate::reference) fn list(
    connection: &Connection,
    account: i64,
    lists: Lists,
    order: Order,
) -> rusqlite::Result<Vec<Token>> {
    let condition = match lists {
        Lists::OwnTokens => "account = ?1",
    };
    let order = match order {
        Order::NewestFirst => "created_at DESC, id DESC",
    };
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM tokens WHERE {condition} ORDER BY {order}"
        ))?
        .query_map([account], read)?
        .collect()
}

/// Whether an account may revoke the token with this id.
pub(in crate::reference) fn reaches(
    connection: &Connection,
    reaches: Reaches,
    account: i64,
    id: i64,
) -> rusqlite::Result<bool> {
    let token = find(connection, id)?;
    Ok(match reaches {
        Reaches::OwnTokens => token.is_some_and(|token| token.account == account),
    })
}

pub(in crate::reference) fn record_use(
    connection: &Connection,
    id: i64,
    now: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE tokens SET last_used_at = ?2 WHERE id = ?1")?
        .execute((id, now))?;
    Ok(())
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
