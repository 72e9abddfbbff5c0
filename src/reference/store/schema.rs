//! Opening a database and bringing its tables up to date.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::reference::ReferenceError;

/// The steps from an empty database to the present tables. Step `n` leads to `user_version` `n +
/// 1`; a step that was once released is never edited.
const MIGRATIONS: &[&str] = &[
    include_str!("schema-1.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
];

/// Written into the header of our files ("conf"), so that we never migrate the database of another
/// program.
const APPLICATION_ID: i64 = 0x636f_6e66;

/// How long to wait for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Between two attempts to get hold of it.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// Opens a file, creates it if need be, and migrates it.
pub(super) fn open(path: &Path) -> Result<Connection, ReferenceError> {
    let failed = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            ReferenceError::NotADatabase {
                path: path.to_owned(),
            }
        }
        _ => ReferenceError::Open {
            path: path.to_owned(),
            source,
        },
    };
    create_private(path);
    let mut connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    // Before anything is written: a file that is not ours must stay as it is.
    let (found, application, tables) = origin(&connection).map_err(failed)?;
    let is_empty = (found, application, tables) == (0, 0, 0);
    let (path, known) = (path.to_owned(), known_version());
    if !is_empty && application != APPLICATION_ID {
        return Err(ReferenceError::ForeignDatabase { path });
    }
    if found > known {
        return Err(ReferenceError::NewerDatabase { path, found, known });
    }
    write_ahead(&connection).map_err(failed)?;
    connection
        .pragma_update(None, "synchronous", "normal")
        .map_err(failed)?;
    migrate(&mut connection).map_err(failed)?;
    Ok(connection)
}

/// Switches to the write-ahead log, which lets others read while one writes.
///
/// `SQLite` does not wait for the lock that the switch takes, whatever its timeout is, so the waiting
/// is done here. It ends at once when another process has switched meanwhile, since the log stays on.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if is_busy(&error) && begun.elapsed() < BUSY_TIMEOUT => {
                std::thread::sleep(BUSY_PAUSE);
            }
            outcome => return outcome,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// Brings the tables up to date. Two processes may do this at once; the second finds nothing left
/// to do.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = usize::try_from(version(&transaction)?).unwrap_or(0);
    for step in MIGRATIONS.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    if found < MIGRATIONS.len() {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", known_version())?;
    }
    transaction.commit()
}

/// Version, application, and how many tables there are: all of it is zero in a file that is empty.
fn origin(connection: &Connection) -> rusqlite::Result<(i64, i64, i64)> {
    connection.query_row(
        "SELECT (SELECT user_version FROM pragma_user_version),
                (SELECT application_id FROM pragma_application_id),
                (SELECT count(*) FROM sqlite_schema)",
        (),
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Creates the file so that only its owner can read it, since it holds TOTP secrets. Whatever goes
/// wrong here, `SQLite` meets again in a moment and words better.
fn create_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}
