"""sipp, a caller and a callee nobody here wrote: runs the scenarios beside this file.

async with Sipp("caller", at=house.uri(), tmp_path=tmp_path, sound=pcap) as sipp:
    ...
    assert await sipp.over() == 0, sipp.troubles()
"""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from tests.ports import free_port

SCENARIOS = Path(__file__).parent / "scenarios"


class Sipp:
    """One run. ``at`` is whom to call, empty for a callee. ``given`` fills the scenario's ``@name@``;
    ``sound`` is a capture to play; ``patience`` the seconds all of it may take."""

    def __init__(
        self,
        scenario: str,
        tmp_path: Path,
        *,
        at: str = "",
        calls: int = 1,
        sound: Path | None = None,
        username: str = "u1",
        password: str = "p1",
        media_port: int = 0,
        patience: int = 60,
        **given: str | int,
    ) -> None:
        self.port = free_port()
        # It takes a port for sound, the one for pictures two above it, and the control of each one further.
        self.media_port = media_port or free_port(4)
        self._calls = calls
        self._patience = patience
        self._folder = tmp_path / f"sipp-{self.port}"
        self._folder.mkdir(parents=True)
        text = (SCENARIOS / f"{scenario}.xml").read_text()
        play = f'<nop><action><exec play_pcap_audio="{sound}"/></action></nop>' if sound else ""
        for name, value in (given | {"play": play}).items():
            text = text.replace(f"@{name}@", str(value))
        if left := re.findall(r"@\w+@", text):
            raise ValueError(f"{scenario} wants {left}")
        self._file = self._folder / f"{scenario}.xml"
        self._file.write_text(text)
        self._at = at
        self._who = (username, password)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Sipp":
        sipp = shutil.which("sipp")
        if sipp is None:
            pytest.fail("sipp is missing: apt-get install sip-tester")
        arguments = ["-sf", str(self._file), "-i", "127.0.0.1", "-p", str(self.port), "-mi", "127.0.0.1"]
        arguments += [
            "-mp",
            str(self.media_port),
            "-m",
            str(self._calls),
            "-nostdin",
            "-timeout",
            str(self._patience),
        ]
        arguments += ["-l", str(self._calls), "-r", "10", "-trace_err", "-error_file", "errors.log"]
        arguments += ["-trace_msg", "-message_file", "messages.log", "-au", self._who[0], "-ap", self._who[1]]
        if self._at:
            user, _, host = self._at.removeprefix("sip:").partition("@")
            arguments = [host, "-s", user, *arguments]
        self._process = await asyncio.create_subprocess_exec(
            sipp, *arguments, cwd=self._folder,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        if not self._at:
            await self._bound()
        return self

    async def _bound(self) -> None:
        """Wait until a callee listens."""
        wanted = f":{self.port:04X} "
        async with asyncio.timeout(30):
            while not any(wanted in line for line in Path("/proc/net/udp").read_text().splitlines()):
                if self._process is not None and self._process.returncode is not None:
                    pytest.fail(f"sipp ended before it listened: {self.troubles()}")
                await asyncio.sleep(0.02)

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def over(self) -> int:
        """Wait until all calls are over; 0 when each went as the scenario says."""
        assert self._process is not None
        async with asyncio.timeout(self._patience + 15):
            return await self._process.wait()

    def troubles(self) -> str:
        """What sipp complained about."""
        errors = self._folder / "errors.log"
        return errors.read_text(errors="replace")[-2000:] if errors.exists() else ""

    def messages(self) -> str:
        """All it sent and received."""
        log = self._folder / "messages.log"
        return log.read_text(errors="replace") if log.exists() else ""
