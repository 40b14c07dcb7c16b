"""Deployments: how an agent appears on a channel. The widget is the first."""
