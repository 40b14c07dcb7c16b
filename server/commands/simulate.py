"""``parley simulate``: a talk in the terminal."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from server.commands.arguments import Subparsers, command, fail, flow_file
from server.commands.replay import exported

HELP = """Type what the visitor says. Or:
  :press ID     press a button          :keys 12#     press telephone keys
  :silence      say nothing             :wait 5000    let milliseconds pass
  :answer JSON  a web service answers   :error        it fails
  :vars         show the variables      :back         take the last step back
  :hangup       leave                   :quit         stop"""


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "simulate",
        "talk to a flow here",
        "Talk to a flow in the terminal, on a virtual clock.\n\n" + HELP,
        "  parley simulate flows/table-reservation\n  parley simulate flows/clinic --now 2026-11-20T10:00\n"
        "  parley simulate flows/concierge --answers talk.jsonl",
    )
    parser.add_argument("flow", help="a flow's folder or flow.json")
    parser.add_argument("--now", help="when the talk begins, like 2026-11-20T10:00 (now)")
    parser.add_argument("--locale", default="", help="the language (the flow's first)")
    parser.add_argument("--seed", type=int, default=0, help="feeds chance (0)")
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="a talk that parley replay --export wrote: models, knowledge, tools and services answer as in it",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Talk until the end."""
    from engine.compiler import compile_flow
    from engine.flow import FlowFormatError, load_flow
    from engine.protocol.script import Script
    from engine.simulation import Rehearsal

    path = flow_file(arguments.flow)
    try:
        flow, _ = load_flow(path.read_bytes())
        now = arguments.now or datetime.now().isoformat(timespec="minutes")
        datetime.fromisoformat(now)
        services, minds = _answering(arguments.answers)
    except OSError as error:
        return fail(f"{error.filename or path} cannot be read: {error.strerror}.", 2)
    except (FlowFormatError, ValueError) as error:
        return fail(f"{error}", 2)
    script = Script((), arguments.seed, now, arguments.locale)
    talk = Talk(Rehearsal(compile_flow(flow), script, services, minds))
    print(HELP + "\n")
    talk.begin()
    while not talk.over:
        try:
            line = input("you    ").strip()
        except EOFError:
            print()
            break
        if line in (":quit", ":q"):
            break
        if line:
            talk.take(line)
    return 0


class Talk:
    """A rehearsal, spoken to by lines."""

    def __init__(self, rehearsal: Any) -> None:
        self.rehearsal = rehearsal

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return bool(self.rehearsal.ended)

    def begin(self) -> None:
        """The flow speaks first."""
        self._show(self.rehearsal.start())

    def take(self, line: str) -> None:
        """One line of the visitor's."""
        from engine.protocol.script import Answer, Keys, Leave, Pass, Press, Say, Silence

        name, _, rest = line.partition(" ")
        steps: dict[str, Callable[[str], Any]] = {
            ":press": Press,
            ":keys": Keys,
            ":silence": lambda _: Silence(),
            ":wait": lambda text: Pass(int(text or 0)),
            ":answer": _answer,
            ":error": lambda _: Answer("error"),
            ":hangup": lambda _: Leave(),
        }
        if name == ":vars":
            for key, value in self.rehearsal.variables.items():
                print(f"       {key} = {value!r}")
        elif name == ":back":
            self.rehearsal = self.rehearsal.back_to(max(0, len(self.rehearsal.steps) - 1))
            self._show(self.rehearsal.records)
        elif name in steps:
            try:
                self._show(self.rehearsal.play(steps[name](rest)))
            except ValueError as error:
                print(f"       {error}")
        elif name.startswith(":"):
            print(HELP)
        else:
            self._show(self.rehearsal.play(Say(line)))

    def _show(self, records: list[Any]) -> None:
        from engine.protocol import End, Fault, Speak
        from engine.simulation.minds import asked_of, heard_by

        for record in records:
            for effect in record.effects:
                if isinstance(effect, Speak):
                    print(f"agent  {effect.text}")
                    if effect.buttons:
                        print("       " + "  ".join(f"[{b.label}: :press {b.id}]" for b in effect.buttons))
                elif isinstance(effect, Fault):
                    print(f"       ! {effect.code} at {effect.node}: {effect.message}")
                elif isinstance(effect, End):
                    print(f"       ended: {effect.outcome}")
        for request in self.rehearsal.open.values():
            print(f"       {request.method} {request.url} waits: :answer {{...}} or :error")
        for thought in self.rehearsal.thoughts.values():
            asked = f"{asked_of(thought)} at {thought.node}"
            print(
                f"       {asked} ({heard_by(thought)!r}) waits: :answer {_LIKE[asked_of(thought)]} or :error"
            )


_LIKE = {
    "model": '"What it says."',
    "knowledge": '[{"id": "k1", "text": "What is known.", "title": "Where", "score": 900}]',
    "intents": '{"intent": "its id"}',
    "tool": '{"what": "it gives"}',
}
"""What answers look like, by who is asked."""


def _answering(path: Path | None) -> tuple[Any, Any]:
    """Who answers for services and for whoever thinks. Raises ``ValueError`` or ``OSError``."""
    from engine.simulation import minds_of, services_of
    from engine.simulation.rehearsal import nobody_thinks

    if path is None:
        return _demo, nobody_thinks
    _, records = exported(path)
    recorded = services_of(records)
    return lambda request: recorded(request) or _demo(request), minds_of(records)


def _answer(text: str) -> Any:
    import msgspec

    from engine.protocol.script import Answer

    try:
        return Answer(body=msgspec.json.decode(text or "null"))
    except msgspec.DecodeError as error:
        raise ValueError(f"That is no JSON: {error}") from error


def _demo(request: Any) -> Any:
    """The sample flows' own services answer at once; others wait for ``:answer``."""
    from server.adapters.http_tools import DEMO

    return asyncio.run(_ask_demo(request)) if request.url.startswith(DEMO) else None


async def _ask_demo(request: Any) -> Any:
    import httpx2
    from fastapi import FastAPI

    from engine.protocol.script import Answer
    from server.adapters.http_tools import DEMO
    from server.demo import services
    from server.kit import envelope

    app = FastAPI()
    app.include_router(services.router)
    envelope.install(app)
    url = f"http://demo{services.PREFIX}{request.url.removeprefix(DEMO)}"
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as client:
        answer = await client.request(request.method, url, json=request.body)
    return Answer(status=answer.status_code, body=answer.json())
