"""``parley worker``: holds lines in LiveKit rooms."""

import argparse

from server.commands.arguments import Subparsers, command
from server.commands.lines import NEEDS, WHERE, run_worker


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "worker",
        "hold lines in LiveKit rooms, as many processes as you say, on any machine",
        "Register at LiveKit, and meet callers in its rooms: browsers and telephones. Told to stop (SIGTERM), it takes"
        " no new lines, and gives those that are up PARLEY_DRAIN seconds before others go on with them."
        f" {NEEDS} And LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET. Each process holds PARLEY_SEATS lines;"
        " GET /health/ready at PARLEY_WORKER_HEALTH_PORT (and the ports after it) says how it is.",
        f"  {WHERE} LIVEKIT_URL=ws://127.0.0.1:7880 LIVEKIT_API_KEY=... LIVEKIT_API_SECRET=... \\\n"
        "    parley worker --processes 4",
    )
    parser.add_argument(
        "--processes", type=_number, default=1, metavar="N", help="processes side by side; a core each (1)"
    )
    parser.set_defaults(run=run)


def _number(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 256:
        raise argparse.ArgumentTypeError("is a number from 1 to 256")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Hold lines until told to stop."""
    return run_worker(arguments, ("media", "room"), with_parent=False)
