"""The short-lived token of a visitor's socket: good for one session, from one origin."""

from typing import Any

import jwt
import msgspec

from engine.conversation import SessionRef
from server.kit.crypto import Keys

ALGORITHM = "HS256"
AUDIENCE = "widget"
SKEW = 30


class Pass(msgspec.Struct, frozen=True):
    """What a token says: who, from where, in which session."""

    ref: SessionRef
    agent_id: str
    origin: str
    visitor_id: str


class BadToken(Exception):
    """The token is not ours, was changed, or is too old."""


class WidgetTokens:
    """Makes and reads them. Times are ms since 1970 as given, seconds inside (RFC 7519)."""

    def __init__(self, keys: Keys, life: int) -> None:
        self._key = keys.derive("widget tokens")
        self.life = life

    def make(self, visitor: Pass, now_ms: int) -> tuple[str, int]:
        """A token, and when it ends (ms since 1970)."""
        now = now_ms // 1000
        claims: dict[str, Any] = {
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + self.life,
            "sub": visitor.visitor_id or "visitor",
            "org": visitor.ref.organization,
            "ses": visitor.ref.session,
            "agt": visitor.agent_id,
            "ori": visitor.origin,
        }
        return jwt.encode(claims, self._key, ALGORITHM), (now + self.life) * 1000

    def read(self, token: str) -> Pass:
        """What the token says; raises `BadToken`."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                [ALGORITHM],
                audience=AUDIENCE,
                leeway=SKEW,
                options={"require": ["exp", "aud", "sub", "org", "ses", "agt", "ori"]},
            )
            ref = SessionRef(claims["org"], claims["ses"])
            return Pass(ref, claims["agt"], claims["ori"], claims["sub"])
        except (jwt.InvalidTokenError, ValueError) as error:
            raise BadToken(str(error)) from error
