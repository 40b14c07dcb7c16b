"""Releases: what was published, kept as it was."""
