"""Parsing in a process of its own: whatever a document does to its parser, the server goes on."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from server.knowledge.parsing.blocks import Parsed, Unparsable
from server.knowledge.parsing.child import OUT_OF_MEMORY, UNPARSABLE
from server.knowledge.parsing.sniffing import Kind

ROOT = Path(__file__).parents[3]
LONGEST = 60.0
"""Seconds by the clock; the process itself stops after 30 of work."""
LARGEST_ANSWER = 64 * 1024 * 1024
TOO_LONG = "It took too long to read. Split it into several documents, or save it anew."
TOO_LARGE = "It needs more memory than a document may. Split it into several documents, or save it anew."
BROKEN = "It made its reader fail. It is damaged; save it anew, or as another format."


async def parse_apart(kind: Kind, data: bytes, charset: str = "", longest: float = LONGEST) -> Parsed:
    """The document; raises `Unparsable`. ``charset`` is what was said of a page."""
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.knowledge.parsing.child", kind.value, charset,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT, env=environment, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(longest):
            _, answer = await asyncio.gather(_give(child, data), _take(child))
            code = await child.wait()
    except TimeoutError:
        raise Unparsable(TOO_LONG) from None
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return _understood(code, answer)


async def _give(child: asyncio.subprocess.Process, data: bytes) -> None:
    pipe = child.stdin
    assert pipe is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.write(data)
        await pipe.drain()
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.close()
        await pipe.wait_closed()


async def _take(child: asyncio.subprocess.Process) -> bytes:
    assert child.stdout is not None
    answer = bytearray()
    while piece := await child.stdout.read(1 << 16):
        answer += piece
        if len(answer) > LARGEST_ANSWER:
            raise Unparsable(TOO_LARGE)
    return bytes(answer)


def _understood(code: int, answer: bytes) -> Parsed:
    if code == UNPARSABLE:
        raise Unparsable(answer.decode("utf-8", "replace") or BROKEN)
    if code == OUT_OF_MEMORY:
        raise Unparsable(TOO_LARGE)
    if code in (-24, -9):
        raise Unparsable(TOO_LONG)
    if code != 0:
        raise Unparsable(BROKEN)
    try:
        parsed = msgspec.json.decode(answer, type=Parsed)
    except msgspec.DecodeError as error:
        raise Unparsable(BROKEN) from error
    if not parsed.blocks and not parsed.links:
        raise Unparsable("There is no text in it. Give a document with text.")
    return parsed
