"""The eight nodes of the engine bench as a Parley flow, driven in memory and durably after each turn."""

import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

import flow as words  # the probe's texts and validators, put on the path by engine_worker
import msgspec

from engine.compiler import compile_flow
from engine.flow import parse_flow
from engine.kinds.program import Program
from engine.protocol import (
    NOT_UNDERSTOOD,
    End,
    Event,
    Header,
    Heard,
    HttpRequest,
    Reading,
    Record,
    Result,
    Speak,
    Started,
    State,
)
from engine.runtime import Run, bind, decode_state, encode_state, initial, step

EN = "en-US"


def node(kind: str, out: dict[str, str], **fields: Any) -> dict[str, Any]:
    """A node as it stands in a flow's file."""
    return {"kind": kind, **fields, **({"out": out} if out else {})}


def document() -> dict[str, Any]:
    """The flow's file."""
    fails = {"gives_up": "end_fail"}
    return {
        "name": "reservation",
        "locales": [EN],
        "start": "greet",
        "variables": {"size": {"type": "int"}, "time": {"type": "text"}, "free": {"type": "yes_no"}},
        "nodes": {
            "greet": node("say", {"then": "ask_size"}, text={EN: words.GREET}),
            "ask_size": node(
                "ask",
                {"understood": "ask_time", **fails},
                type="number",
                save="size",
                prompt={EN: words.ASK_SIZE},
                reprompts=[{EN: words.RE_SIZE}],
            ),
            "ask_time": node(
                "ask",
                {"understood": "check", **fails},
                type="text",
                save="time",
                prompt={EN: words.ASK_TIME},
                reprompts=[{EN: words.RE_TIME}],
            ),
            "check": node(
                "http",
                {"ok": "branch", "error": "end_fail"},
                url="https://luigis.example/free",
                body={"size": "size", "time": "time"},
                method="POST",
                response=[{"path": "free", "to": "free"}],
            ),
            "branch": node(
                "branch", {"free": "confirm", "else": "sorry"}, cases=[{"id": "free", "when": "free"}]
            ),
            "sorry": node("say", {"then": "ask_time"}, text={EN: "Nothing free at {{ time }}."}),
            "confirm": node(
                "menu",
                {"yes": "end_ok", "no": "ask_size", **fails},
                prompt={EN: "Table for {{ size }} at {{ time }}, ok?"},
                reprompts=[{EN: words.RE_CONFIRM}],
                options=[{"id": "yes", "label": {EN: "yes"}}, {"id": "no", "label": {EN: "no"}}],
            ),
            "end_ok": node("end", {}, outcome="booked", text={EN: words.BYE_OK}),
            "end_fail": node("end", {}, outcome="failed", text={EN: words.BYE_FAIL}),
        },
    }


def compiled() -> Program:
    """The program."""
    flow, diagnostics = parse_flow(document())
    if diagnostics:
        raise SystemExit(f"the bench's flow is not in order: {diagnostics}")
    return compile_flow(flow)


def yes_or_no(text: str) -> str | None:
    """The id of the menu's option."""
    return {True: "yes", False: "no", None: None}[words.parse_yesno(text)]


class Session:
    """A session held in memory."""

    __slots__ = ("number", "state")

    def __init__(self, number: int, state: State) -> None:
        self.number = number
        self.state = state


class InMemory:
    """Drives ``step`` as the hand-written loop is driven: the shared validators read, the shared tool answers."""

    NAME = "parley"
    VENV = "venv"

    def __init__(self) -> None:
        self.run: Run = bind(compiled(), Header("bench", "", 1, 7, "2026-11-20T10:00"))
        self.parse = {}
        for i, instruction in enumerate(self.run.instructions):
            parser = {"ask_size": words.parse_size, "ask_time": words.parse_time, "confirm": yes_or_no}
            if type(instruction).__name__ == "Listen" and instruction.node in parser:
                self.parse[i] = parser[instruction.node]

    def version(self) -> str:
        return f"Python {sys.version.split()[0]}"

    def read(self, state: State, text: str) -> Event:
        """The event of these words."""
        value = self.parse[state.pc](text)
        return Heard(0, text, NOT_UNDERSTOOD if value is None else Reading("here", value, 1000))

    def drive(self, session: Session, event: Event) -> tuple[list[str], bool]:
        """Consume ``event`` and what follows from it; gives what was said, and whether it is over."""
        said: list[str] = []
        run, state, done = self.run, session.state, False
        while True:
            state, effects = step(run, state, event)
            request = None
            for effect in effects:
                kind = type(effect)
                if kind is Speak:
                    said.append(effect.text)
                elif kind is HttpRequest:
                    request = effect
                elif kind is End:
                    done = True
            if request is None:
                session.state = state
                return said, done
            free = words.tool_check(request.body["size"], request.body["time"])
            event = Result(0, request.id, "ok", {"status": 200, "body": {"free": free}})

    def start(self, number: int) -> tuple[Session, list[str]]:
        session = Session(number, initial(self.run))
        return session, self.drive(session, Started())[0]

    def turn(self, session: Session, text: str) -> tuple[list[str], bool]:
        return self.drive(session, self.read(session.state, text))

    def save(self, session: Session) -> bytes:
        return encode_state(session.state)

    def load(self, data: bytes) -> Session:
        return Session(0, decode_state(self.run, data))


class Durable(InMemory):
    """The same with the probe's two rows a turn: what happened, and the snapshot, committed before it answers."""

    NAME = "parley + SQLite/turn"
    PERSISTS_EACH_TURN = True

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.database = sqlite3.connect(Path(self.folder) / "x.db", isolation_level=None)
        for line in (
            "pragma journal_mode=wal",
            "pragma synchronous=normal",
            "create table ev(sid text, n int, e blob, primary key(sid,n)) without rowid",
            "create table snap(sid text primary key, n int, s blob) without rowid",
        ):
            self.database.execute(line)
        self.encode = msgspec.json.Encoder().encode

    def drive(self, session: Session, event: Event) -> tuple[list[str], bool]:
        said: list[str] = []
        records: list[Record] = []
        run, state, done = self.run, session.state, False
        while True:
            state, effects = step(run, state, event)
            records.append(Record(state.seq, event, tuple(effects)))
            request = None
            for effect in effects:
                kind = type(effect)
                if kind is Speak:
                    said.append(effect.text)
                elif kind is HttpRequest:
                    request = effect
                elif kind is End:
                    done = True
            if request is None:
                break
            free = words.tool_check(request.body["size"], request.body["time"])
            event = Result(0, request.id, "ok", {"status": 200, "body": {"free": free}})
        execute, number = self.database.execute, str(session.number)
        execute("begin")
        execute("insert into ev values(?,?,?)", (number, state.seq, self.encode(records)))
        execute("insert or replace into snap values(?,?,?)", (number, state.seq, encode_state(state)))
        execute("commit")
        session.state = state
        return said, done

    def save(self, session: Session) -> Any:
        return session.number

    def load(self, data: Any) -> Session:
        (snapshot,) = self.database.execute("select s from snap where sid=?", (str(data),)).fetchone()
        return Session(data, decode_state(self.run, snapshot))
