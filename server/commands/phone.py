"""``parley phone``: the telephone edge alone."""

import argparse

from server.commands.arguments import Subparsers, command
from server.commands.lines import NEEDS, WHERE, run_worker


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "phone",
        "take and place telephone calls for a server, where telephones reach this machine",
        "Speak SIP and RTP at PARLEY_SIP_HOST:PARLEY_SIP_PORT for the trunks of a server. Callers are spoken to here,"
        f" or brought into LiveKit rooms when the server has them. {NEEDS}",
        f"  {WHERE} PARLEY_SIP_PUBLIC_HOST=203.0.113.7 parley phone",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Hold calls until told to stop."""
    return run_worker(arguments, ("leg",), with_parent=False)
