"""``parley replay``: a recorded session, folded again."""

import argparse
import sqlite3
from pathlib import Path
from typing import Any

from server.commands.arguments import Subparsers, command, fail, flow_file, given

SESSION = (
    "SELECT s.header, r.flow, s.organization_id, s.started_at FROM session s JOIN release r ON r.id = s.release_id"
    " WHERE s.id = ?"
)


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "replay",
        "run a recorded session again and compare",
        "Run the events of a session through the engine again. Ends with 1 when it would do anything else today.\n"
        "A session is named by its id (the server may run meanwhile), or by a file that --export wrote.",
        "  parley replay ses_01j...\n  parley replay ses_01j... --export talk.jsonl\n"
        "  parley replay talk.jsonl --flow flows/clinic\n"
        "  parley replay ses_01j... --test flows/concierge/tests/as-recorded.json",
    )
    parser.add_argument("session", help="a session's id, or a file")
    parser.add_argument("--data", type=Path, help="the data folder (PARLEY_DATA, ./data)")
    parser.add_argument("--flow", help="the flow to run a file against: its folder or flow.json")
    parser.add_argument("--export", type=Path, help="write header and records to a file, one JSON a line")
    parser.add_argument(
        "--test",
        type=Path,
        help="keep it as a conversation test with the answers of its models, knowledge, tools and services",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replay it."""
    from engine.compiler import compile_flow
    from engine.flow import FlowFormatError, load_flow
    from engine.runtime import ReplayMismatch, bind, replay

    try:
        header, records, flow = _find(arguments)
    except (ValueError, OSError, sqlite3.Error) as error:
        return fail(str(error), 2)
    if arguments.export:
        _export(arguments.export, header, records)
    try:
        program = compile_flow(load_flow(flow)[0])
        state = replay(bind(program, header), records, check=True)
    except ReplayMismatch as error:
        return fail(f"the engine would do something else today: {error}")
    except (FlowFormatError, ValueError) as error:
        return fail(str(error), 2)
    _show(records)
    print(f"{len(records)} events, replayed alike; outcome {state.outcome or 'open'}")
    return _keep(arguments.test, program, header, records) if arguments.test else 0


def _find(arguments: argparse.Namespace) -> tuple[Any, list[Any], bytes]:
    """Header, records and flow; raises ``ValueError``, ``OSError`` or ``sqlite3.Error`` with what is
    missing."""
    path = Path(arguments.session)
    if path.is_file():
        if not arguments.flow:
            raise ValueError("a file needs its flow: add --flow flows/NAME")
        header, records = exported(path)
        return header, records, flow_file(arguments.flow).read_bytes()
    return _stored(arguments)


def exported(path: Path) -> tuple[Any, list[Any]]:
    """Header and records of a file that ``--export`` wrote; raises ``ValueError`` or ``OSError``."""
    import msgspec

    from engine.protocol import Header, Record

    lines = path.read_bytes().splitlines()
    if not lines:
        raise ValueError(f"{path} is empty; export a session with parley replay SESSION --export FILE")
    try:
        header = msgspec.json.decode(lines[0], type=Header)
        return header, [msgspec.json.decode(line, type=Record) for line in lines[1:] if line.strip()]
    except msgspec.DecodeError as error:
        raise ValueError(f"{path} holds no exported session: {error}") from error


def _stored(arguments: argparse.Namespace) -> tuple[Any, list[Any], bytes]:
    import msgspec

    from engine.conversation import SessionRef
    from engine.protocol import Header
    from server.adapters.sqlite.event_log import read_records
    from server.settings import SettingsError, load_settings

    try:
        file = load_settings(**given(data=arguments.data)).data / "parley.db"
    except SettingsError as error:
        raise ValueError(str(error)) from error
    if not file.exists():
        raise ValueError(f"there is no database at {file}; give the data folder with --data")
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        row = connection.execute(SESSION, (arguments.session,)).fetchone()
        if row is None:
            raise ValueError(f"there is no session {arguments.session} in {file}")
        header, flow, organization, _ = row
        records = read_records(connection, SessionRef(organization, arguments.session), 0)
    finally:
        connection.close()
    return msgspec.json.decode(header, type=Header), records, flow.encode()


def _export(path: Path, header: Any, records: list[Any]) -> None:
    import msgspec

    lines = [msgspec.json.encode(header), *(msgspec.json.encode(record) for record in records)]
    path.write_bytes(b"\n".join(lines) + b"\n")


def _keep(path: Path, program: Any, header: Any, records: list[Any]) -> int:
    """Write it as a test, and say whether it passes as one."""
    from engine.simulation import dump_case, recorded_case, run_case

    case = recorded_case(path.stem, header, records)
    try:
        path.write_bytes(dump_case(case))
    except OSError as error:
        return fail(f"{path} cannot be written: {error.strerror}.", 2)
    verdict = run_case(program, case)
    if not verdict.passed:
        return fail(
            f"{path} is written, but as a test it goes another way at turn {verdict.turn + 1}: {verdict.difference}"
        )
    print(f"kept as {path}; it passes without a network")
    return 0


def _show(records: list[Any]) -> None:
    from engine.simulation import spoken

    for record in records:
        event = record.event
        words = (
            getattr(event, "text", None) or getattr(event, "button", None) or getattr(event, "digit", None)
        )
        kind = event.__struct_config__.tag
        print(f"{record.seq:>4}  {event.at / 1000:>9.3f} s  {kind}{f': {words}' if words else ''}")
        for text in spoken([record]):
            print(f"{'':>18}  agent: {text}")
