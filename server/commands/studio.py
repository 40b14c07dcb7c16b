"""``parley studio``: the desktop studio."""

import argparse
import importlib.util

from server.commands.arguments import Subparsers, command, fail


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "studio",
        "draw and rehearse flows",
        "Open the studio, with a flow's folder or file when one is given.",
        "  parley studio\n  parley studio flows/table-reservation",
    )
    parser.add_argument("flow", nargs="?", help="a flow's folder or flow.json")
    parser.add_argument("--server", help="the server to publish to, like http://127.0.0.1:8080")
    parser.add_argument("--token-file", help="the file with its owner token")
    parser.add_argument("--data", help="where the studio keeps journals and recent flows")
    parser.add_argument("--scheme", choices=("light", "dark", "contrast"), help="its colours")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Open it."""
    if importlib.util.find_spec("PySide6") is None:
        return fail("the studio is not installed here. Install it with: pip install 'parley[studio]'")
    from studio.main import main

    rest = [arguments.flow] if arguments.flow else []
    for name in ("server", "token_file", "data", "scheme"):
        value = getattr(arguments, name)
        rest += [f"--{name.replace('_', '-')}", value] if value else []
    return int(main(rest) or 0)
