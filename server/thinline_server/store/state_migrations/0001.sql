-- The state folder's log: what must survive the loss of the store, and never goes back with it.

-- The newest place known of each account's history, and the highest epoch ever issued.
CREATE TABLE marks (
  account BLOB NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL,
  position INTEGER NOT NULL,
  chain BLOB NOT NULL       -- empty where only the epoch is known
) STRICT, WITHOUT ROWID;

-- Marks of histories that the store went back from: what a loss report starts with.
CREATE TABLE lost (
  account BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  position INTEGER NOT NULL,
  chain BLOB NOT NULL,
  PRIMARY KEY (account, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE revoked (
  handset BLOB NOT NULL PRIMARY KEY,
  account BLOB NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE spent (
  code BLOB NOT NULL PRIMARY KEY,
  key BLOB NOT NULL         -- the handset's, which may ask again
) STRICT, WITHOUT ROWID;
