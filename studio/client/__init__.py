"""The server, as the studio sees it: over HTTP only."""
