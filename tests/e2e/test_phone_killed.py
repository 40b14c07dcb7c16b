"""The process that carries calls is killed in the middle of one."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.e2e.calling import loud_ms
from tests.e2e.switchboard import PROMPT
from tests.e2e.telephones import Line, hears, talk
from tests.phone.caller import Phone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def worker_of(server: int) -> int:
    """The process id of the server's child that holds voice."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if parent == server and b"voice" in words:
                return int(folder.name)
    raise AssertionError("there is no worker")


async def test_a_caller_is_lost_with_the_process_the_log_says_so_and_the_next_one_is_served(
    line: Line,
) -> None:
    async with talk(line) as at:
        await at.asked()
        assert line.server.process is not None
        os.kill(worker_of(line.server.process.pid), signal.SIGKILL)
        await at.ends("edge_lost")
        assert await at.hung_up() == ("line", "edge_lost")
        heard = at.call.packets
        await asyncio.sleep(1)
        assert at.call.packets == heard, "nobody speaks to her any more"
    await line.ready()
    await line.idle()
    before = await line.sessions()
    async with Phone() as phone:
        call = await phone.call(line.uri("700"))
        await call.up()
        again = await line.newest(before)
        await hears(call, PROMPT)
        await call.press("9")
        assert await call.over() == "bye"
        assert await line.house.outcome(again) == "done"


async def test_what_a_dead_process_did_not_hear_is_said_to_be_unknown_to_it(line: Line) -> None:
    # Her telephone goes on sending, and hangs up: who is there now answers that it knows of no such call.
    async with talk(line) as at:
        await at.call.until(lambda: loud_ms(at.call.heard) > 500)
        assert line.server.process is not None
        os.kill(worker_of(line.server.process.pid), signal.SIGKILL)
        await at.ends("edge_lost")
        await line.ready()
        assert await at.call.request("BYE") == 481
        at.call.ended = "bye"
