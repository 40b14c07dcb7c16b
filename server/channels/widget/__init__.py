"""The web widget's channel: a session by HTTP, then a socket."""
