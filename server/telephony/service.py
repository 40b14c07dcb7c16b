"""Trunks and numbers as owners keep them, whom callers reach, and the book of calls."""

from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers
import structlog

from server.agents.repository import AgentRepository
from server.calls.ends import ENDS, end_of
from server.calls.ports import CallFacts, Route
from server.channels.phone.port import Registration, Trunk
from server.kit.clock import Clock, iso
from server.kit.crypto import Keys
from server.kit.database import Database
from server.kit.ids import new_id
from server.kit.pagination import Page, Paging
from server.kit.sealing import Seal, Unreadable
from server.telephony.models import CallRow, NumberRow, TrunkRow
from server.telephony.near import TRUNK, NearBy
from server.telephony.repository import TelephonyRepository
from server.telephony.schemas import CallView, NumberFields, NumberView, TrunkFields, TrunkView

ANY = "*"
SHORTEST = 8
"""Digits from which on a number without a plus is taken to have its country in front; shorter ones are extensions."""
log = structlog.get_logger()


class TelephonyService:
    """`server.calls.ports.Telephones`, and what the API does with trunks and numbers.

    ``changed`` is called when edges must learn of other trunks.
    """

    def __init__(self, database: Database, keys: Keys, clock: Clock, near: NearBy) -> None:
        self.database = database
        self.clock = clock
        self.near = near
        self.changed: Any = None
        self.ended: Callable[[str, str], None] = lambda direction, reason: None
        self._seal = Seal(keys, "trunk passwords")
        self._registrations: dict[str, Registration] = {}

    # What owners do.

    async def trunks_of(self, organization_id: str) -> list[TrunkView]:
        """The organisation's trunks."""
        async with self.database.read(organization_id) as session:
            return [self._view(row) for row in await TelephonyRepository(session).trunks()]

    async def trunk_of(self, organization_id: str, trunk_id: str) -> TrunkView:
        """One trunk; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            return self._view(await TelephonyRepository(session).trunk(trunk_id))

    async def add_trunk(self, organization_id: str, fields: TrunkFields) -> TrunkView:
        """A new trunk."""
        row = TrunkRow(id=new_id("trk"), created_at=self.clock.now_ms())
        self._fill(row, fields)
        row.password = self._seal.seal(fields.password, row.id)
        async with self.database.write(organization_id) as session:
            TelephonyRepository(session).add(row)
            await session.flush()
            view = self._view(row)
        await self._tell()
        return view

    async def change_trunk(self, organization_id: str, trunk_id: str, fields: TrunkFields) -> TrunkView:
        """Replace a trunk; an empty password leaves the one it has. Raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            row = await TelephonyRepository(session).trunk(trunk_id)
            if row.way != fields.way:
                self._registrations.pop(trunk_id, None)
            self._fill(row, fields)
            if fields.password:
                row.password = self._seal.seal(fields.password, row.id)
            view = self._view(row)
        await self._tell()
        return view

    async def remove_trunk(self, organization_id: str, trunk_id: str) -> None:
        """A trunk and its numbers; live calls stay. Raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            repository = TelephonyRepository(session)
            row = await repository.trunk(trunk_id)
            for number in await repository.numbers(trunk_id):
                await repository.remove(number)
            await session.flush()
            await repository.remove(row)
        self._registrations.pop(trunk_id, None)
        await self._tell()

    async def numbers_of(self, organization_id: str) -> list[NumberView]:
        """The organisation's numbers."""
        async with self.database.read(organization_id) as session:
            return [_number_view(row) for row in await TelephonyRepository(session).numbers()]

    async def add_number(self, organization_id: str, fields: NumberFields) -> NumberView:
        """A number on a trunk; raises `ApiError` for a trunk or an agent there is not."""
        row = NumberRow(id=new_id("num"), created_at=self.clock.now_ms())
        async with self.database.write(organization_id) as session:
            repository = TelephonyRepository(session)
            row.trunk_id = (await repository.trunk(fields.trunk_id)).id
            row.agent_id = (await AgentRepository(session).get(fields.agent_id)).id
            row.number, row.locale = normal(fields.number), fields.locale
            row.recorded, row.longest_seconds = fields.recorded, fields.longest_seconds
            for old in await repository.numbers(row.trunk_id):
                if old.number == row.number:
                    await repository.remove(old)
                    await session.flush()
            repository.add(row)
            await session.flush()
            view = _number_view(row)
        await self._tell()
        return view

    async def remove_number(self, organization_id: str, number_id: str) -> None:
        """Raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            repository = TelephonyRepository(session)
            await repository.remove(await repository.number(number_id))
        await self._tell()

    async def calls_of(
        self, organization_id: str, paging: Paging, state: str, direction: str
    ) -> Page[CallView]:
        """Newest first."""
        async with self.database.read(organization_id) as session:
            rows = await TelephonyRepository(session).calls(paging, state, direction)
        shown = rows[: paging.limit]
        last = f"{shown[-1].started_at} {shown[-1].id}" if shown else ""
        return paging.page([call_view(row) for row in shown], last, len(rows) > paging.limit)

    async def call_of(self, organization_id: str, call_id: str) -> CallView:
        """One call; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            return call_view(await TelephonyRepository(session).call(call_id))

    def _view(self, row: TrunkRow) -> TrunkView:
        state = self._registrations.get(row.id)
        known = {name: getattr(row, name) for name in TrunkView.model_fields if hasattr(row, name)}
        known["register_"] = row.register
        standing = state.state if state is not None else "registering" if row.register else "off"
        return TrunkView(
            **known,
            has_password=bool(row.password),
            registration=standing,
            detail=state.detail if state is not None else "",
        )

    def _fill(self, row: TrunkRow, fields: TrunkFields) -> None:
        for name in ("name", "address", "domain", "username", "caller_id", "challenge", "expires", "way"):
            setattr(row, name, getattr(fields, name))
        row.allowed, row.headers, row.register = list(fields.allowed), dict(fields.headers), fields.register_

    async def _tell(self) -> None:
        if self.changed is not None:
            await self.changed()

    # What calls need (`server.calls.ports.Telephones`).

    async def trunks(self) -> tuple[Trunk, ...]:
        """All that edges serve, of every organisation."""
        async with self.database.system_session("edges serve the trunks of all") as session:
            repository = TelephonyRepository(session)
            rows, numbers = await repository.trunks(), await repository.numbers()
        served = []
        for row in rows:
            try:
                password = self._seal.open(row.password, row.id)
            except Unreadable as error:
                log.error("trunk left out", trunk=row.id, why=str(error))
                continue
            of_it = tuple(n.number for n in numbers if n.trunk_id == row.id)
            served.append(
                Trunk(
                    row.id,
                    row.name,
                    row.address,
                    row.domain,
                    row.username,
                    password,
                    row.caller_id,
                    of_it,
                    tuple(row.allowed),
                    row.challenge,
                    row.register,
                    row.expires,
                    row.headers,
                    row.way,
                )
            )
        return (*served, *self.near.trunks())

    async def route(self, trunk: str, caller: str, callee: str, headers: Mapping[str, str]) -> Route | None:
        """Whom this caller reaches."""
        if trunk == TRUNK:
            return await self.near.route(callee)
        async with self.database.system_session("a caller dials a number") as session:
            numbers = await TelephonyRepository(session).numbers(trunk)
            by_number = {row.number: row for row in numbers}
            row = by_number.get(normal(callee)) or by_number.get(ANY)
            if row is None:
                return None
            agent = await AgentRepository(session).get(row.agent_id)
        if agent.release_id is None:
            return None
        return Route(
            row.organization_id,
            agent.id,
            agent.release_id,
            row.locale,
            row.recorded,
            row.longest_seconds * 1000,
        )

    async def call_began(self, call: CallFacts) -> None:
        """Write it into the book."""
        if not call.organization_id or not call.session:
            return
        row = CallRow(
            id=call.id,
            session_id=call.session,
            agent_id=call.agent_id,
            trunk_id=call.trunk,
            direction=call.direction,
            caller=call.caller,
            callee=call.callee,
            state="ringing" if call.direction == "in" else "dialing",
            answered_by="",
            reason="",
            code=0,
            started_at=self.clock.now_ms(),
            answered_at=None,
            ended_at=None,
        )
        async with self.database.write(call.organization_id) as session:
            TelephonyRepository(session).add(row)

    async def call_changed(self, call_id: str, state: str, answered_by: str) -> None:
        """It stands elsewhere."""
        async with self.database.system_session("calls go on and end", write=True) as session:
            row = await session.get(CallRow, call_id)
            if row is not None and row.ended_at is None:
                row.state = state
                row.answered_by = answered_by or row.answered_by
                if state == "up" and row.answered_at is None:
                    row.answered_at = self.clock.now_ms()

    async def call_ended(self, call_id: str, reason: str, code: int) -> None:
        """It is over."""
        async with self.database.system_session("calls go on and end", write=True) as session:
            row = await session.get(CallRow, call_id)
            if row is not None and row.ended_at is None:
                row.state, row.reason, row.code, row.ended_at = "ended", reason, code, self.clock.now_ms()
                self.ended(row.direction, reason if reason in ENDS else "failed")

    async def unfinished(self) -> tuple[CallFacts, ...]:
        """Calls of which no end is known."""
        async with self.database.system_session("calls that were up when the server ended") as session:
            rows = await TelephonyRepository(session).unfinished()
        return tuple(
            CallFacts(
                row.id,
                row.direction,
                row.trunk_id,
                row.caller,
                row.callee,
                row.session_id,
                row.organization_id,
                row.agent_id,
            )
            for row in rows
        )

    def registered(self, registrations: tuple[Registration, ...]) -> None:
        """How trunks stand."""
        self._registrations.update({r.trunk: r for r in registrations})

    def health(self) -> tuple[bool, str]:
        """Registrations that fail make a server that people cannot call."""
        failed = [r.trunk for r in self._registrations.values() if r.state == "failed"]
        up = sum(r.state == "registered" for r in self._registrations.values())
        return not failed, f"{up} registered" + (f", failed: {', '.join(failed)}" if failed else "")


def normal(number: str) -> str:
    """A number as it is compared: E.164 where it is one, with or without its plus; account names in small
    letters."""
    text = number.strip().removeprefix("sip:").removeprefix("tel:").partition("@")[0]
    bare = text.replace(" ", "")
    try:
        parsed = phonenumbers.parse(f"+{bare}" if bare.isdecimal() and len(bare) >= SHORTEST else text, None)
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return text.lower()


def _number_view(row: NumberRow) -> NumberView:
    return NumberView(**{name: getattr(row, name) for name in NumberView.model_fields})


def call_view(row: CallRow) -> CallView:
    """As the API shows it."""
    end = end_of(row.reason) if row.reason else None
    until = row.ended_at or row.answered_at or row.started_at
    return CallView(
        id=row.id,
        session_id=row.session_id,
        agent_id=row.agent_id,
        trunk_id=row.trunk_id,
        direction="in" if row.direction == "in" else "out",
        caller=row.caller,
        callee=row.callee,
        state=row.state,
        answered_by=row.answered_by,
        reason=row.reason,
        words=end.words if end else "",
        by=end.by if end else "",
        fault=end.fault if end else "",
        code=row.code,
        started_at=iso(row.started_at),
        answered_at=None if row.answered_at is None else iso(row.answered_at),
        ended_at=None if row.ended_at is None else iso(row.ended_at),
        seconds=max(0, until - row.answered_at) // 1000 if row.answered_at else 0,
    )
