"""``parley knowledge``: what the agents of a server know."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from server.commands.arguments import Subparsers, command, fail
from server.commands.reaching import Act, Reach, Refused, action, run
from server.commands.showing import base_line, passage_lines, show, source_line

WHERE = "an agent's id, or a knowledge base's"
WEB = ("http://", "https://")
QUESTIONS = ".json"
MOST = 100
"""Sources in one page of the list."""

EXAMPLES = """  parley knowledge add pk_demo_concierge handbook.pdf prices.csv https://hotel.example/sitemap.xml
  parley knowledge add agt_... questions.json --publish
  parley knowledge list pk_demo_concierge
  parley knowledge search pk_demo_concierge "When is breakfast?"
  parley knowledge status pk_demo_concierge --wait
  parley knowledge remove pk_demo_concierge prices.csv"""


def add(commands: Subparsers) -> None:
    """Declare the command and those below it."""
    parser = command(
        commands,
        "knowledge",
        "bring agents documents, pages and questions",
        "Bring an agent of a running server what it may answer from, look into it, take it away again. What changed is "
        "known to its talks once the agent is published again.",
        EXAMPLES,
    )
    below = parser.add_subparsers(title="what to do", metavar="ACTION", dest="action", required=True)
    adding = _action(below, "add", "bring documents, pages and questions", _add)
    adding.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="a file (PDF, DOCX, HTML, Markdown, text, CSV), an address (of a page or a sitemap), or a .json file with "
        '{"title", "entries": [{"question", "answer", "also": []}]}',
    )
    adding.add_argument("--title", default="", help="what it is called, when it is one source")
    adding.add_argument(
        "--recrawl-hours", type=int, default=0, metavar="N", help="read addresses again every N hours"
    )
    adding.add_argument("--no-wait", action="store_true", help="do not wait until all is read")
    adding.add_argument("--publish", action="store_true", help="then publish the agent's draft")
    listing = _action(below, "list", "show its sources, or all knowledge bases", _list, optional=True)
    searching = _action(below, "search", "show what the agent would find", _search)
    searching.add_argument("question", nargs="+", metavar="QUESTION", help="what a caller asks")
    searching.add_argument("--count", type=int, default=5, help="how many passages (5)")
    removing = _action(below, "remove", "take sources away", _remove)
    removing.add_argument(
        "sources", nargs="+", metavar="SOURCE", help="a source's id, its file name or its address"
    )
    asking = _action(below, "status", "say how far reading is, and what went wrong", _status)
    asking.add_argument("--wait", action="store_true", help="wait until all is read")
    for each in (listing, searching, asking):
        each.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=run)


def _action(
    below: Subparsers, name: str, summary: str, act: Act, optional: bool = False
) -> argparse.ArgumentParser:
    parser = action(below, name, summary, act)
    more: dict[str, Any] = {"nargs": "?", "default": ""} if optional else {}
    parser.add_argument("where", metavar="WHERE", help=WHERE, **more)
    return parser


# ---------------------------------------------------------------- what to do


def _add(server: Reach, wanted: argparse.Namespace) -> int:
    files = [Path(text) for text in wanted.sources if not text.startswith(WEB)]
    for file in files:
        if not file.is_file():
            raise Refused(f"{file} is no file. Give files, or addresses that begin with https://.")
    if wanted.title and len(wanted.sources) > 1:
        raise Refused("--title is for one source. Bring them one after the other.")
    if wanted.publish and wanted.where.startswith("kb_"):
        raise Refused("--publish is for an agent. Name the agent, not its knowledge base.")
    base, added, refused = _base(server, wanted.where, make=True), [], 0
    for text in wanted.sources:
        try:
            added.append(_bring(server, base, text, wanted)["id"])
        except Refused as error:
            refused += 1
            named = str(error).startswith(f"{Path(text).name}: ")
            fail(f"{error}" if named else f"{text}: {error}")
    if not wanted.no_wait:
        from server.commands.following import follow

        refused += follow(server, base, added)
    if wanted.publish and added and not refused:
        release = server.ask("POST", f"/agents/{wanted.where}/publish", json={})
        print(f"published as release {release['number']}")
    elif added and not wanted.where.startswith("kb_"):
        print("Its talks know it once the agent is published again (--publish, or in the studio).")
    return 1 if refused else 0


def _bring(server: Reach, base: str, text: str, wanted: argparse.Namespace) -> Any:
    path = f"/knowledge/bases/{base}"
    if text.startswith(WEB):
        body = {"url": text, "title": wanted.title, "recrawl_hours": wanted.recrawl_hours}
        return server.ask("POST", f"{path}/addresses", json=body)
    try:
        data = Path(text).read_bytes()
        questions = json.loads(data) if text.endswith(QUESTIONS) else None
    except OSError as error:
        raise Refused(f"it cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise Refused(f"it is no JSON ({error}).") from error
    if questions is not None:
        body = (
            {**questions, "title": wanted.title}
            if isinstance(questions, dict) and wanted.title
            else questions
        )
        return server.ask("POST", f"{path}/faqs", json=body)
    return server.ask(
        "POST", f"{path}/documents", files={"file": (Path(text).name, data)}, data={"title": wanted.title}
    )


def _list(server: Reach, wanted: argparse.Namespace) -> int:
    if not wanted.where:
        return show(
            _pages(server, "/knowledge/bases"), wanted.json, base_line, "There is no knowledge base yet."
        )
    base = _base(server, wanted.where)
    found = _sources(server, base) if base else []
    return show(
        found, wanted.json, source_line, "It knows nothing yet. `parley knowledge add` brings it something."
    )


def _search(server: Reach, wanted: argparse.Namespace) -> int:
    base = _base(server, wanted.where)
    body = {"query": " ".join(wanted.question), "count": wanted.count}
    found = server.ask("POST", f"/knowledge/bases/{base}/search", json=body)["passages"] if base else []
    return show(found, wanted.json, passage_lines, "Nothing was found.")


def _remove(server: Reach, wanted: argparse.Namespace) -> int:
    base, missing = _base(server, wanted.where), 0
    known = _sources(server, base) if base else []
    for text in wanted.sources:
        found = [each for each in known if text in (each["id"], each["origin"])]
        for each in found:
            server.ask("DELETE", f"/knowledge/sources/{each['id']}")
            print(f"removed {each['origin']}")
        if not found:
            missing += 1
            fail(f"{text}: there is no such source. `parley knowledge list {wanted.where}` shows them.")
    return 1 if missing else 0


def _status(server: Reach, wanted: argparse.Namespace) -> int:
    base = _base(server, wanted.where)
    if base and wanted.wait:
        from server.commands.following import follow

        follow(server, base, [each["id"] for each in _sources(server, base)], quiet=wanted.json)
    found = _sources(server, base) if base else []
    show(found, wanted.json, source_line, "It knows nothing yet.")
    if not wanted.json:
        ready = sum(each["state"] == "ready" for each in found)
        print(
            f"{ready} of {len(found)} sources are ready, passages: {sum(each['chunks'] for each in found)}."
        )
    return 1 if any(each["state"] == "failed" for each in found) else 0


# ---------------------------------------------------------------- asking


def _base(server: Reach, where: str, make: bool = False) -> str:
    """The id of the base; empty when the agent has none yet. Raises `Refused`."""
    if where.startswith("kb_"):
        return str(server.ask("GET", f"/knowledge/bases/{where}")["id"])
    known = server.ask("GET", f"/agents/{where}/knowledge-base")["base_id"]
    if known or not make:
        return str(known or "")
    agent = server.ask("GET", f"/agents/{where}")
    return str(
        server.ask("POST", "/knowledge/bases", json={"name": agent["name"], "agent_id": agent["id"]})["id"]
    )


def _sources(server: Reach, base: str) -> list[Any]:
    return list(_pages(server, f"/knowledge/bases/{base}/sources"))


def _pages(server: Reach, path: str) -> Iterable[Any]:
    cursor = ""
    while True:
        page = server.ask("GET", path, params={"limit": MOST, **({"cursor": cursor} if cursor else {})})
        yield from page["items"]
        if not page["has_more"]:
            return
        cursor = page["next_cursor"]
