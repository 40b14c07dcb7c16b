"""The telephone edge, called by others and calling others."""
