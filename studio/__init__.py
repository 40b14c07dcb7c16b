"""The desktop studio: people draw, check and rehearse conversations here. Reaches the server over HTTP only."""
