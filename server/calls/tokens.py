"""The short-lived token of an audio socket: good for one session."""

from typing import Any

import jwt

from engine.conversation import SessionRef
from server.kit.crypto import Keys

ALGORITHM = "HS256"
AUDIENCE = "media"
LIFE = 120
"""Seconds between the asking and the connecting."""


class BadMediaToken(Exception):
    """The token is not ours, was changed, or is too old."""


class MediaTokens:
    """Makes and reads them."""

    def __init__(self, keys: Keys) -> None:
        self._key = keys.derive("media tokens")

    def make(self, ref: SessionRef, origin: str, now_ms: int) -> str:
        """A token for a session; ``origin`` is the page's, empty for programs."""
        now = now_ms // 1000
        claims: dict[str, Any] = {
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + LIFE,
            "org": ref.organization,
            "ses": ref.session,
            "ori": origin,
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def read(self, token: str) -> tuple[SessionRef, str]:
        """The session and the origin; raises `BadMediaToken`."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                [ALGORITHM],
                audience=AUDIENCE,
                leeway=30,
                options={"require": ["exp", "aud", "org", "ses", "ori"]},
            )
            return SessionRef(claims["org"], claims["ses"]), claims["ori"]
        except (jwt.InvalidTokenError, ValueError) as error:
            raise BadMediaToken(str(error)) from error
