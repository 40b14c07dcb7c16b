"""baresip, a telephone nobody here wrote: driven over its control socket, it says a WAV and keeps what it hears.

async with Baresip(tmp_path, says=wav) as phone:
    await phone.dial(house.uri())
    await phone.event("CALL_ESTABLISHED")
    await phone.keys("12#")
    await phone.hang_up()
    pcm, rate = phone.heard()
"""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.phone.sounds import read_wav
from tests.ports import free_port

MODULES = Path("/usr/lib/baresip/modules")


class Baresip:
    """One instance. ``says`` is a WAV, s16le, mono, 8 kHz; it is said again and again. ``account`` are further
    parameters of its account, like ``;mediaenc=srtp``; ``modules`` further modules; ``transport`` udp, tcp or
    tls."""

    def __init__(
        self,
        tmp_path: Path,
        says: Path,
        *,
        user: str = "bob",
        account: str = "",
        modules: tuple[str, ...] = (),
        transport: str = "udp",
        settings: tuple[str, ...] = (),
    ) -> None:
        # UDP and TCP, and the port above it for TLS.
        self.sip_port = free_port(2)
        self.events: list[dict[str, Any]] = []
        self._folder = tmp_path / f"baresip-{self.sip_port}"
        self._control = free_port()
        self._says = says
        self._user = user
        self._account = account
        self._modules = modules
        self._transport = transport
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @property
    def uri(self) -> str:
        """Where it is called."""
        return f"sip:{self._user}@127.0.0.1:{self.sip_port}"

    async def __aenter__(self) -> "Baresip":
        baresip = shutil.which("baresip")
        if baresip is None:
            pytest.fail("baresip is missing: apt-get install baresip-core")
        self._configure()
        with (self._folder / "out.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                baresip, "-f", str(self._folder),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
        async with asyncio.timeout(30):
            while True:
                try:
                    reader, self._writer = await asyncio.open_connection("127.0.0.1", self._control)
                    break
                except ConnectionRefusedError:
                    assert self._process.returncode is None, self.log()
                    await asyncio.sleep(0.05)
        self._reading = asyncio.create_task(self._read(reader))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reading is not None:
            self._reading.cancel()
        if self._writer is not None:
            self._writer.close()
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
        await self._process.wait()

    def _configure(self) -> None:
        (self._folder / "heard").mkdir(parents=True)
        (self._folder / "contacts").write_text("")
        (self._folder / "accounts").write_text(
            f"<sip:{self._user}@127.0.0.1:{self.sip_port};transport={self._transport}>"
            f";regint=0;audio_codecs=pcmu/8000/1;answermode=auto{self._account}\n"
        )
        modules = ("g711.so", "aufile.so", "aubridge.so", "sndfile.so", "ctrl_tcp.so", *self._modules)
        lines = [
            "poll_method epoll",
            f"sip_listen 127.0.0.1:{self.sip_port}",
            f"sip_trans_def {self._transport}",
            "call_max_calls 4",
            f"audio_source aufile,{self._says}",
            "audio_player aubridge,spk",
            "audio_alert aubridge,alert",
            "ausrc_srate 8000",
            "auplay_srate 8000",
            "ausrc_channels 1",
            "auplay_channels 1",
            "rtp_ports 30000-39999",
            f"module_path {MODULES}",
            *(f"module {name}" for name in modules),
            "module_tmp uuid.so",
            "module_tmp account.so",
            "module_app menu.so",
            f"ctrl_tcp_listen 127.0.0.1:{self._control}",
            f"snd_path {self._folder / 'heard'}",
            *self._settings,
        ]
        (self._folder / "config").write_text("\n".join(lines) + "\n")

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Netstrings of JSON."""
        while True:
            size = await reader.readuntil(b":")
            data = await reader.readexactly(int(size[:-1]) + 1)
            said = json.loads(data[:-1])
            if said.get("event"):
                self.events.append(said)
                self._changed.set()

    async def command(self, command: str, parameters: str = "") -> None:
        """Something its menu knows."""
        assert self._writer is not None
        text = json.dumps({"command": command, "params": parameters, "token": command}).encode()
        self._writer.write(b"%d:%s," % (len(text), text))
        await self._writer.drain()

    async def event(self, kind: str, times: int = 1) -> dict[str, Any]:
        """Wait for an event, such as CALL_ESTABLISHED or CALL_CLOSED."""
        async with asyncio.timeout(30):
            while True:
                found = [e for e in self.events if e.get("type") == kind]
                if len(found) >= times:
                    return found[-1]
                self._changed.clear()
                await self._changed.wait()

    async def dial(self, uri: str) -> None:
        """Call somebody."""
        await self.command("dial", uri)

    async def keys(self, keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self.command("sndcode", key)
            await asyncio.sleep(0.25)

    async def hang_up(self) -> None:
        """End the call."""
        await self.command("hangup")
        await self.event("CALL_CLOSED")

    def heard(self) -> tuple[bytes, int]:
        """What it has heard: s16le, and the rate."""
        files = sorted((self._folder / "heard").glob("*dec.wav"))
        return read_wav(files[-1]) if files else (b"", 8000)

    def log(self) -> str:
        """What it printed."""
        return (self._folder / "out.log").read_text(errors="replace")[-3000:]
