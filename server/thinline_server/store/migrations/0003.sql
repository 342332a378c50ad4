-- What a service notes of an account beside its history: no item, on no handset, and replaced as a whole (cookies).

CREATE TABLE notes (
  account BLOB NOT NULL,
  name TEXT NOT NULL,    -- the service's own
  value BLOB NOT NULL,
  PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
