"""Agents: what an organisation deploys, and the draft of the flow each one owns."""
