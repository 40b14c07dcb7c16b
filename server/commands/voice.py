"""``parley voice``: the worker that holds lines beside a server."""

import argparse

from server.commands.arguments import Subparsers, command
from server.commands.lines import NEEDS, WHERE, run_worker


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "voice",
        "hold lines for a server: audio sockets, telephone calls, and rooms when LiveKit is set",
        "Carry the sound of calls, recognise and speak. `parley serve` starts one of these by itself; start more,"
        f" here or elsewhere, to hold more calls. {NEEDS}",
        f"  {WHERE} parley voice --alone",
    )
    parser.add_argument(
        "--alone",
        action="store_true",
        help="do not end when the standard input closes; drain when told to stop",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Hold lines until told to stop."""
    return run_worker(arguments, ("media", "leg", "room?"), with_parent=not arguments.alone)
