"""The store: what the server must not lose, in SQLite, served by one thread in grouped commits."""
