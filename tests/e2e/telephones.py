"""A real server that can be called, what its API says of calls, and the numbers a test gives it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.calling import PATIENCE, RATE, House, falls_silent
from tests.e2e.days import zone_where_open_tomorrow
from tests.e2e.ear import meant, recogniser, stretches
from tests.e2e.serving import Server
from tests.e2e.switchboard import PROMPT, SENTENCES, SWITCHBOARD
from tests.phone.caller import Call, Phone
from tests.ports import free_port


@contextmanager
def telephones(folder: Path, **settings: str) -> Iterator[Server]:
    """A server with its worker and its telephone edge; ``environment`` has its SIP port."""
    port = str(free_port())
    usual = {
        "VOICE": "1",
        "PHONE": "1",
        "SIP_HOST": "127.0.0.1",
        "SIP_PORT": port,
        "TIME_ZONE": zone_where_open_tomorrow(),
    }
    usual |= {"DRAIN": "2"}
    server = Server(
        folder / "data", **{f"PARLEY_{name}": value for name, value in (usual | settings).items()}
    )
    try:
        yield server.start()
    finally:
        server.stop()


class Line:
    """How a test calls such a server, and asks it what became of that."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.port = int(server.environment["PARLEY_SIP_PORT"])
        self.house = House(server)

    def uri(self, who: str) -> str:
        """The SIP address of a sample agent, or of a number."""
        return f"sip:{who}@127.0.0.1:{self.port}"

    async def health(self) -> Any:
        """The components of its health."""
        return (await self.house.client.get(f"{self.server.origin}/health")).json()["components"]

    async def ready(self) -> None:
        """Wait until its worker is there."""

        async def look() -> bool:
            detail = str((await self.health())["voice"]["detail"])
            return not detail.startswith("0 workers")

        await self.house.until(look, "no worker came")

    async def idle(self) -> None:
        """Wait until no telephone call is up."""

        async def look() -> bool:
            calls = (await self.house.get("/calls"))["items"]
            return all(call["state"] == "ended" for call in calls)

        await self.house.until(look, "a call is still up")

    async def post(self, path: str, **body: Any) -> Any:
        """Make something; answers with it."""
        answer = await self.house.client.post(path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def agent(self, name: str, flow: dict[str, Any] = SWITCHBOARD) -> str:
        """A published agent with this flow: its id."""
        agent = await self.post("/agents", name=name)
        saved = await self.house.client.put(
            f"/agents/{agent['id']}/flow", json={"flow": flow}, headers={"If-Match": "*"}
        )
        assert saved.status_code == 200, saved.text
        await self.post(f"/agents/{agent['id']}/publish")
        return str(agent["id"])

    async def switchboard(self, number: str = "700") -> str:
        """The switchboard's agent, at a number; made when nobody has yet."""
        for known in await self.house.get("/numbers"):
            if known["number"] == number:
                return str(known["agent_id"])
        agent = await self.agent("Switchboard")
        await self.number(number, agent)
        return agent

    async def number(self, number: str, agent: str, **trunk: Any) -> str:
        """A number that reaches an agent, on a trunk of its own: the trunk's id. Whoever is on this machine may
        call it."""
        fields = {"name": number, "allowed": ["127.0.0.1"]} | trunk
        made = await self.post("/trunks", **fields)
        await self.post("/numbers", trunk_id=made["id"], agent_id=agent, number=number)
        await self._settled(agent)
        return str(made["id"])

    async def _settled(self, agent: str) -> None:
        """Wait until the edge has done what it was told: it is told one thing after the other, and calls us."""
        async with Phone() as phone:
            id = await self.dial(phone.uri, agent, trunk_id="direct")
            (await asyncio.wait_for(phone.rang.get(), 30)).reply(486)
            await self.ended(id)

    async def dial(self, to: str, agent: str, **more: Any) -> str:
        """Have the house call somebody: the call's id."""
        placed = await self.post("/calls", agent_id=agent, to=to, **more)
        return str(placed["id"])

    async def call(self, session: str) -> Any:
        """The call of a session, once it is over."""

        async def look() -> Any:
            calls = (await self.house.get("/calls"))["items"]
            found = [c for c in calls if c["session_id"] == session and c["state"] == "ended"]
            return found[0] if found else None

        return await self.house.until(look, "the call was never over")

    async def ended(self, id: str) -> Any:
        """A call, once it is over."""

        async def look() -> Any:
            view = await self.house.get(f"/calls/{id}")
            return view if view["state"] == "ended" else None

        return await self.house.until(look, "the call was never over")

    async def log(self, session: str) -> list[Any]:
        """Its event log."""
        return list((await self.house.get(f"/sessions/{session}/events", limit="1000"))["items"])

    async def sessions(self) -> set[str]:
        """Every telephone session there has been."""
        items = (await self.house.get("/sessions", channel="phone", limit="100"))["items"]
        return {item["id"] for item in items}

    async def newest(self, before: set[str]) -> str:
        """The session that was not there before, once it is."""

        async def look() -> Any:
            return next(iter(await self.sessions() - before), None)

        return str(await self.house.until(look, "no session began"))


async def hears(call: Call, sentence: str) -> None:
    """Wait until this one of the switchboard's sentences was understood."""
    understood: list[str] = []
    end = time.monotonic() + PATIENCE
    async with recogniser() as ears:
        while not any(sentence in words for words in understood):
            assert time.monotonic() < end, f"{sentence!r} was not heard, only {understood}"
            await asyncio.sleep(0.2)
            # Whoever has hung up says no more.
            heard = call.heard + bytes(2 * RATE if call.ended else 0)
            for piece in stretches(heard, RATE)[len(understood) :]:
                understood.append(await meant(piece, SENTENCES, RATE, ears, sentence))


class Talk:
    """A call that is up, and its session."""

    def __init__(self, line: Line, call: Call, session: str) -> None:
        self.line = line
        self.call = call
        self.session = session

    async def asked(self) -> None:
        """Wait until the caller has heard the question."""
        await hears(self.call, PROMPT)
        await falls_silent(self.call)

    async def ends(self, reason: str) -> None:
        """It is over by this name, in the book of calls and in the log of the session."""
        booked = await self.line.call(self.session)
        assert (booked["reason"], booked["direction"]) == (reason, "in")
        await self.line.house.outcome(self.session)

    async def hung_up(self) -> tuple[str, str]:
        """Who hung up and why, as the log has it."""
        await self.line.house.outcome(self.session)
        last = next(
            r["event"] for r in reversed(await self.line.log(self.session)) if r["event"]["type"] == "hung_up"
        )
        return last.get("by", "caller"), last.get("reason", "")


@asynccontextmanager
async def talk(line: Line, number: str = "700") -> AsyncIterator[Talk]:
    """Somebody calls the switchboard, and is answered."""
    await line.switchboard()
    async with Phone() as phone:
        before = await line.sessions()
        call = await phone.call(line.uri(number))
        await call.up()
        yield Talk(line, call, await line.newest(before))
        await call.hang_up()
