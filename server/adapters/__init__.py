"""The outside of every port: one folder per technology. Only `server.main` imports from here."""
