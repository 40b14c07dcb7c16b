"""The samples, and what they know."""
