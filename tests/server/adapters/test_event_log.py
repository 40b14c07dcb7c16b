"""The event log: what was appended is there, whatever else goes wrong."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.conversation import Busy, Duplicate, Fenced, SessionRef
from engine.protocol import End, Heard, HttpRequest, Reading, Record, Speak, Started
from server.adapters.sqlite.event_log import SqliteEventLog
from server.adapters.sqlite.writer import Writer, connect
from server.kit.clock import SystemClock
from server.kit.migrating import migrate
from server.sessions.ports import NewSession

SESSION = SessionRef("org_a", "ses_a")
NOW = 1_800_000_000_000


def heard(seq: int, text: str = "hello") -> Record:
    reading = Reading("here", {"list": [1, "ü", None]}, 900)
    effects = (
        Speak("Yes?", "n_a"),
        HttpRequest("1:1", "n_b", "GET", "https://a.example", {"a": "b"}, {"k": [1]}),
    )
    return Record(seq, Heard(seq * 10, text, reading), effects)


def new(ref: SessionRef = SESSION) -> NewSession:
    return NewSession(ref, "ag", "rel", "widget", "text", "{}", NOW)


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteEventLog]:
    """A log with one session, held by "me" under epoch 1."""
    path = tmp_path / "log.db"
    migrate(path)
    # The control plane's rows that sessions point to are not needed here.
    connection = connect(path)
    connection.execute("INSERT INTO organization VALUES ('org_a', 'A', 0), ('org_b', 'B', 0)")
    for organization in "ab":
        org, agent = f"org_{organization}", f"ag{organization if organization == 'b' else ''}"
        connection.execute(
            "INSERT INTO agent(id, organization_id, public_id, name, description, created_at, updated_at)"
            " VALUES (?, ?, ?, '', '', 0, 0)",
            (agent, org, f"pk_{organization}"),
        )
        connection.execute(
            "INSERT INTO release(id, organization_id, agent_id, number, program_hash, flow, layout, note, created_at)"
            " VALUES (?, ?, ?, 1, '', '', '', '', 0)",
            (agent.replace("ag", "rel"), org, agent),
        )
    connection.close()
    log = SqliteEventLog(path, SystemClock(), 1000)
    log.start()
    await log.create(new(), "me", NOW)
    yield log
    await log.stop()


async def test_records_come_back_as_they_went(log: SqliteEventLog) -> None:
    records = [Record(1, Started(0, {"a": 1})), heard(2), Record(3, Heard(5, "x"), (), "ValueError: odd")]
    await log.append(SESSION, 1, records[:2])
    await log.append(SESSION, 1, records[2:])
    assert await log.read(SESSION) == records
    assert await log.read(SESSION, after=2) == records[2:]
    assert await log.read(SESSION, after=3) == []


@given(text=st.text(max_size=50), seq=st.integers(1, 2**62))
def test_any_words_survive(tmp_path_factory: pytest.TempPathFactory, text: str, seq: int) -> None:
    from engine.protocol import decode_event, encode_event

    event = Heard(seq, text)
    assert decode_event(encode_event(event).decode()) == event


async def test_another_organisation_finds_nothing_under_the_same_id(log: SqliteEventLog) -> None:
    await log.append(SESSION, 1, [heard(1)], key="k")
    other = SessionRef("org_b", SESSION.session)
    assert await log.read(other) == []
    with pytest.raises(Fenced):
        await log.append(other, 1, [heard(2)])
    assert await log.claim(other, "them", NOW * 2, NOW * 3) is None


async def test_an_old_owner_writes_nothing(log: SqliteEventLog) -> None:
    await log.append(SESSION, 1, [heard(1)])
    epoch = await log.claim(SESSION, "you", NOW + 1, NOW + 10_000)
    assert epoch == 2
    with pytest.raises(Fenced):
        await log.append(SESSION, 1, [heard(2)])
    await log.append(SESSION, 2, [heard(2, "mine")])
    assert [r.seq for r in await log.read(SESSION)] == [1, 2]


async def test_a_held_session_is_not_given_away_until_the_lease_is_over(log: SqliteEventLog) -> None:
    await log.renew("me", NOW + 5_000)
    assert await log.claim(SESSION, "you", NOW + 4_999, NOW) is None
    assert await log.claim(SESSION, "you", NOW + 5_001, NOW + 9_000) == 2
    await log.release(SESSION, 2)
    assert await log.claim(SESSION, "third", NOW, NOW) == 3
    await log.abandon_all()
    assert await log.claim(SESSION, "fourth", 0, NOW) == 4


async def test_a_key_is_taken_once_also_by_the_next_owner(log: SqliteEventLog) -> None:
    await log.append(SESSION, 1, [heard(1)], key="k")
    with pytest.raises(Duplicate) as caught:
        await log.append(SESSION, 1, [heard(2)], key="k")
    assert caught.value.seq == 1
    assert await log.claim(SESSION, "you", NOW + 1, NOW + 10_000) == 2
    with pytest.raises(Duplicate):
        await log.append(SESSION, 2, [heard(2)], key="k")
    await log.append(SESSION, 2, [heard(2)], key="other")
    assert await log.keys(SESSION) == {"k": 1, "other": 2}


async def test_a_key_whose_record_failed_may_come_again(log: SqliteEventLog) -> None:
    await log.append(SESSION, 1, [heard(1)])
    with pytest.raises(sqlite3.IntegrityError):
        await log.append(SESSION, 1, [heard(1)], key="k")
    await log.append(SESSION, 1, [heard(2)], key="k")


async def test_the_end_closes_the_session_in_the_same_stroke(log: SqliteEventLog) -> None:
    await log.append(SESSION, 1, [Record(1, Started(0), (End("booked", "n"),))])
    assert await log.claim(SESSION, "you", NOW * 2, NOW * 3) is None
    row = connect(log._path).execute("SELECT status, outcome, owner, ended_at FROM session").fetchone()
    assert row[:3] == ("ended", "booked", None) and row[3] > 0


async def test_a_poison_row_fails_alone(log: SqliteEventLog) -> None:
    sessions = [SessionRef("org_a", f"ses_{i}") for i in range(20)]
    for session in sessions:
        await log.create(new(session), "me", NOW)
    await log.append(sessions[7], 1, [heard(1)])
    results = await asyncio.gather(*(log.append(s, 1, [heard(1)]) for s in sessions), return_exceptions=True)
    failed = [i for i, result in enumerate(results) if result is not None]
    assert failed == [7] and isinstance(results[7], sqlite3.IntegrityError)
    for session in sessions:
        assert [r.seq for r in await log.read(session)] == [1]
    assert log.healthy


async def test_what_comes_together_is_committed_together(log: SqliteEventLog) -> None:
    sessions = [SessionRef("org_a", f"ses_{i}") for i in range(100)]
    for session in sessions:
        await log.create(new(session), "me", NOW)
    before = log.writer.commits
    await asyncio.gather(*(log.append(s, 1, [heard(1)]) for s in sessions))
    assert log.writer.commits - before < 50


async def test_a_full_queue_says_busy_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    migrate(path)
    log = SqliteEventLog(path, SystemClock(), 2)
    with pytest.raises(Busy):
        await log.append(SESSION, 1, [heard(1)])
    log.start()
    blocker = connect(path)
    blocker.execute("BEGIN IMMEDIATE")
    waiting = [asyncio.ensure_future(log.append(SESSION, 1, [heard(i)])) for i in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await log.append(SESSION, 1, [heard(3)])
    with pytest.raises(Busy):
        await log.release(SESSION, 1)
    assert not log.healthy
    blocker.execute("ROLLBACK")
    blocker.close()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(r) for r in results] == [Fenced, Fenced]
    assert log.healthy
    await log.stop()


async def test_a_job_that_raises_undoes_only_itself(log: SqliteEventLog) -> None:
    def spoil(connection: sqlite3.Connection) -> Any:
        connection.execute("UPDATE session SET outcome = 'spoiled'")
        raise ValueError("no")

    good = log.writer.run(lambda connection: connection.execute("SELECT 7").fetchone()[0])
    bad = log.writer.run(spoil)
    assert await good == 7
    with pytest.raises(ValueError, match="no"):
        await bad
    assert connect(log._path).execute("SELECT outcome FROM session").fetchone() == ("",)


async def test_a_broken_disk_fails_each_write_and_stops_nothing(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "nowhere" / "log.db", 10)
    writer.start()
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError):
            await writer.run(lambda connection: None)
    assert writer.alive
    (tmp_path / "nowhere").mkdir()
    assert await writer.run(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)
    await writer.stop()
    assert not writer.alive


async def test_the_writer_starts_again_after_a_fault_nobody_foresaw(log: SqliteEventLog) -> None:
    def vanish(connection: sqlite3.Connection) -> None:
        connection.close()

    with pytest.raises(Exception, match="closed"):
        await log.writer.run(vanish)
    await log.append(SESSION, 1, [heard(1)])
    assert [r.seq for r in await log.read(SESSION)] == [1]


async def test_stopping_writes_what_waits(log: SqliteEventLog) -> None:
    waiting = [asyncio.ensure_future(log.append(SESSION, 1, [heard(i)])) for i in range(1, 20)]
    await asyncio.sleep(0)
    await log.writer.stop()
    await asyncio.gather(*waiting)
    assert connect(log._path).execute("SELECT count(*) FROM session_event").fetchone() == (38,)
