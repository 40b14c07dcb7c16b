"""One process holds a data folder."""

from pathlib import Path

import pytest

from server.adapters.sqlite.lock import Locked, ProcessLock
from server.kit.migrating import UnusableDatabase, migrate
from server.main import create_app
from tests.server.running import application, settings_for


def test_the_second_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    first, second = ProcessLock(tmp_path), ProcessLock(tmp_path)
    first.acquire()
    with pytest.raises(Locked, match=r"process \d+.*--data"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
    second.release()


async def test_a_second_server_on_the_same_folder_refuses(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with application(settings):
        with pytest.raises(Locked):
            create_app(settings)


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "data" / "parley.db"
    before, after = migrate(path)
    assert (before, bool(after)) == ("", True)
    assert migrate(path) == (after, after)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    connection.commit()
    connection.close()
    with pytest.raises(UnusableDatabase, match="Update Parley"):
        migrate(path)
    with pytest.raises(UnusableDatabase):
        create_app(settings_for(tmp_path))
    ProcessLock(tmp_path / "data").acquire()


def test_a_database_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "parley.db"
    folder.mkdir(parents=True)
    with pytest.raises(UnusableDatabase, match="name another folder"):
        migrate(folder)
