"""``parley``: the command line."""

import argparse
import sys
from collections.abc import Sequence

from server.commands import (
    check,
    knowledge,
    migrate,
    phone,
    replay,
    schema,
    serve,
    simulate,
    studio,
    test,
    token,
    tools,
    understand,
    voice,
    worker,
)

COMMANDS = (
    serve,
    voice,
    worker,
    phone,
    studio,
    check,
    test,
    simulate,
    understand,
    replay,
    knowledge,
    tools,
    schema,
    migrate,
    token,
)

EXAMPLES = """examples:
  parley serve --demo                      everything at once: API, demo page, sample flows
  parley check flows/*/flow.json           what the compiler finds
  parley simulate flows/table-reservation  talk to a flow here
  parley test flows                        play every kept conversation
  parley studio flows/table-reservation    draw

Settings come from the environment (PARLEY_...) and .env; `parley serve --help` names the common ones."""


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(
        prog="parley",
        description="Draw conversations, prove that they hold together, rehearse them, and serve them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help="say which version this is")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for command in COMMANDS:
        command.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; answers with the exit code."""
    top = parser()
    arguments = top.parse_args(argv)
    if arguments.version:
        from engine import VERSION

        print(f"parley {VERSION}")
        return 0
    if arguments.command is None:
        top.print_help()
        return 2
    try:
        code: int = arguments.run(arguments)
        return code
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print()
        return 130


if __name__ == "__main__":
    sys.exit(main())
