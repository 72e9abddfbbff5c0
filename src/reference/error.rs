//! What can keep the server from starting or an account from being provisioned.

use std::net::SocketAddr;
use std::path::PathBuf;

/// An error of the reference server outside of answering requests. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; choose a free port of this machine, or \
         port 0 for any"
    )]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file cannot be opened or created.
    #[error(
        "cannot open the database {}: {source}; check that its directory exists and that you may \
         write there",
        .path.display()
    )]
    Open {
        /// The file asked for.
        path: PathBuf,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// The file is something else, or damaged.
    #[error(
        "{} is not a usable SQLite database; name another file, or remove this one to start afresh",
        .path.display()
    )]
    NotADatabase {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file belongs to another program.
    #[error(
        "{} is the database of another program; name another file, and leave this one to its owner",
        .path.display()
    )]
    ForeignDatabase {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file was written by a later version of this program.
    #[error(
        "{} has schema version {found}, this program knows versions up to {known}; use the \
         program that wrote it, or name another file",
        .path.display()
    )]
    NewerDatabase {
        /// The file asked for.
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// No e-mail address can be formed with the domain.
    #[error("`{domain}` is no e-mail domain; give one such as `mail.example`, without `@`")]
    EmailDomain {
        /// The domain asked for.
        domain: String,
    },
    /// `SQLite` failed while it was used.
    #[error(
        "the database failed: {source}; check that the disk is not full and that no \
         other program holds the file"
    )]
    Storage {
        /// What `SQLite` says.
        #[from]
        source: rusqlite::Error,
    },
    /// A password could not be hashed.
    #[error("a password could not be hashed: {reason}; check that the machine has memory to spare")]
    Hashing {
        /// What the hash function says.
        reason: String,
    },
    /// Work was given up because the runtime is going down, or because it panicked.
    #[error("the work was interrupted; do it again while the runtime is alive")]
    Interrupted,
}
