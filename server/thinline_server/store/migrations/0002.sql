-- Errands: what the server still has to do for an account, and how that went (spec OUT).

CREATE TABLE errands (
  errand INTEGER PRIMARY KEY AUTOINCREMENT,  -- a number is never another errand's
  account BLOB NOT NULL,
  kind INTEGER NOT NULL,
  item BLOB NOT NULL,       -- that it is of; empty for what was spooled
  target TEXT NOT NULL,
  state INTEGER NOT NULL,   -- thinline.errands.ErrandState
  epoch INTEGER NOT NULL,   -- under which it was queued
  tries INTEGER NOT NULL,   -- how often it was begun
  queued_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  parts BLOB NOT NULL,      -- what was spooled: small parts themselves, hashes of blobs for large ones
  detail BLOB NOT NULL      -- the gateway's own
) STRICT;
CREATE INDEX errands_by_due ON errands (kind, state, due_ms);
CREATE INDEX errands_by_account ON errands (account, state);
CREATE UNIQUE INDEX errands_by_item ON errands (account, item, kind, target) WHERE item <> x'';
