"""SQLite: the event log's one writer, and the lock that makes it the only one."""
