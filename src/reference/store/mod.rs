//! The data of the server in `SQLite`. Each answer comes from one transaction, so that what a
//! caller sees is the state at one moment between the changes of others.

pub(super) mod accounts;
pub(super) mod challenges;
mod condition;
mod schema;
pub(super) mod tokens;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Params, Transaction, TransactionBehavior};

use super::ReferenceError;
pub(super) use condition::Scene;

/// Where the server keeps its data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Database {
    /// In memory, for as long as the server runs.
    #[default]
    Memory,
    /// In a file, which is created if it does not exist and can be shared with other processes of
    /// this program.
    File(PathBuf),
}

/// One connection: `SQLite` lets one writer at a time through anyway, and nearly every request
/// writes.
#[derive(Clone)]
pub(super) struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    pub(super) fn open(database: &Database) -> Result<Self, ReferenceError> {
        match database {
            Database::Memory => Self::in_memory(),
            Database::File(path) => Self::in_file(path),
        }
    }

    fn in_memory() -> Result<Self, ReferenceError> {
        let mut connection = Connection::open_in_memory()?;
        schema::migrate(&mut connection)?;
        Ok(Self::over(connection))
    }

    /// Waits for a while when another process is creating or migrating the same file.
    pub(super) fn in_file(path: &Path) -> Result<Self, ReferenceError> {
        schema::open(path).map(Self::over)
    }

    fn over(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(64);
        Self {
            connection: Arc::new(Mutex::new(connection)),
        }
    }

    /// Runs a job that needs no transaction because it makes a single query.
    pub(super) async fn read<T, E>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        self.work(move |connection| job(connection)).await
    }

    /// Runs a job in one transaction that no other writer interleaves with.
    ///
    /// What the job wrote stands also when it refuses the request, because a refusal may have to be
    /// remembered (a wrong code counts). A fault of the server, or a panic, undoes it.
    pub(super) async fn transaction<T, E>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        self.work(move |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = job(&transaction);
            if !outcome.as_ref().is_err_and(Fault::is_fault) {
                transaction.commit()?;
            }
            outcome
        })
        .await
    }

    async fn work<T, E>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            // A panic has rolled its transaction back on the way out: the connection is as good as
            // before.
            job(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .unwrap_or_else(|_| Err(E::interrupted()))
    }
}

/// Runs a statement that changes rows.
fn run(connection: &Connection, statement: &str, values: impl Params) -> rusqlite::Result<()> {
    let mut prepared = connection.prepare_cached(statement)?;
    prepared.execute(values).map(drop)
}

/// An error that jobs on the store may return.
pub(super) trait Fault: From<rusqlite::Error> + Send + 'static {
    /// Whether the server failed, as opposed to a request having been refused.
    fn is_fault(&self) -> bool;

    /// The error when the work was given up.
    fn interrupted() -> Self;
}

impl Fault for ReferenceError {
    fn is_fault(&self) -> bool {
        true
    }

    fn interrupted() -> Self {
        Self::Interrupted
    }
}
