"""Secrets: tokens that scanners can recognise, stored only as keyed digests; keys derived from one server
secret."""

import base64
import hashlib
import hmac
import os
import secrets
import zlib
from pathlib import Path

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BODY = 32
CHECK = 6


def new_token(prefix: str) -> str:
    """``prefix_``, 32 random base62 letters (190 bits) and 6 letters of CRC32, so that a typo is told from a
    stranger."""
    body = "".join(secrets.choice(BASE62) for _ in range(BODY))
    return f"{prefix}_{body}{_checksum(body)}"


def well_formed(token: str, prefix: str) -> bool:
    """Whether the token has our shape and its checksum holds; says nothing about whether it is known."""
    head = f"{prefix}_"
    body, check = token[len(head) : len(head) + BODY], token[len(head) + BODY :]
    return (
        token.startswith(head)
        and len(body) == BODY
        and hmac.compare_digest(_ascii(check), _checksum(body).encode())
    )


def _checksum(body: str) -> str:
    value, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECK):
        value, digit = divmod(value, 62)
        letters = BASE62[digit] + letters
    return letters


def _ascii(text: str) -> bytes:
    return text.encode("utf-8", "replace")


class Keys:
    """Keys for each purpose, derived from the server's secret (HKDF's expand step, RFC 5869 2.3, one
    block)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("The server's secret must be at least 32 bytes long.")
        self._secret = secret

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose; different purposes never share a key."""
        return hmac.digest(self._secret, purpose.encode() + b"\x01", "sha256")

    def digest(self, token: str) -> str:
        """What is stored of a token: HMAC-SHA256 under the key for tokens, in hex."""
        return hmac.new(self.derive("tokens"), _ascii(token), hashlib.sha256).hexdigest()

    def worker_token(self) -> str:
        """What workers show: derived from the server's secret, so that it needs no store."""
        return self.derive("workers").hex()

    def matches(self, token: str, digest: str) -> bool:
        """Whether the digest is this token's; takes the same time whatever differs."""
        return hmac.compare_digest(self.digest(token), digest)


def load_secret(path: Path) -> bytes:
    """The secret in the file; made at first, readable by its owner only."""
    try:
        return base64.b64decode(path.read_bytes(), validate=True)
    except FileNotFoundError:
        secret = secrets.token_bytes(32)
        write_private(path, base64.b64encode(secret))
        return secret


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read (0600), whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def new_public_id() -> str:
    """``pk_`` and 22 random base62 letters: names an agent on web pages, opens nothing by itself."""
    return "pk_" + "".join(secrets.choice(BASE62) for _ in range(22))
