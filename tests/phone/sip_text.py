"""SIP as text, for peers of our own."""

import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Any

Message = tuple[str, list[tuple[str, str]], bytes]


def parse(data: bytes) -> Message:
    """First line, headers in order, body."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first, [(n.strip(), v.strip()) for n, _, v in (line.partition(":") for line in lines)], body


def header(message: Message, name: str) -> str:
    """The first header of a name, empty without one."""
    return next((value for n, value in message[1] if n.lower() == name.lower()), "")


def headers(message: Message, name: str) -> list[str]:
    """All of a name."""
    return [value for n, value in message[1] if n.lower() == name.lower()]


def status(message: Message) -> int:
    """The code of an answer, 0 for a request."""
    return int(message[0].split()[1]) if message[0].startswith("SIP/2.0") else 0


def digest(challenge: str, method: str, uri: str, username: str, password: str, count: int = 1) -> str:
    """The value of an Authorization header."""
    said = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge.partition(" ")[2]))
    algorithm = said.get("algorithm", "MD5")
    make: Callable[[bytes], Any] = hashlib.sha256 if algorithm == "SHA-256" else hashlib.md5

    def h(text: str) -> str:
        return str(make(text.encode()).hexdigest())

    cnonce, nc = secrets.token_hex(4), f"{count:08x}"
    who, what = h(f"{username}:{said['realm']}:{password}"), h(f"{method}:{uri}")
    response = h(f"{who}:{said['nonce']}:{nc}:{cnonce}:auth:{what}")
    return (
        f'Digest username="{username}", realm="{said["realm"]}", nonce="{said["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm={algorithm}, qop=auth, nc={nc}, cnonce="{cnonce}"'
    )
