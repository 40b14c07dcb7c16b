"""The telephone edge: SIP and RTP behind a narrow port. Only this folder imports aiosipua and aiortp."""
