"""Configurations of a LiveKit server, from the templates beside this file."""

import re
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from string import Template

from cache import SetupError, cache_home

FOLDER = Path(__file__).resolve().parent
KEY = "parley"
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
ENDPOINT = re.compile(r"[A-Za-z0-9.-]+:\d{1,5}")


def render(name: str, values: Mapping[str, object]) -> str:
    """The template ``name`` with its places filled; raises `SetupError` naming one that is not."""
    template = Template((FOLDER / f"{name}.yaml").read_text("utf-8"))
    try:
        return template.substitute({key: str(value) for key, value in values.items()})
    except KeyError as missing:
        raise SetupError(f"{name}.yaml has a place for {missing}, and nobody fills it.") from None


def development(port: int, *, lan: bool) -> str:
    """For this machine; with ``lan``, for the network it is in."""
    address = own_address() if lan else "127.0.0.1"
    places = {
        "HTTP_PORT": port,
        "TCP_PORT": port + 1,
        "UDP_PORT": port + 2,
        "BIND": '"0.0.0.0"' if lan else "127.0.0.1",
        "NODE_IP": address,
        "LOOPBACK": "false" if lan else "true",
    }
    return render("development", places)


def production(domain: str, turn_domain: str, redis: str) -> str:
    """For a public server; raises `SetupError` for names that are none."""
    for name in (domain, turn_domain):
        if not NAME.fullmatch(name):
            raise SetupError(f'"{name}" is no domain; write it like talk.example')
    if redis and not ENDPOINT.fullmatch(redis):
        raise SetupError(f'"{redis}" is no host:port; write it like 10.0.0.5:6379')
    joined = (
        f"redis:\n  address: {redis}" if redis else "# Redis joins several servers to one; this one is alone."
    )
    return render("production", {"DOMAIN": domain, "TURN_DOMAIN": turn_domain, "REDIS": joined})


def own_address() -> str:
    """The address other machines of this network reach us at; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            raise SetupError("this machine has no network; leave --lan away.") from None
        address: str = probe.getsockname()[0]
        return address


def development_secret() -> str:
    """The secret of this machine's development server, made once and kept where only its owner reads."""
    file = cache_home() / "livekit.secret"
    try:
        return file.read_text("utf-8").strip()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), "utf-8")
        return file.read_text("utf-8").strip()
