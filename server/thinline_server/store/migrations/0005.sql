-- What the far side calls what it took of an errand, until word of it comes, or none has for long (spec OUT-16).

CREATE TABLE receipts (
  name TEXT NOT NULL PRIMARY KEY,
  errand INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_by_errand ON receipts (errand);
CREATE INDEX receipts_by_time ON receipts (at_ms);
