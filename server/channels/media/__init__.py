"""Audio sockets: a browser, a studio or a carrier whose sound comes through the server."""
