"""The conversation engine: flows are compiled, checked, run deterministically, recorded and replayed."""
