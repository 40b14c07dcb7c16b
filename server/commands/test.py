"""``parley test``: the conversations kept beside flows."""

import argparse
from pathlib import Path

from server.commands.arguments import Subparsers, command, fail


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "test",
        "play the conversations kept beside flows",
        "Play flows/*/tests/*.json against their flows. Ends with 1 when one goes another way.",
        "  parley test\n  parley test flows/clinic --match emergency",
    )
    parser.add_argument(
        "flows", nargs="*", default=["flows"], metavar="FLOW", help="folders of flows (flows)"
    )
    parser.add_argument("--match", default="", help="only tests whose name or file contains this")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Play them."""
    folders = [folder for name in arguments.flows for folder in _folders(Path(name))]
    if not folders:
        return fail(f"no flow.json in {', '.join(arguments.flows)}.", 2)
    played = failed = 0
    for folder in folders:
        more, wrong = _play(folder, arguments.match)
        played, failed = played + more, failed + wrong
    print(
        f"{played} conversations, {failed} went another way"
        if failed
        else f"{played} conversations, all well"
    )
    return 1 if failed or not played else 0


def _folders(path: Path) -> list[Path]:
    path = path.parent if path.name == "flow.json" else path
    if (path / "flow.json").exists():
        return [path]
    return sorted(found.parent for found in path.glob("*/flow.json"))


def _play(folder: Path, match: str) -> tuple[int, int]:
    from engine.compiler import compile_flow
    from engine.flow import FlowFormatError, load_flow
    from engine.simulation import load_case, run_case

    try:
        flow, _ = load_flow((folder / "flow.json").read_bytes())
    except (FlowFormatError, OSError) as error:
        fail(f"{folder / 'flow.json'}: {error}")
        return 1, 1
    program = compile_flow(flow)
    played = failed = 0
    for path in sorted((folder / "tests").glob("*.json")):
        try:
            case = load_case(path.read_bytes(), str(path))
        except (ValueError, OSError) as error:
            fail(str(error))
            played, failed = played + 1, failed + 1
            continue
        if match and match not in case.name and match not in path.name:
            continue
        played += 1
        verdict = run_case(program, case)
        if not verdict.passed:
            failed += 1
            print(f"✗ {path}: {case.name}\n    turn {verdict.turn + 1}: {verdict.difference}")
    return played, failed
