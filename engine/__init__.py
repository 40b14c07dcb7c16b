"""The conversation engine: flows are compiled, checked, run deterministically, recorded and replayed."""

VERSION = "0.1.0"
"""The version of Parley."""
