"""``parley schema``: the JSON Schema of the files."""

import argparse

from server.commands.arguments import Subparsers, command


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "schema",
        "print the JSON Schema of flow.json or layout.json",
        "Print the JSON Schema of a file, for editors and for programs that write flows.",
        "  parley schema > flow.schema.json\n  parley schema layout",
    )
    parser.add_argument(
        "file", nargs="?", choices=("flow", "layout"), default="flow", help="which file (flow)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print it."""
    import msgspec

    from engine.kinds.schema import flow_schema, layout_schema

    schema = flow_schema() if arguments.file == "flow" else layout_schema()
    print(msgspec.json.format(msgspec.json.encode(schema), indent=2).decode())
    return 0
