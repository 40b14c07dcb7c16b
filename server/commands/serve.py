"""``parley serve``: the server."""

import argparse
import socket
from pathlib import Path

from server.commands.arguments import Subparsers, command, fail, given


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "serve",
        "hold agents and talk to their visitors",
        "Bring the database to the newest schema, then serve the API, the widget and its visitors.",
        "  parley serve\n  parley serve --demo --port 0\n  PARLEY_DATA=/srv/parley parley serve --host 0.0.0.0",
    )
    parser.add_argument(
        "--demo", action="store_true", default=None, help="also the sample flows and their page"
    )
    parser.add_argument("--host", help="address to listen at (PARLEY_HTTP_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port, 0 for a free one (PARLEY_HTTP_PORT, 8080)")
    parser.add_argument("--data", type=Path, help="folder for everything that is kept (PARLEY_DATA, ./data)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from server.adapters.sqlite.lock import Locked
    from server.kit.migrating import UnusableDatabase
    from server.logs import configure_logging
    from server.serving import PortTaken, Serving, bind
    from server.settings import SettingsError, load_settings

    try:
        settings = load_settings(
            **given(
                demo=arguments.demo, http_host=arguments.host, http_port=arguments.port, data=arguments.data
            )
        )
    except SettingsError as error:
        return fail(f"these settings are wrong:\n{error}", 2)
    configure_logging(settings)
    listening: socket.socket | None = None
    try:
        listening = bind(settings.http_host, settings.http_port)
        return Serving(settings, listening).run()
    except (PortTaken, Locked, UnusableDatabase) as error:
        return fail(str(error))
    except OSError as error:
        return fail(f"{settings.data} cannot be used: {error}. Give another folder with --data.")
    finally:
        if listening is not None:
            listening.close()
