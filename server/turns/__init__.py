"""Turns: how long each one took, who took part in it, and what it cost."""
