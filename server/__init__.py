"""The headless server: holds agents, publishes their flows and talks to their visitors."""
