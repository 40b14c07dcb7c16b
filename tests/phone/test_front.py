"""Kamailio and rtpengine before the edge: a softphone calls by TLS with SRTP, and is called."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.channels.phone.port import Trunk
from tests.phone.baresip import Baresip
from tests.phone.edges import House, until
from tests.phone.sounds import heard_ms, tone, write_wav
from tests.ports import free_port


class Front:
    """Where it is."""

    def __init__(self, tls: int, sip: int) -> None:
        self.tls = tls
        self.sip = sip


def certificate(folder: Path) -> tuple[Path, Path]:
    """For 127.0.0.1, signed by itself."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@asynccontextmanager
async def front(checkout: Path, tmp_path: Path, edge_port: int) -> AsyncIterator[Front]:
    """Both processes, ready."""
    cert, key = certificate(tmp_path)
    here = Front(free_port(), free_port())
    sound = free_port(40)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(checkout / "packaging" / "phone"), "--folder", str(tmp_path / "front"),
        "--tls-port", str(here.tls), "--sip-port", str(here.sip), "--ng-port", str(free_port()),
        "--edge", f"127.0.0.1:{edge_port}", "--ports", f"{sound}-{sound + 39}", "--children", "1",
        "--certificate", str(cert), "--key", str(key),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(40):
            line = await process.stdout.readline()
        if line != b"ready\n":
            logs = [p.read_text(errors="replace")[-2000:] for p in (tmp_path / "front").glob("*.log")]
            _, said = await process.communicate()
            pytest.fail("\n".join([said.decode(), *logs]))
        yield here
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_a_call_by_tls_and_srtp(checkout: Path, house: House, tmp_path: Path) -> None:
    house.tone_hz = 1000
    write_wav(tmp_path / "says.wav", tone(440, 4000))
    async with front(checkout, tmp_path, house.edge.port) as proxy:
        secure = Baresip(
            tmp_path, tmp_path / "says.wav", account=";mediaenc=srtp-mand", modules=("srtp.so",), transport="tls",
            settings=(f"sip_certificate {tmp_path / 'both.pem'}",),
        )  # fmt: skip
        (tmp_path / "both.pem").write_text(
            (tmp_path / "key.pem").read_text() + (tmp_path / "cert.pem").read_text()
        )
        async with secure as phone:
            await phone.dial(f"sip:100@127.0.0.1:{proxy.tls};transport=tls")
            await phone.event("CALL_ESTABLISHED")
            taken = await house.call()
            await until(lambda: heard_ms(bytes(taken.heard), 440) >= 1000)
            await phone.keys("42#")
            await until(lambda: taken.keys == "42#")
            taken.leg.hang_up()
            await phone.event("CALL_CLOSED")
            pcm, rate = phone.heard()
            assert heard_ms(pcm, 1000, rate) >= 500
            await _called_back(house, phone, proxy)


async def _called_back(house: House, phone: Baresip, proxy: Front) -> None:
    """We call the phone through the same front."""
    house.edge.trunks((Trunk(id="front", address=f"127.0.0.1:{proxy.sip}", numbers=("*",)),))
    address = f"sip:bob@127.0.0.1:{phone.sip_port + 1};transport=tls"
    taken = house.take(await house.edge.dial("front", address))
    await taken.leg.answer()
    await until(lambda: heard_ms(bytes(taken.heard), 440) >= 500)
    await phone.hang_up()
    assert await taken.over() == "callee_hung_up"


def test_what_is_missing_is_said(checkout: Path, tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, str(checkout / "packaging" / "phone"), "--folder", str(tmp_path), "--write",
         "--certificate", "none.pem", "--key", "none.pem"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert said.returncode == 2
    assert "none.pem is no file" in said.stderr
