"""Bringing a database to the newest schema."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DatabaseError, OperationalError

SCRIPTS = Path(__file__).parents[2] / "migrations"


class UnusableDatabase(Exception):
    """The file is no database, cannot be written, or is of a newer Parley; the message says what to do."""


def migrate(path: Path) -> tuple[str, str]:
    """Upgrade the file, making it when there is none; answers with the revisions before and after.

    Raises `UnusableDatabase` rather than touch what this version does not know.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.begin() as connection:
            return _upgrade(connection, path)
    except DatabaseError as error:
        if isinstance(error, OperationalError):
            raise UnusableDatabase(
                f"{path} cannot be written: {error.orig}. Make room on the disk, or name another folder (PARLEY_DATA)."
            ) from error
        raise UnusableDatabase(
            f"{path} is no database, or it is damaged. Restore it from a backup, or move it away to begin anew; "
            "it was left as it is."
        ) from error
    finally:
        engine.dispose()


def _upgrade(connection: Connection, path: Path) -> tuple[str, str]:
    config = configuration(connection)
    scripts = ScriptDirectory.from_config(config)
    before = MigrationContext.configure(connection).get_current_revision() or ""
    if before and before not in {script.revision for script in scripts.walk_revisions()}:
        raise UnusableDatabase(
            f"{path} was made by a newer Parley (schema {before}). Update Parley; the file was left as it is."
        )
    command.upgrade(config, "head")
    return before, scripts.get_current_head() or ""


def configuration(connection: Any) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config
