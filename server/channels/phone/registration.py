"""Registrations at providers that want one: renewed before they run out, tried again with patience when they
fail."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Iterable

import msgspec
from aiosipua import SipResponse, parse_address

from server.channels.phone.admission import host_of
from server.channels.phone.datagrams import Address, bracketed
from server.channels.phone.dialogs import contact_of
from server.channels.phone.digest import is_stale, prove
from server.channels.phone.messages import new_tag
from server.channels.phone.port import Registration, Trunk
from server.channels.phone.reasons import BY_CODE
from server.channels.phone.transactions import Transactions

MARGIN = 0.85
"""The part of a registration's life after which it is renewed."""


class Pauses(msgspec.Struct, frozen=True):
    """Seconds between tries that fail: ``first``, doubled up to ``longest``; ``refused`` at least after wrong
    credentials, so that a provider does not lock the account."""

    first: float = 2.0
    longest: float = 300.0
    refused: float = 60.0


class Registrar:
    """Keeps one trunk registered. ``resolve`` gives the address of its registrar, or None."""

    def __init__(
        self,
        trunk: Trunk,
        layer: Transactions,
        resolve: Callable[[Trunk], Awaitable[Address | None]],
        changed: Callable[[Registration], None],
        pauses: Pauses,
    ) -> None:
        self.trunk = trunk
        self.state = Registration(trunk.id, "registering")
        self._layer = layer
        self._resolve = resolve
        self._changed = changed
        self._pauses = pauses
        self._expires = trunk.expires
        self._call_id = new_tag()
        self._tag = new_tag()
        self._sequence = 0
        self._last_code = 0
        self._bound = False  # the registrar may hold our contact: it said so, or has not answered yet
        self._before: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, before: asyncio.Task[None] | None = None) -> None:
        """Register from now on, or once what comes ``before`` is done."""
        self._before = before
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self, patience: float = 2.0) -> None:
        """Unregister, as far as anybody answers in ``patience`` seconds."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._before is not None:
            await asyncio.wait({self._before})
        if self._bound:
            address = await self._resolve(self.trunk)
            if address is not None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(patience):
                        await self._register(address, 0)
        self._tell("off")

    async def _keep(self) -> None:
        if self._before is not None:
            await asyncio.wait({self._before})
        self._tell("registering")
        failures = 0
        while True:
            granted = await self._attempt()
            if granted:
                failures = 0
                wait = granted * MARGIN
            else:
                wait = min(self._pauses.first * 2**failures, self._pauses.longest)
                if self._last_code in (401, 403, 407):
                    wait = max(wait, self._pauses.refused)
                wait *= random.uniform(0.8, 1.2)  # noqa: S311
                failures = min(failures + 1, 20)
            await asyncio.sleep(wait)

    async def _attempt(self) -> int:
        """Seconds the registration is good for, 0 when it failed."""
        address = await self._resolve(self.trunk)
        if address is None:
            self._last_code = 0
            self._tell("failed", f"{host_of(self.trunk.address)} has no address: check the trunk's address.")
            return 0
        held, self._bound = self._bound, True
        reply = await self._register(address, self._expires)
        if reply is not None and reply.status_code == 423:
            shortest = reply.get_header("min-expires") or ""
            if shortest.isdigit() and int(shortest) > self._expires:
                self._expires = int(shortest)
                reply = await self._register(address, self._expires)
        self._last_code = reply.status_code if reply is not None else 408
        if reply is None or reply.status_code >= 300:
            self._bound = reply is None or held
            self._tell("failed", _words(reply))
            return 0
        granted = self._granted(reply)
        self._tell("registered", until=int(time.time() * 1000) + granted * 1000)
        return granted

    async def _register(self, address: Address, expires: int) -> SipResponse | None:
        """REGISTER; a challenge is answered once, and once more where only the nonce was too old."""
        reply = await self._send(address, expires, None)
        for _ in range(2):
            if reply is None:
                return None
            proof = prove(reply, "REGISTER", self._registrar(), self.trunk.username, self.trunk.password)
            if proof is None:
                return reply
            reply = await self._send(address, expires, proof)
            if reply is None or not is_stale(reply):
                return reply
        return reply

    def _registrar(self) -> str:
        return f"sip:{self.trunk.domain or self.trunk.address}"

    async def _send(
        self, address: Address, expires: int, proof: tuple[str, str] | None
    ) -> SipResponse | None:
        trunk = self.trunk
        request = self._layer.new_request("REGISTER", self._registrar(), address)
        own = f"<sip:{trunk.username}@{bracketed(trunk.domain or host_of(trunk.address))}>"
        self._sequence += 1
        request.headers.set_single("From", f"{own};tag={self._tag}")
        request.headers.set_single("To", own)
        request.headers.set_single("Call-ID", self._call_id)
        request.headers.set_single("CSeq", f"{self._sequence} REGISTER")
        request.headers.set_single("Contact", f"<{self._contact(address)}>")
        request.headers.set_single("Expires", str(expires))
        if proof is not None:
            request.headers.set_single(*proof)
        answered: asyncio.Future[SipResponse | None] = asyncio.get_running_loop().create_future()

        def on_answer(reply: SipResponse | None) -> None:
            if (reply is None or reply.status_code >= 200) and not answered.done():
                answered.set_result(reply)

        self._layer.ask(request, address, on_answer)
        return await answered

    def _contact(self, address: Address) -> str:
        datagrams = self._layer.datagrams
        return contact_of(self.trunk.username, datagrams.local(address[0]), datagrams.port)

    def _granted(self, reply: SipResponse) -> int:
        """What the registrar gave us: with our Contact, or for all of them."""
        for raw in reply.headers.get("contact"):
            contact = parse_address(raw)
            said = contact.params.get("expires") or ""
            if contact.uri.user == self.trunk.username and said.isdigit():
                return max(1, int(said))
        said = reply.get_header("expires") or ""
        return max(1, int(said)) if said.isdigit() else max(1, self._expires)

    def _tell(self, state: str, detail: str = "", until: int = 0) -> None:
        self.state = Registration(self.trunk.id, state, detail, until)
        self._changed(self.state)


class Registrations:
    """Those of all trunks; see `Registrar` for what it is made of."""

    def __init__(
        self,
        layer: Transactions,
        resolve: Callable[[Trunk], Awaitable[Address | None]],
        changed: Callable[[Registration], None],
        pauses: Pauses,
    ) -> None:
        self._layer = layer
        self._resolve = resolve
        self._changed = changed
        self._pauses = pauses
        self._registrars: dict[str, Registrar] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}

    @property
    def states(self) -> tuple[Registration, ...]:
        """How the trunks stand."""
        return tuple(registrar.state for registrar in self._registrars.values())

    def serve(self, trunks: Iterable[Trunk]) -> None:
        """Keep these registered from now on, of those that want it."""
        wanted = {trunk.id: trunk for trunk in trunks if trunk.register and trunk.address}
        for id, registrar in list(self._registrars.items()):
            if id not in wanted or _account(wanted[id]) != _account(registrar.trunk):
                self._leave(id, self._registrars.pop(id))
        for id, trunk in wanted.items():
            if id not in self._registrars:
                registrar = Registrar(trunk, self._layer, self._resolve, self._changed, self._pauses)
                self._registrars[id] = registrar
                # Whoever unregisters late takes the new registration away: it has the same contact.
                registrar.start(self._leaving.get(id))

    def _leave(self, id: str, registrar: Registrar) -> None:
        task = asyncio.get_running_loop().create_task(registrar.stop())
        self._leaving[id] = task
        task.add_done_callback(lambda _: self._leaving.get(id) is task and self._leaving.pop(id))

    async def stop(self) -> None:
        """Unregister all."""
        self.serve(())
        await asyncio.gather(*self._leaving.values())


def _account(trunk: Trunk) -> tuple[object, ...]:
    """What a registration is about: numbers and the like may change under it."""
    return trunk.address, trunk.domain, trunk.username, trunk.password, trunk.expires


def _words(reply: SipResponse | None) -> str:
    if reply is None:
        return "The registrar does not answer: check the trunk's address and the network."
    if reply.status_code in (401, 403, 407):
        return f"{reply.status_code}: the registrar refuses the username or the password."
    name = BY_CODE.get(reply.status_code, "")
    return f"{reply.status_code} {reply.reason_phrase} {name}".strip()
