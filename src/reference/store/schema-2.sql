-- A token that has ended keeps its row: what ended it, and what issued it, tell the history of its account.

ALTER TABLE tokens ADD COLUMN issued_by TEXT NOT NULL DEFAULT 'login';
ALTER TABLE tokens ADD COLUMN ended_by TEXT;
