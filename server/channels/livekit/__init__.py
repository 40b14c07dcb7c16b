"""LiveKit rooms: browsers, and telephone callers as participants of kind SIP."""
