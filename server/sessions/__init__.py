"""Sessions: conversations, live and on record."""
