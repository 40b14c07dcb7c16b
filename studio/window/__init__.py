"""The window: bar, rail, drawers, and what holds them together."""
