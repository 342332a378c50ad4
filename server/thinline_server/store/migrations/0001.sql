-- The store: everything an operator may lose sleep about, and nothing else.

CREATE TABLE accounts (
  account BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  number TEXT UNIQUE,
  epoch INTEGER NOT NULL,
  chain BLOB NOT NULL,      -- chain(0), which names the history
  careful INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE handsets (
  handset BLOB NOT NULL PRIMARY KEY,
  account BLOB NOT NULL REFERENCES accounts,
  key BLOB NOT NULL,
  life INTEGER NOT NULL,
  done INTEGER NOT NULL,    -- the highest command number judged in this life; never taken back
  revoked INTEGER NOT NULL,
  certificate BLOB          -- as it was given; NULL where the handset was adopted
) STRICT, WITHOUT ROWID;
CREATE INDEX handsets_by_account ON handsets (account);

-- Enrolment codes by their SHA-256; the code itself is nowhere.
CREATE TABLE codes (
  code BLOB NOT NULL PRIMARY KEY,
  account BLOB NOT NULL REFERENCES accounts,
  expires_ms INTEGER NOT NULL,
  handset BLOB              -- who spent it
) STRICT, WITHOUT ROWID;

-- The history. Rows are written once and kept for ever; `row` is what the chain hashes.
CREATE TABLE rows (
  account BLOB NOT NULL,
  position INTEGER NOT NULL,
  row BLOB NOT NULL,
  chain BLOB NOT NULL,
  author BLOB,              -- NULL where the server wrote for a reason of its own
  PRIMARY KEY (account, position),
  UNIQUE (account, author)  -- a command's change happens once, whatever went wrong above
) STRICT, WITHOUT ROWID;

-- The newest version of each item. Not WITHOUT ROWID: heads of 4 KB would thin out the inner pages.
CREATE TABLE items (
  account BLOB NOT NULL,
  item BLOB NOT NULL,
  position INTEGER NOT NULL,
  collection INTEGER NOT NULL,
  type INTEGER NOT NULL,
  dead INTEGER NOT NULL,
  key BLOB NOT NULL,        -- the place in the service's order
  revision BLOB NOT NULL,
  fields BLOB NOT NULL,     -- a tombstone's too: an edit that met the deletion keeps the whole item
  blobs BLOB NOT NULL,
  ancestors BLOB NOT NULL,
  copy_of BLOB,
  copy_by BLOB,
  PRIMARY KEY (account, item)
) STRICT;
CREATE INDEX items_by_position ON items (account, collection, position);
CREATE INDEX items_by_key ON items (account, collection, key, item) WHERE dead = 0;
CREATE INDEX items_by_origin ON items (account, copy_of, item) WHERE copy_of IS NOT NULL;

-- Final answers, until the handset confirmed them or began a newer life.
CREATE TABLE outcomes (
  handset BLOB NOT NULL,
  number INTEGER NOT NULL,
  digest BLOB NOT NULL,
  verdict INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  position INTEGER NOT NULL,
  items BLOB NOT NULL,      -- ids of the heads told, 12 bytes each
  PRIMARY KEY (handset, number)
) STRICT, WITHOUT ROWID;

-- Attempts at a command that had no end.
CREATE TABLE trials (
  handset BLOB NOT NULL,
  number INTEGER NOT NULL,
  marks INTEGER NOT NULL,
  PRIMARY KEY (handset, number)
) STRICT, WITHOUT ROWID;

-- Parts that the blob store holds whole; the row comes after the blob.
CREATE TABLE blobs (
  account BLOB NOT NULL,
  hash BLOB NOT NULL,
  size INTEGER NOT NULL,
  encoding INTEGER NOT NULL,
  PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

-- Parts on their way up.
CREATE TABLE uploads (
  account BLOB NOT NULL,
  hash BLOB NOT NULL,
  size INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  begun_ms INTEGER NOT NULL,
  PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE pieces (
  account BLOB NOT NULL,
  hash BLOB NOT NULL,
  offset INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (account, hash, offset)
) STRICT;
