"""Secrets at rest: sealed with a key of the server's, so that a copy of the database gives none away."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.kit.crypto import Keys

NONCE = 12


class Unreadable(Exception):
    """A secret was sealed with another key."""


class Seal:
    """Seals and opens the secrets of one purpose; ``about`` ties a secret to what it belongs to."""

    def __init__(self, keys: Keys, purpose: str) -> None:
        self._cipher = AESGCM(keys.derive(purpose))

    def seal(self, secret: str, about: str) -> str:
        """The secret, sealed; nothing stays nothing."""
        if not secret:
            return ""
        nonce = os.urandom(NONCE)
        sealed = self._cipher.encrypt(nonce, secret.encode(), about.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, about: str) -> str:
        """The secret again; raises `Unreadable`."""
        if not sealed:
            return ""
        try:
            raw = base64.urlsafe_b64decode(sealed)
            return self._cipher.decrypt(raw[:NONCE], raw[NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable("A stored secret cannot be opened: it was kept by another server.") from error
