"""The database's history, one revision a file; `db.migrate` walks it."""
