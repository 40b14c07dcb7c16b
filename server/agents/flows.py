"""Reading, checking and compiling flows, off the event loop: a large one takes a while."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec

from engine.compiler import check, compile_flow
from engine.flow import (
    Diagnostic,
    Flow,
    FlowFormatError,
    Layout,
    Severity,
    dump_flow,
    dump_layout,
    load_flow,
    load_layout,
)
from engine.kinds.program import Program
from server.kit.errors import ApiError, ErrorCode

T = TypeVar("T")

EMPTY = dump_flow(Flow()).decode()
EMPTY_LAYOUT = dump_layout(Layout()).decode()


class ReadFlow(msgspec.Struct, frozen=True):
    """A flow as it was understood: the canonical file, and what was wrong in it."""

    flow: Flow
    text: str
    diagnostics: list[Diagnostic]


class Checked(msgspec.Struct, frozen=True):
    """What the compiler says. ``program`` is there when nothing is an error."""

    findings: list[dict[str, Any]]
    errors: int
    program: Program | None


class FlowWorkshop:
    """One thread for all flows: the machine's other cores belong to conversations."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "flows")

    async def read(self, data: bytes) -> ReadFlow:
        """Understand ``flow.json``; raises `ApiError` for what is no flow."""
        return await self._run(_read, data)

    async def read_layout(self, data: bytes) -> str:
        """The canonical ``layout.json``; raises `ApiError` for what is no layout."""
        return await self._run(_read_layout, data)

    async def check(self, data: bytes) -> Checked:
        """Check a flow, and compile it when it has no errors; raises `ApiError` for what is no flow."""
        return await self._run(_check, data)

    async def compile(self, data: bytes) -> Program:
        """Compile a flow that was published."""
        return await self._run(_compile, data)

    async def _run(self, work: Callable[[bytes], T], data: bytes) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, data)

    def close(self) -> None:
        """Let the thread finish."""
        self._thread.shutdown(cancel_futures=True)


def _read(data: bytes) -> ReadFlow:
    try:
        flow, diagnostics = load_flow(data)
    except FlowFormatError as error:
        raise ApiError(ErrorCode.FLOW_UNREADABLE, str(error)) from error
    return ReadFlow(flow, dump_flow(flow).decode(), diagnostics)


def _read_layout(data: bytes) -> str:
    try:
        return dump_layout(load_layout(data)).decode()
    except FlowFormatError as error:
        raise ApiError(ErrorCode.FLOW_UNREADABLE, str(error)) from error


def _check(data: bytes) -> Checked:
    read = _read(data)
    findings = [plain(d) for d in read.diagnostics] + [plain(f) for f in check(read.flow)]
    errors = sum(f["severity"] == Severity.ERROR and not f.get("suppressed") for f in findings)
    return Checked(findings, errors, None if errors else compile_flow(read.flow))


def _compile(data: bytes) -> Program:
    return compile_flow(_read(data).flow)


def plain(finding: Any) -> dict[str, Any]:
    """A finding or diagnostic as JSON's types; the severity is always said."""
    facts: dict[str, Any] = msgspec.to_builtins(finding)
    return {**facts, "severity": str(finding.severity)}
