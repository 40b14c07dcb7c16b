"""``parley migrate``: the database's schema."""

import argparse
from pathlib import Path

from server.commands.arguments import Subparsers, command, fail, given


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "migrate",
        "bring the database to the newest schema",
        "Bring the database to the newest schema, making it when there is none. `parley serve` does the same.",
        "  parley migrate --data /srv/parley",
    )
    parser.add_argument("--data", type=Path, help="the data folder (PARLEY_DATA, ./data)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate."""
    from server.adapters.sqlite.lock import Locked, ProcessLock
    from server.kit.migrating import UnusableDatabase, migrate
    from server.settings import SettingsError, load_settings

    try:
        data = load_settings(**given(data=arguments.data)).data
    except SettingsError as error:
        return fail(f"these settings are wrong:\n{error}", 2)
    lock = ProcessLock(data)
    try:
        lock.acquire()
        before, after = migrate(data / "parley.db")
    except (Locked, UnusableDatabase) as error:
        return fail(str(error))
    except OSError as error:
        return fail(f"{data} cannot be used: {error}.")
    finally:
        lock.release()
    print(
        f"{data / 'parley.db'} is at {after}"
        + (", as before." if before == after else f" (was {before or 'new'}).")
    )
    return 0
