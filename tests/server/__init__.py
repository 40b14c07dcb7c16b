"""The server, tested over real SQLite files and, where sockets matter, over real sockets."""
