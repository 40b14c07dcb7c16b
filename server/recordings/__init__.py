"""Recordings: kept as they are made, listed, fetched, forgotten in time."""
