"""What an agent has on the server, beside its flow: what it knows, what it may use, how it sounds."""
