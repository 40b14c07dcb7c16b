"""``parley token``: the owner token, and the workers'."""

import argparse
import asyncio
from pathlib import Path
from typing import Any

from server.commands.arguments import Subparsers, command, fail, given


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "token",
        "show or renew the owner token, show the workers'",
        "Show the token that acts for the owner of this server, or the one workers elsewhere show it. The first"
        " `parley serve` makes them.",
        '  curl -H "Authorization: Bearer $(parley token)" http://127.0.0.1:8080/api/v1/agents\n'
        "  parley token --renew      (with the server stopped)\n"
        "  PARLEY_WORKER_TOKEN=$(parley token --worker)",
    )
    parser.add_argument("--data", type=Path, help="the data folder (PARLEY_DATA, ./data)")
    parser.add_argument("--path", action="store_true", help="show only where it is")
    parser.add_argument("--renew", action="store_true", help="revoke it and make a new one")
    parser.add_argument("--worker", action="store_true", help="show what workers elsewhere show this server")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show it."""
    from server.settings import SettingsError, load_settings

    try:
        settings = load_settings(**given(data=arguments.data))
    except SettingsError as error:
        return fail(f"these settings are wrong:\n{error}", 2)
    if arguments.worker:
        return _show_worker_token(settings)
    path = settings.data / "owner-token"
    if arguments.renew and (code := _renew(settings)):
        return code
    if arguments.path:
        print(path.resolve())
        return 0
    try:
        print(path.read_text("utf-8").strip())
    except OSError:
        return fail(
            f"there is no owner token in {settings.data}. Start `parley serve` once, or give the right folder with "
            "--data. If the file was lost, `parley token --renew` makes a new one."
        )
    return 0


def _show_worker_token(settings: Any) -> int:
    if settings.secret_key is None and not (settings.data / "secret").exists():
        return fail(f"there is no secret in {settings.data}. Start `parley serve` once, or give its folder.")
    print(settings.keys().worker_token())
    return 0


def _renew(settings: Any) -> int:
    from server.adapters.sqlite.lock import Locked
    from server.kit.migrating import UnusableDatabase
    from server.main import Server

    try:
        asyncio.run(_make_anew(Server(settings)))
    except (Locked, UnusableDatabase) as error:
        return fail(str(error))
    return 0


async def _make_anew(server: Any) -> None:
    await server.accounts.renew_owner_token()
    await server.database.close()
    server.workshop.close()
    server.lock.release()
