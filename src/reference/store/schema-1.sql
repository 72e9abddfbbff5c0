-- Moments are seconds since 1970-01-01T00:00:00Z. Of every secret that a caller sends, only a
-- digest is kept.

CREATE TABLE accounts (
    id             INTEGER PRIMARY KEY,
    public_id      TEXT    NOT NULL UNIQUE,
    email          TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    password_hash  TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    trial_ends_at  INTEGER NOT NULL,
    totp_secret    BLOB,
    totp_last_step INTEGER
) STRICT;

-- AUTOINCREMENT: the id of a token that has ended must never come to mean another one.
CREATE TABLE tokens (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE INDEX tokens_by_account ON tokens (account, name);

CREATE TABLE challenges (
    digest         BLOB    NOT NULL PRIMARY KEY,
    account        INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    expires_at     INTEGER NOT NULL,
    wrong_attempts INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX challenges_by_expiry ON challenges (expires_at);

CREATE TABLE recovery_codes (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    digest  BLOB    NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (account, digest)
) STRICT, WITHOUT ROWID;
