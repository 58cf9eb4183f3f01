"""What survives: the local journal, the database, and the comparison with Asterisk's own call records."""
