"""Talking to the flow as it stands on the canvas: the script, the live path, going back, tests."""
