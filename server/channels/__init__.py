"""Channels: the ways visitors reach an agent."""
