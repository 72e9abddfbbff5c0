-- The id that callers see, where it is not that of the row: some servers give the id of a token that has ended out again.

ALTER TABLE tokens ADD COLUMN shown_id INTEGER;
