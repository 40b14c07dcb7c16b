"""Embedding models: one suite for all, and what is peculiar to each."""
