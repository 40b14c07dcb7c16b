"""One organisation never sees or touches another's rows, by any way SQLAlchemy offers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

from server.kit.database import Database
from server.kit.tenant import CrossTenantWrite, OrgScoped, TenantRequired


class Tables(DeclarativeBase):
    """Tables of this test."""


class Boat(OrgScoped, Tables):
    """Belongs to an organisation."""

    __tablename__ = "boat"
    __table_args__ = (UniqueConstraint("organization_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    trips: Mapped[list["Trip"]] = relationship(lazy="raise", back_populates="boat")


class Trip(OrgScoped, Tables):
    """Belongs to an organisation, and to one of its boats."""

    __tablename__ = "trip"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "boat_id"], ["boat.organization_id", "boat.id"]),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    boat_id: Mapped[str]
    boat: Mapped[Boat] = relationship(lazy="raise", back_populates="trips")


class Harbour(Tables):
    """Belongs to nobody."""

    __tablename__ = "harbour"
    id: Mapped[str] = mapped_column(primary_key=True)


Act = Callable[[AsyncSession], Awaitable[Any]]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Organisations A and B with the same rows."""
    database = Database(tmp_path / "test.db")
    async with database.writer.begin() as connection:
        await connection.run_sync(Tables.metadata.create_all)
    async with database.system_session("seed", write=True) as session:
        for letter in "AB":
            session.add(Boat(id=f"boat{letter}", name=letter, organization_id=letter))
            await session.flush()
            session.add(Trip(id=f"trip{letter}", boat_id=f"boat{letter}", organization_id=letter))
    yield database
    await database.close()


async def entities(session: AsyncSession) -> Any:
    return [trip.id for trip in await session.scalars(select(Trip))]


async def columns(session: AsyncSession) -> Any:
    return (await session.execute(select(Trip.id))).scalars().all()


async def counted(session: AsyncSession) -> Any:
    return await session.scalar(select(func.count()).select_from(Trip))


async def in_subquery(session: AsyncSession) -> Any:
    wanted = select(Boat.id).where(Boat.id.in_(select(Trip.boat_id)))
    return (await session.execute(wanted)).scalars().all()


async def from_subquery(session: AsyncSession) -> Any:
    return await session.scalar(select(func.count()).select_from(select(Trip.id).subquery()))


async def loaded_with(session: AsyncSession) -> Any:
    boats = await session.scalars(select(Boat).options(selectinload(Boat.trips)))
    return [trip.id for boat in boats for trip in boat.trips]


async def joined(session: AsyncSession) -> Any:
    rows = await session.execute(select(Boat.id, Trip.id).join(Trip, Trip.boat_id == Boat.id))
    return [tuple(row) for row in rows]


async def own_row(session: AsyncSession) -> Any:
    boat = await session.get(Boat, "boatA")
    return boat and boat.name


async def foreign_row(session: AsyncSession) -> Any:
    return await session.get(Boat, "boatB")


async def updated(session: AsyncSession) -> Any:
    return (await session.execute(update(Boat).values(name="X"))).rowcount  # type: ignore[attr-defined]


async def deleted(session: AsyncSession) -> Any:
    return (await session.execute(delete(Trip))).rowcount  # type: ignore[attr-defined]


async def filled_in(session: AsyncSession) -> Any:
    session.add(Boat(id="new", name="new"))
    await session.flush()
    return await session.scalar(select(Boat.organization_id).where(Boat.id == "new"))


async def filled_in_bulk(session: AsyncSession) -> Any:
    await session.execute(insert(Boat), [{"id": "q", "name": "q"}, {"id": "r", "name": "r"}])
    return await session.scalar(select(func.count()).select_from(Boat))


async def no_ones_table(session: AsyncSession) -> Any:
    session.add(Harbour(id="h"))
    await session.flush()
    return await session.scalar(select(func.count()).select_from(Harbour))


async def no_ones_table_bulk(session: AsyncSession) -> Any:
    await session.execute(insert(Harbour), [{"id": "h"}, {"id": "i"}])
    return await session.scalar(select(func.count()).select_from(Harbour))


async def excused(session: AsyncSession) -> Any:
    statement = text("select count(*) from trip").execution_options(unscoped="a test of the excuse")
    return (await session.execute(statement)).scalar()


@pytest.mark.parametrize(
    ("act", "seen"),
    [
        (entities, ["tripA"]),
        (columns, ["tripA"]),
        (counted, 1),
        (in_subquery, ["boatA"]),
        (from_subquery, 1),
        (loaded_with, ["tripA"]),
        (joined, [("boatA", "tripA")]),
        (own_row, "A"),
        (foreign_row, None),
        (updated, 1),
        (deleted, 1),
        (filled_in, "A"),
        (filled_in_bulk, 3),
        (no_ones_table, 1),
        (no_ones_table_bulk, 2),
        (excused, 2),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_a_session_reaches_its_own_rows_only(database: Database, act: Act, seen: Any) -> None:
    async with database.write("A") as session:
        assert await act(session) == seen


async def core_select(session: AsyncSession) -> None:
    await session.execute(select(Trip.__table__.c.id))


async def raw_text(session: AsyncSession) -> None:
    await session.execute(text("select id from trip"))


async def raw_connection(session: AsyncSession) -> None:
    await (await session.connection()).execute(text("select id from trip"))


async def core_on_connection(session: AsyncSession) -> None:
    await (await session.connection()).execute(select(Trip.__table__.c.id))


async def foreign_insert(session: AsyncSession) -> None:
    session.add(Boat(id="z", name="z", organization_id="B"))
    await session.flush()


async def foreign_bulk_insert(session: AsyncSession) -> None:
    await session.execute(insert(Boat), [{"id": "z", "name": "z", "organization_id": "B"}])


async def single_foreign_insert(session: AsyncSession) -> None:
    await session.execute(insert(Boat), {"id": "z", "name": "z", "organization_id": "B"})


async def insert_with_values(session: AsyncSession) -> None:
    await session.execute(insert(Boat).values(id="z", name="z", organization_id="B"))


async def moved(session: AsyncSession) -> None:
    boat = await session.get(Boat, "boatA")
    assert boat is not None
    boat.organization_id = "B"
    await session.flush()


async def foreign_key(session: AsyncSession) -> None:
    session.add(Trip(id="n", boat_id="boatB"))
    await session.flush()


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (core_select, TenantRequired),
        (raw_text, TenantRequired),
        (raw_connection, TenantRequired),
        (core_on_connection, TenantRequired),
        (foreign_insert, CrossTenantWrite),
        (foreign_bulk_insert, CrossTenantWrite),
        (single_foreign_insert, CrossTenantWrite),
        (insert_with_values, CrossTenantWrite),
        (moved, CrossTenantWrite),
        (foreign_key, IntegrityError),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_could_reach_further_is_refused(
    database: Database, act: Act, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        async with database.write("A") as session:
            await act(session)
    async with database.system_session("look") as session:
        assert sorted(await columns(session)) == ["tripA", "tripB"]
        assert sorted((await session.execute(select(Boat.id, Boat.organization_id))).all()) == [
            ("boatA", "A"),
            ("boatB", "B"),
        ]


@pytest.mark.parametrize("act", [entities, foreign_insert])
async def test_a_session_without_an_organisation_does_nothing(database: Database, act: Act) -> None:
    async with database._write() as session:
        with pytest.raises(TenantRequired):
            await act(session)


async def test_what_was_compiled_for_one_organisation_serves_the_next_its_own_rows(
    database: Database,
) -> None:
    seen = []
    for letter in "ABA":
        async with database.read(letter) as session:
            seen.append(await columns(session))
    assert seen == [["tripA"], ["tripB"], ["tripA"]]


async def test_a_system_session_sees_everyone(database: Database) -> None:
    async with database.system_session("a test", write=True) as session:
        assert sorted(await entities(session)) == ["tripA", "tripB"]
        session.add(Boat(id="c", name="c", organization_id="C"))


async def test_what_belongs_to_nobody_takes_rows_from_anyone(database: Database) -> None:
    async with database.write("A") as session:
        await session.execute(insert(Harbour), [{"id": "genoa"}])
    async with database.read("B") as session:
        assert (await session.scalars(select(Harbour.id))).all() == ["genoa"]


async def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match="readonly"):
        async with database.read("A") as session:
            session.add(Boat(id="z", name="z"))
            await session.flush()


def test_the_mark_of_all_organisations_names_itself() -> None:
    from server.kit.tenant import SYSTEM

    assert repr(SYSTEM) == "SYSTEM"
