"""Voice workers: processes that hold lines. They reach the server over one socket and never open the
database; the server's process runs the engine."""
