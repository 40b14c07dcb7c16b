"""``parley voice``: the worker that holds lines beside a server."""

import argparse
import os

from server.commands.arguments import Subparsers, command, fail


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "voice",
        "hold lines for a server: audio sockets, and telephone calls",
        "Carry the sound of calls, recognise and speak. `parley serve` starts one of these by itself; start more,"
        " here or elsewhere, to hold more calls. Needs PARLEY_SERVER_URL and PARLEY_WORKER_TOKEN"
        " (`parley token --worker` prints it).",
        "  PARLEY_SERVER_URL=http://127.0.0.1:8080 PARLEY_WORKER_TOKEN=... parley voice --alone",
    )
    parser.add_argument(
        "--alone",
        action="store_true",
        help="do not end when the standard input closes; drain when told to stop",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Hold lines until told to stop."""
    from server.logs import configure_logging
    from server.settings import SettingsError, load_settings

    try:
        settings = load_settings()
    except SettingsError as error:
        return fail(f"these settings are wrong:\n{error}", 2)
    if not settings.server_url or settings.worker_token is None:
        return fail(
            "set PARLEY_SERVER_URL and PARLEY_WORKER_TOKEN; `parley token --worker` prints the token.", 2
        )
    configure_logging(settings)
    from server.channels.voice.offline import stay_offline

    stay_offline(os.environ)
    import uvloop

    from server.workers.running import hold

    return uvloop.run(hold(settings, with_parent=not arguments.alone))
