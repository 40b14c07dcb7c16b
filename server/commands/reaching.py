"""How commands reach a server that runs: its address, the owner token, and what it refuses."""

import argparse
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2

from server.commands.arguments import Subparsers, fail, given

PATIENCE = 60.0
"""Seconds one answer may take."""
LIMIT = "If it is a large document, PARLEY_KNOWLEDGE_LIMIT of the server says how large one may be."


class Refused(Exception):
    """The server, or the way to it, says no; the message says what to do."""


class Reach:
    """The API of a server, asked as its owner. A context manager."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx2.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=PATIENCE)

    def __enter__(self) -> "Reach":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """The answer's JSON, None when it has none; raises `Refused`."""
        try:
            answer = self._client.request(method, path, **more)
        except httpx2.TimeoutException as error:
            raise Refused(f"{self.address} did not answer within {PATIENCE:.0f} seconds.") from error
        except (httpx2.ConnectError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise Refused(
                f"no server answers at {self.address}. Start `parley serve`, or give its address with --server."
            ) from error
        except httpx2.HTTPError as error:
            raise Refused(
                f"{self.address} closed the connection ({type(error).__name__}). {LIMIT}"
            ) from error
        if answer.is_success:
            return answer.json() if answer.content else None
        raise Refused(_reason(answer, self.address))


Act = Callable[[Reach, argparse.Namespace], int]
"""What an action of a command does there; gives the exit code."""


def action(below: Subparsers, name: str, summary: str, act: Act) -> argparse.ArgumentParser:
    """Declare one of the actions of a command that `run` runs."""
    parser: argparse.ArgumentParser = below.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
    )
    _add_reach(parser)
    parser.set_defaults(act=act)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Do the action that is wanted; 2 when the server, or the way to it, says no."""
    act: Act = arguments.act
    try:
        with reach(arguments) as server:
            return act(server, arguments)
    except Refused as refused:
        return fail(str(refused), 2)


def _add_reach(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which server."""
    parser.add_argument("--server", help="the server's address (PARLEY_SERVER_URL, or this machine's)")
    parser.add_argument("--token-file", type=Path, help="the file with its owner token (that in --data)")
    parser.add_argument("--data", type=Path, help="the data folder of a server here (PARLEY_DATA, ./data)")


def reach(arguments: argparse.Namespace) -> Reach:
    """The server the arguments, else the settings, name; raises `Refused`."""
    from server.settings import SettingsError, load_settings

    try:
        settings = load_settings(**given(data=arguments.data))
    except SettingsError as error:
        raise Refused(f"these settings are wrong:\n{error}") from error
    address = arguments.server or settings.server_url or f"http://127.0.0.1:{settings.http_port}"
    if address.endswith(":0"):
        raise Refused("the server's port is free to change. Give the address it printed with --server.")
    file = arguments.token_file or settings.data / "owner-token"
    try:
        token = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            f"{file} holds no token that can be read. Start `parley serve` once, give its folder with --data, or the "
            "file with --token-file."
        ) from error
    if not token.isascii() or not token.isprintable():
        raise Refused(f"{file} holds no token. `parley token --path` says where it is.")
    return Reach(address, token)


def _reason(answer: httpx2.Response, address: str) -> str:
    try:
        error = answer.json()["error"]
        details = error.get("details")
        fields = details if isinstance(details, list) else []
        wrong = "; ".join(f"{each['field']}: {each['message']}" for each in fields[:3])
        return f"{error['message']} ({wrong})" if wrong else str(error["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{address} answered with HTTP {answer.status_code}. Is it a Parley server?"
