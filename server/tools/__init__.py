"""Tools: what agents may do in the services of others, written in code and set up agent by agent."""
